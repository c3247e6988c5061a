import {
  ActivityCancellationType,
  type ActivityInterfaceFor,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import {
  TASK_QUEUES,
  type TaskQueueName,
  type TaskQueueSettings,
  type TaskQueueTable,
} from '../contracts/task-queues.js';

const retryOf = ({ retry }: TaskQueueSettings) => ({
  initialInterval: retry.initialIntervalMs,
  backoffCoefficient: retry.backoffCoefficient,
  maximumInterval: retry.maximumIntervalMs,
  ...(retry.maximumAttempts > 0 ? { maximumAttempts: retry.maximumAttempts } : {}),
});

/** Activities on the queue of a scarce thing, with that queue's timeouts and retries. */
export function remoteActivities<Activities extends object>(
  queue: TaskQueueName,
  queues: TaskQueueTable = TASK_QUEUES,
): ActivityInterfaceFor<Activities> {
  const settings = queues[queue];
  return proxyActivities<Activities>({
    taskQueue: queue,
    startToCloseTimeout: settings.startToCloseMs,
    scheduleToCloseTimeout: settings.scheduleToCloseMs,
    ...(settings.heartbeatMs > 0 ? { heartbeatTimeout: settings.heartbeatMs } : {}),
    retry: retryOf(settings),
    // A cancelled query or model call is told to stop, and the job waits until it has.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/**
 * Must stay well below the longest wait between attempts: where the SDK waits by itself for the whole back-off, it was measured
 * not to end a step whose schedule-to-close time ran out during such a wait (SDK 1.24).
 */
const LOCAL_RETRY_THRESHOLD_MS = 2_000;

/**
 * Short steps in the workflow's own worker: no round trip to the server. Waits of up to 2 s between attempts are spent in the
 * worker; longer ones become timers, so a store that is away for minutes holds no workflow task.
 */
export function localActivities<Activities extends object>(
  queues: TaskQueueTable = TASK_QUEUES,
): ActivityInterfaceFor<Activities> {
  const settings = queues.orchestration;
  return proxyLocalActivities<Activities>({
    startToCloseTimeout: settings.startToCloseMs,
    scheduleToCloseTimeout: settings.scheduleToCloseMs,
    localRetryThreshold: LOCAL_RETRY_THRESHOLD_MS,
    retry: retryOf(settings),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}
