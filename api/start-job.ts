import type { Job } from '../contracts/job.js';
import { errorRecord } from '../contracts/quaestor-error.js';
import { endJob } from '../db/end-job.js';
import type { ApiContext } from './api-context.js';

/** Has the engine start a job whose row is there; when it cannot, the job is recorded as failed. @throws what `start` throws */
export async function startJob(
  deps: ApiContext,
  tenantId: string,
  job: Pick<Job, 'id' | 'kind' | 'subjectId'>,
  start: () => Promise<void>,
): Promise<void> {
  try {
    await start();
  } catch (error) {
    const record = errorRecord('engine_unavailable', 'The job could not be started.');
    await deps.db
      .withTenant(tenantId, async (tx) => endJob(tx, job, { status: 'failed', error: record }))
      .catch((failure: unknown) => deps.logger.error({ err: failure, jobId: job.id }, 'a job stays queued'));
    throw error;
  }
}
