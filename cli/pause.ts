import { setTimeout as delay } from 'node:timers/promises';

/** Waits; when aborted, throws the signal's own reason (the timer's AbortError would hide it). */
export async function pause(waitMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(waitMs, undefined, signal ? { signal } : {});
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
