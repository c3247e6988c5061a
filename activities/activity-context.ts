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
