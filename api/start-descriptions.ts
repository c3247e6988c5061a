import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { workflowIds } from '../contracts/workflows.js';
import type { Transaction } from '../db/database.js';
import { appendAudit } from '../db/statements/audit.js';
import { getDataSource } from '../db/statements/data-sources.js';
import { appendEvent } from '../db/statements/events.js';
import { findActiveJob, insertJob } from '../db/statements/jobs.js';
import type { ApiContext } from './api-context.js';
import { loadNameBook } from './load-name-book.js';
import { startJob } from './start-job.js';

export interface DescriptionsWanted {
  /** Default: all. */
  tables?: string[] | undefined;
  maxTables: number;
}

/**
 * Starts having a model describe what nothing describes. Returns the job's id.
 * @throws QuaestorError `not_found`, `data_source_not_indexed`, `mapping_invalid` for a table that the index does not have;
 * `model_not_configured` with the built-in model; `conflict` while such a job runs; `engine_unavailable`, after which the job has failed.
 */
export async function startDescriptions(
  deps: ApiContext,
  caller: Caller,
  dataSourceId: string,
  { tables, maxTables }: DescriptionsWanted,
): Promise<string> {
  const { tenantId, tier } = caller;
  const jobId = workflowIds.describeSchema(dataSourceId, uuidv7());
  const job = { id: jobId, kind: 'describe-schema' as const, subjectId: dataSourceId };
  const opened = await deps.db.withTenant(tenantId, async (tx) => {
    const names = await canonicalTables(tx, dataSourceId, tables ?? []);
    if (deps.config.model.provider === 'built-in') {
      throw new QuaestorError(
        'model_not_configured',
        'The built-in model translates questions; it writes no descriptions.',
      );
    }
    if (!(await insertJob(tx, job))) {
      const running = await findActiveJob(tx, dataSourceId, 'describe-schema');
      throw new QuaestorError('conflict', 'This data source is being described already.', {
        details: { ...(running ? { jobId: running.id } : {}) },
      });
    }
    await appendEvent(tx, jobId, 'job.queued', {}, 'queued');
    await appendAudit(tx, {
      userId: caller.userId,
      action: 'descriptions.started',
      subjectId: dataSourceId,
      data: { jobId },
    });
    return { names, source: await getDataSource(tx, dataSourceId) };
  });
  await startJob(deps, tenantId, job, () =>
    deps.engine.startDescribeSchema({
      tenantId,
      tier,
      jobId,
      dataSourceId,
      maxTables,
      ...(tables ? { tables: opened.names } : {}),
      summary: `Describe: ${opened.source?.name ?? dataSourceId}`,
    }),
  );
  return jobId;
}

async function canonicalTables(
  tx: Transaction,
  dataSourceId: string,
  names: readonly string[],
): Promise<string[]> {
  const book = await loadNameBook(tx, dataSourceId, []);
  return names.map((name, index) => {
    const resolved = book.resolve(name);
    if (resolved.kind === 'table') return resolved.canonicalName;
    const nearest = book.nearestTables(name);
    const reason = `The index has no table "${name}".`;
    const near = nearest.length > 0 ? ` Nearest: ${nearest.join(', ')}.` : '';
    throw new QuaestorError('mapping_invalid', `tables.${index}: ${reason}${near}`, {
      details: { issues: [{ index, name, reason, nearest }] },
    });
  });
}
