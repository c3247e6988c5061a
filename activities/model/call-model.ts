import type { LimitFunction } from 'p-limit';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { toModelError } from './model-error.js';

export interface CallModelOptions {
  /** Slots of this endpoint in this process. */
  limit: LimitFunction;
  /** Time for one request from its slot to the last byte of its body; waiting for a slot is not counted. */
  timeoutMs: number;
  /** The caller's: when it aborts, the call is left at once with the signal's own reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Runs one request to a model endpoint in a slot and within its time. Throws what `toModelError` makes of a failure,
 * `model_timed_out` when the time is over, and the reason of `signal` as it is when the caller aborts.
 */
export const callModel = async <T>(
  { limit, timeoutMs, signal }: CallModelOptions,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let timedOut = false;
  let onAbort: (() => void) | undefined;
  const abandoned = new Promise<never>((_, reject) => {
    onAbort = () => {
      controller.abort(signal?.reason);
      reject(signal?.reason as Error);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });

  const run = limit(async () => {
    controller.signal.throwIfAborted();
    const timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, timeoutMs);
    try {
      return await request(controller.signal);
    } finally {
      clearTimeout(timer);
    }
  });

  try {
    // Raced, so that a caller who goes while waiting for a slot does not wait for it.
    return await Promise.race([run, abandoned]);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (timedOut) {
      throw new QuaestorError('model_timed_out', `The model did not answer within ${timeoutMs} ms.`, {
        cause: error,
        details: { timeoutMs },
      });
    }
    throw toModelError(error);
  } finally {
    if (onAbort) signal?.removeEventListener('abort', onAbort);
  }
};
