import { Connection } from '@temporalio/client';
import { sharedServers } from './shared-servers.js';

export interface PendingActivity {
  type: string;
  /** 1 is the first. */
  attempt: number;
  isStarted: boolean;
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
      lastFailure: activity.lastFailure?.message ?? undefined,
    }));
  } finally {
    await connection.close();
  }
}

/** PENDING_ACTIVITY_STATE_STARTED */
const STARTED = 2;
