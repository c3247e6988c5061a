import { ApplicationFailure } from '@temporalio/common';
import { QuaestorError, toErrorRecord } from '../contracts/quaestor-error.js';

/**
 * The one mapping from the error catalogue to Temporal: the code is the failure's type, the kind decides on retries, and the
 * server's own "come back later" becomes the delay of the next attempt.
 */
export function toActivityFailure(error: QuaestorError): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: error.entry.kind !== 'retryable',
    details: [toErrorRecord(error)],
    ...(error.retryAfterMs === undefined ? {} : { nextRetryDelay: error.retryAfterMs }),
    ...(error.cause instanceof Error ? { cause: error.cause } : {}),
  });
}

export const isQuaestorError = (error: unknown): error is QuaestorError => error instanceof QuaestorError;
