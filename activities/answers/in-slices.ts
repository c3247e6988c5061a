import { setImmediate } from 'node:timers/promises';

/** Longest stretch of work between two breaths of the event loop; heartbeats and other callers wait no longer. */
const SLICE_MS = 15;

/** Does the steps of a generator to its end, some milliseconds at a time; its result. */
export async function inSlices<Result>(steps: Generator<void, Result>): Promise<Result> {
  let began = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - began < SLICE_MS) continue;
    await setImmediate();
    began = performance.now();
  }
}
