import { isTerminalJobStatus, type Job } from '../contracts/job.js';
import { errorRecord } from '../contracts/quaestor-error.js';
import type { EngineJobStatus } from '../platform/job-engine.js';
import type { Transaction } from './database.js';
import { endJob, type JobEnd } from './end-job.js';

/** A job younger than this may not have reached the engine yet. */
const START_GRACE_MS = 10_000;
/** The row of a scheduled indexing is there before its workflow is: a worker that restarts may be in between. */
const SCHEDULED_START_GRACE_MS = 60_000;

/** Whether it is time to ask the engine about a job that seems to run. */
export const mayBeLost = (job: Pick<Job, 'status' | 'createdAt'>): boolean =>
  !isTerminalJobStatus(job.status) && ageMsOf(job) >= START_GRACE_MS;

/**
 * Ends a job of which the engine knows that nobody works on it: it was terminated, timed out, or the process that was to start
 * it died. False (and nothing changed) when somebody may still work on it, or when it has ended.
 */
export async function endLostJob(tx: Transaction, job: Job, status: EngineJobStatus): Promise<boolean> {
  const isJustScheduled = job.kind === 'index-source' && ageMsOf(job) < SCHEDULED_START_GRACE_MS;
  if (!mayBeLost(job) || (status === 'not_found' && isJustScheduled)) return false;
  const end = endOf(status);
  return end !== undefined && (await endJob(tx, job, end));
}

const ageMsOf = (job: Pick<Job, 'createdAt'>): number => Date.now() - Date.parse(job.createdAt);

/** A workflow writes its end before it ends; one that has ended while its row still runs could not. */
function endOf(status: EngineJobStatus): JobEnd | undefined {
  switch (status) {
    case 'running':
      return undefined;
    case 'cancelled':
      return { status: 'cancelled' };
    case 'timed_out':
      return {
        status: 'failed',
        error: errorRecord('job_timed_out', 'The job did not end within its time limit.'),
      };
    case 'terminated':
      return { status: 'failed', error: errorRecord('job_lost', 'The job was terminated by an operator.') };
    case 'not_found':
      return {
        status: 'failed',
        error: errorRecord('job_lost', 'The job never reached the workflow engine.'),
      };
    case 'completed':
    case 'failed':
      return {
        status: 'failed',
        error: errorRecord('job_lost', 'The job ended without recording a result.'),
      };
  }
}
