import { isTerminalJobStatus } from '../../contracts/job.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Transaction } from '../../db/database.js';
import { appendEvent } from '../../db/statements/events.js';
import { getJob, markJobStarted } from '../../db/statements/jobs.js';

/**
 * Paid work and its recording are for jobs that run.
 * @throws QuaestorError `job_cancelled` when the job has ended without success, `not_found` when it was deleted.
 */
export async function assertJobRuns(tx: Transaction, jobId: string): Promise<void> {
  const job = await getJob(tx, jobId);
  if (!job) throw new QuaestorError('not_found', 'The job was deleted.');
  if (job.status === 'failed' || job.status === 'cancelled') {
    throw new QuaestorError('job_cancelled', `The job has ended already: ${job.status}.`);
  }
}

/**
 * Marks a job as running, with its event; does nothing when it runs already.
 * @throws QuaestorError `job_cancelled` when the job has ended: a start that the engine took late, after the API had given it up,
 * must not do paid work that nobody waits for.
 */
export async function startJob(tx: Transaction, jobId: string): Promise<void> {
  if (await markJobStarted(tx, jobId)) {
    await appendEvent(tx, jobId, 'job.started', {}, 'started');
    return;
  }
  const job = await getJob(tx, jobId);
  if (!job) throw new QuaestorError('not_found', 'The job was deleted.');
  if (isTerminalJobStatus(job.status)) {
    throw new QuaestorError('job_cancelled', `The job had ended before it was started: ${job.status}.`);
  }
}
