import { setTimeout as pause } from 'node:timers/promises';

/** Waits for a condition, asking every 50 ms; an error of the condition counts as "not yet". Fails with its name after `timeoutMs`. */
export async function waitUntil<Value>(
  what: string,
  condition: () => Value | Promise<Value>,
  timeoutMs = 30_000,
): Promise<Exclude<Value, false | null | undefined>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const value = await condition();
      if (value) return value as Exclude<Value, false | null | undefined>;
      last = value;
    } catch (error) {
      last = error;
    }
    await pause(50);
  } while (Date.now() < deadline);
  throw new Error(`Waited ${timeoutMs} ms in vain until ${what}; last seen: ${String(last)}`);
}
