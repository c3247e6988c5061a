import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { toDiskError } from '../../disk-error.js';

/** What the SDK throws: an answer of the store with its status, or what the connection came to. */
interface S3Fault {
  name?: string;
  code?: string;
  path?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string | undefined> };
}

/** Answers that say "later", whatever their status. */
const LATER = new Set([
  'InternalError',
  'NoSuchUpload',
  'OperationAborted',
  'RequestTimeout',
  'ServiceUnavailable',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequests',
]);

export const statusOf = (error: unknown): number | undefined =>
  (error as S3Fault | undefined)?.$metadata?.httpStatusCode;

/** The store does not have this kind of request. */
export const isNotOffered = (error: unknown): boolean =>
  [405, 501].includes(statusOf(error) ?? 0) || (error as S3Fault | undefined)?.name === 'NotImplemented';

/**
 * What went wrong at the store, in words of the catalogue; the store's own words stay in the cause, because they may hold a key's id.
 * An aborted signal's reason comes first; faults of this machine's disk stay what they are.
 * @param action as "write": the store refuses to …
 */
export function toStoreError(error: unknown, action: string, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof QuaestorError) return error;
  const fault = (error ?? {}) as S3Fault;
  const status = statusOf(error);
  const onDisk = toDiskError(error);
  if (onDisk !== error || (status === undefined && fault.path !== undefined)) return onDisk;
  const said = [fault.name, fault.code, status]
    .filter((word) => word !== undefined && word !== 'Error')
    .join(', ');
  if (fault.name === 'NoSuchKey' || fault.name === 'NotFound') {
    return new QuaestorError('dataset_unreadable', 'The file of the dataset is not kept any more.', {
      cause: error,
    });
  }
  if (fault.name === 'CredentialsProviderError') {
    return new QuaestorError('dataset_store_refused', 'There are no credentials for the object store.', {
      cause: error,
    });
  }
  const isFinal =
    status !== undefined && status < 500 && status !== 408 && status !== 429 && !LATER.has(fault.name ?? '');
  if (isFinal || status === 501) {
    return new QuaestorError('dataset_store_refused', `The object store refused to ${action} (${said}).`, {
      cause: error,
    });
  }
  const seconds = Number(fault.$response?.headers?.['retry-after']);
  return new QuaestorError('dataset_store_unavailable', `The object store could not ${action} (${said}).`, {
    cause: error,
    ...(seconds > 0 ? { retryAfterMs: seconds * 1_000 } : {}),
  });
}
