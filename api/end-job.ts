import type { Job } from '../contracts/job.js';
import type { ErrorRecord } from '../contracts/quaestor-error.js';
import type { Transaction } from '../db/database.js';
import { restoreDataSourceStatus } from '../db/statements/data-sources.js';
import { appendEvent } from '../db/statements/events.js';
import { markJobFinished } from '../db/statements/jobs.js';
import { markQuestionFinished } from '../db/statements/questions.js';

export type JobEnd = { status: 'failed'; error: ErrorRecord } | { status: 'cancelled' };

/**
 * Ends a job for which no workflow will: its row, its last event, and what it worked on.
 * False (and nothing changed) when it had ended already.
 */
export async function endJob(
  tx: Transaction,
  job: Pick<Job, 'id' | 'kind' | 'subjectId'>,
  end: JobEnd,
): Promise<boolean> {
  const error = end.status === 'failed' ? end.error : null;
  if (!(await markJobFinished(tx, job.id, end.status, error))) return false;
  if (job.kind === 'answer-question') await markQuestionFinished(tx, job.subjectId, end.status, error);
  else if (job.kind === 'index-source') await restoreDataSourceStatus(tx, job.subjectId);
  if (end.status === 'failed') await appendEvent(tx, job.id, 'job.failed', { error: end.error }, 'ended');
  else await appendEvent(tx, job.id, 'job.cancelled', {}, 'ended');
  return true;
}
