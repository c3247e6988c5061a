import { Context, cancellationSignal, heartbeat } from '@temporalio/activity';

/** The signal that is aborted when Temporal cancels this attempt or the worker has to stop. */
export const activitySignal = (): AbortSignal => cancellationSignal();

/**
 * Heartbeats while `work` runs, at a third of the heartbeat timeout: the cancellation comes back on a heartbeat, so long
 * waits for another machine must beat by themselves. Local activities and queues without a heartbeat skip it.
 */
export async function withHeartbeat<Result>(work: () => Promise<Result>): Promise<Result> {
  const { heartbeatTimeoutMs } = Context.current().info;
  if (!heartbeatTimeoutMs) return await work();
  const timer = setInterval(() => heartbeat(), Math.max(250, heartbeatTimeoutMs / 3));
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** Of a step's whole time: in what is left after it a failure is final (workers/activity-interceptor.ts) and still reaches the engine. */
const TELL_BY = 0.95;

/**
 * Ms that a call may take so that its failure is told by its own code: a call that is still waited for when all attempts' time is over
 * ends as a time-out of the engine's, which knows no reason. At least 1; undefined where the step has no such limit.
 */
export function callTimeMs(): number | undefined {
  const { scheduledTimestampMs, scheduleToCloseTimeoutMs } = Context.current().info;
  if (!scheduleToCloseTimeoutMs) return undefined;
  return Math.max(1, Math.floor(scheduledTimestampMs + scheduleToCloseTimeoutMs * TELL_BY - Date.now()));
}
