import type { Job } from '../contracts/job.js';
import type { ErrorRecord } from '../contracts/quaestor-error.js';
import type { Transaction } from './database.js';
import { restoreDataSourceStatus } from './statements/data-sources.js';
import { markDatasetNotRead } from './statements/datasets.js';
import { appendEvent } from './statements/events.js';
import { markJobFinished } from './statements/jobs.js';
import { markQuestionFinished } from './statements/questions.js';

/** How a job ends that does not succeed. A refusal is an answer to a question, not a fault. */
export type JobEnd = { status: 'failed'; error: ErrorRecord; isRefusal?: boolean } | { status: 'cancelled' };

/**
 * Ends a job without success: its row, its last event, and what it worked on.
 * False (and nothing changed) when it had ended already.
 */
export async function endJob(
  tx: Transaction,
  job: Pick<Job, 'id' | 'kind' | 'subjectId'>,
  end: JobEnd,
): Promise<boolean> {
  const error = end.status === 'failed' ? end.error : null;
  if (!(await markJobFinished(tx, job.id, end.status, error))) return false;
  if (job.kind === 'answer-question') {
    const status = end.status === 'failed' && end.isRefusal ? 'refused' : end.status;
    await markQuestionFinished(tx, job.subjectId, status, error);
  } else if (job.kind === 'index-source') {
    await restoreDataSourceStatus(tx, job.subjectId);
  } else if (job.kind === 'ingest-dataset') {
    await markDatasetNotRead(tx, job.subjectId, error);
  }
  if (end.status === 'failed') await appendEvent(tx, job.id, 'job.failed', { error: end.error }, 'ended');
  else await appendEvent(tx, job.id, 'job.cancelled', {}, 'ended');
  return true;
}
