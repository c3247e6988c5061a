import { Connection } from '@temporalio/client';
import { sharedServers } from './shared-servers.js';

export interface PendingActivity {
  type: string;
  /** 1 is the first. */
  attempt: number;
  isStarted: boolean;
  /** The workflow wants it to end; it hears of that with its next heartbeat. */
  isCancelRequested: boolean;
  /** Of its last heartbeat; another text for each. */
  lastHeartbeatAt: string | undefined;
  /** What the attempt before ended with. */
  lastFailure: string | undefined;
}

/** What Temporal itself says that a workflow waits for; asked past any proxy that a test has put before it. */
export async function pendingActivities(namespace: string, workflowId: string): Promise<PendingActivity[]> {
  const connection = await Connection.connect({ address: sharedServers().temporalAddress });
  try {
    const { pendingActivities: pending } = await connection.workflowService.describeWorkflowExecution({
      namespace,
      execution: { workflowId },
    });
    return (pending ?? []).map((activity) => ({
      type: activity.activityType?.name ?? '',
      attempt: activity.attempt ?? 0,
      isStarted: activity.state === STARTED,
      isCancelRequested: activity.state === CANCEL_REQUESTED,
      lastHeartbeatAt: activity.lastHeartbeatTime ? timeText(activity.lastHeartbeatTime) : undefined,
      lastFailure: activity.lastFailure?.message ?? undefined,
    }));
  } finally {
    await connection.close();
  }
}

const timeText = ({ seconds, nanos }: { seconds?: unknown; nanos?: unknown }): string =>
  `${String(seconds)} s and ${String(nanos)} ns`;

/** PENDING_ACTIVITY_STATE_STARTED */
const STARTED = 2;
/** PENDING_ACTIVITY_STATE_CANCEL_REQUESTED */
const CANCEL_REQUESTED = 3;
