import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import { isErrorCode } from '../contracts/errors.js';
import { type ErrorRecord, errorRecord } from '../contracts/quaestor-error.js';

/** What went wrong, in the words of the catalogue: the record that an activity attached, or the nearest code. */
export function toErrorRecordOf(error: unknown): ErrorRecord {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && cause.type && isErrorCode(cause.type)) {
    const [record] = (cause.details ?? []) as [ErrorRecord?];
    return record ?? errorRecord(cause.type, cause.message);
  }
  if (cause instanceof TimeoutFailure) {
    const last = cause.cause;
    if (last instanceof ApplicationFailure) return toErrorRecordOf(last);
    return errorRecord('job_timed_out', 'A step did not end within its time limit.');
  }
  return errorRecord(
    'internal_error',
    'A step failed in a way that was not foreseen; the log has the details.',
  );
}

/** Fails the workflow in the operators' view with the job's own code. */
export const toWorkflowFailure = (record: ErrorRecord): ApplicationFailure =>
  ApplicationFailure.create({
    type: record.code,
    message: record.message,
    nonRetryable: true,
    details: [record],
  });
