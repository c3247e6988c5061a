import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../contracts/identity.js';
import { isTerminalJobStatus, type Job } from '../contracts/job.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { workflowIds } from '../contracts/workflows.js';
import { appendAudit } from '../db/statements/audit.js';
import { getDataSource } from '../db/statements/data-sources.js';
import { appendEvent } from '../db/statements/events.js';
import { findActiveJob, getJob, insertJob } from '../db/statements/jobs.js';
import type { ApiContext } from './api-context.js';
import { startJob } from './start-job.js';

/**
 * Starts indexing a data source; while one runs, returns that one.
 * @throws QuaestorError `not_found`; `engine_unavailable`, after which the job is recorded as failed.
 */
export async function startIndexing(deps: ApiContext, caller: Caller, dataSourceId: string): Promise<Job> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { job, isNew, sourceName } = await openJob(deps, caller, dataSourceId);
    if (job && isNew) {
      await start(deps, caller, job, sourceName);
      return job;
    }
    // The one in the way may be dead, or have ended in this very moment: then there is room now.
    const running = job && (await deps.reconcile(caller.tenantId, job));
    if (running && !isTerminalJobStatus(running.status)) return running;
  }
  throw new QuaestorError('conflict', 'Indexings of this data source come and go too quickly.');
}

const ATTEMPTS = 3;

interface OpenedJob {
  /** Undefined when the one that was in the way has just ended. */
  job: Job | undefined;
  isNew: boolean;
  sourceName: string;
}

async function openJob(deps: ApiContext, caller: Caller, dataSourceId: string): Promise<OpenedJob> {
  return deps.db.withTenant(caller.tenantId, async (tx) => {
    const source = await getDataSource(tx, dataSourceId);
    if (!source) throw new QuaestorError('not_found', 'There is no data source with this id.');
    const id = workflowIds.indexSource(dataSourceId, uuidv7());
    const isNew = await insertJob(tx, { id, kind: 'index-source', subjectId: dataSourceId });
    if (isNew) {
      await appendEvent(tx, id, 'job.queued', {}, 'queued');
      await appendAudit(tx, {
        userId: caller.userId,
        action: 'indexing.started',
        subjectId: dataSourceId,
        data: { jobId: id },
      });
    }
    const job = isNew ? await getJob(tx, id) : await findActiveJob(tx, dataSourceId, 'index-source');
    return { job, isNew, sourceName: source.name };
  });
}

async function start(
  deps: ApiContext,
  { tenantId, tier }: Caller,
  job: Job,
  sourceName: string,
): Promise<void> {
  await startJob(deps, tenantId, job, () =>
    deps.engine.startIndexSource({
      tenantId,
      tier,
      jobId: job.id,
      dataSourceId: job.subjectId,
      summary: `Index: ${sourceName}`,
    }),
  );
}
