import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { workflowIds } from '../contracts/workflows.js';
import { appendAudit } from '../db/statements/audit.js';
import { getDataSource } from '../db/statements/data-sources.js';
import { appendEvent } from '../db/statements/events.js';
import { insertExampleRun } from '../db/statements/example-runs.js';
import { insertJob } from '../db/statements/jobs.js';
import type { ApiContext } from './api-context.js';
import { startJob } from './start-job.js';

/** Starts a run over the verified examples of a data source. @throws QuaestorError `not_found`, `engine_unavailable`. */
export async function startExampleRun(
  deps: ApiContext,
  caller: Caller,
  dataSourceId: string,
): Promise<{ id: string; jobId: string }> {
  const id = uuidv7();
  const jobId = workflowIds.checkExamples(id);
  const job = { id: jobId, kind: 'check-examples', subjectId: dataSourceId } as const;
  const { tenantId, tier, userId } = caller;
  const source = await deps.db.withTenant(tenantId, async (tx) => {
    const found = await getDataSource(tx, dataSourceId);
    if (!found) throw new QuaestorError('not_found', 'There is no data source with this id.');
    await insertJob(tx, job);
    await insertExampleRun(tx, { id, dataSourceId, jobId, reason: 'requested' });
    await appendEvent(tx, jobId, 'job.queued', {}, 'queued');
    const data = { jobId };
    await appendAudit(tx, { userId, action: 'examples.checked', subjectId: dataSourceId, data });
    return found;
  });
  await startJob(deps, tenantId, job, async () =>
    deps.engine.startCheckExamples({
      ...{ tenantId, tier, jobId, dataSourceId, runId: id },
      summary: `Check the verified examples of ${source.name}`,
    }),
  );
  return { id, jobId };
}
