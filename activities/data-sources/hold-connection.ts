import type { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { QuaestorError } from '../../contracts/quaestor-error.js';

/** Between two attempts to cancel the same work. */
const CANCEL_AGAIN_MS = 250;

/** A connection that came out of a pool, and what its driver can do with it. */
export interface HeldConnection {
  /** Tells of a connection that breaks while no statement waits. */
  events: Pick<EventEmitter, 'on' | 'off'>;
  /** Cancels the statement that runs, by a connection of its own. False when the server could not be reached. */
  cancel(): Promise<boolean>;
  /** Ends the connection without a word to the server. */
  cut(): void;
  /** The driver's error as one of Quaestor's, where it is one. */
  toError(error: unknown): unknown;
  /** Back into the pool, or away when it may not be used again. */
  release(isSpent: boolean): void;
}

/**
 * Runs `work` on a connection that is given back whatever happens. When `signal` is aborted the running statement is cancelled on
 * the server, and what then throws is the signal's reason.
 * @throws what `toError` makes of the error
 */
export async function holdConnection<Result>(
  held: HeldConnection,
  signal: AbortSignal,
  work: () => Promise<Result>,
): Promise<Result> {
  let isDone = false;
  let isBroken = false;
  // The pool listens to idle connections only: a connection that breaks in the middle of work would end the process.
  const onBroken = (): void => {
    isBroken = true;
  };
  held.events.on('error', onBroken);
  const cancel = () => void cancelUntil(held, () => isDone);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const mapped = held.toError(error);
    isBroken ||= mapped instanceof QuaestorError && mapped.code === 'data_source_connection_lost';
    throw mapped;
  } finally {
    isDone = true;
    signal.removeEventListener('abort', cancel);
    // A cancel that is still on its way must not hit the next user of this connection.
    held.release(isBroken || signal.aborted);
    held.events.off('error', onBroken);
  }
}

/**
 * Cancels until the work has ended: a cancel that comes between two statements is void, and the second one would run on. When the
 * server cannot be reached for that, the connection is cut.
 */
async function cancelUntil(held: HeldConnection, isDone: () => boolean): Promise<void> {
  while (!isDone()) {
    const isSent = await held.cancel();
    if (!isSent && !isDone()) held.cut();
    if (!isSent) return;
    await pause(CANCEL_AGAIN_MS, undefined, { ref: false });
  }
}
