import { ApplicationFailure } from '@temporalio/common';
import { QuaestorError, toErrorRecord } from '../contracts/quaestor-error.js';

/**
 * The one mapping from the error catalogue to Temporal: the code is the failure's type, the kind decides on retries, and the
 * server's own "come back later" becomes the delay of the next attempt. The cause stays out of the history: it holds words of
 * other machines that nobody has looked through for secrets. It is logged.
 */
export function toActivityFailure(
  error: QuaestorError,
  options: { isFinal?: boolean } = {},
): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: options.isFinal === true || error.entry.kind !== 'retryable',
    details: [toErrorRecord(error)],
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
  });
}

export const isQuaestorError = (error: unknown): error is QuaestorError => error instanceof QuaestorError;
