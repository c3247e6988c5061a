import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

export interface FloorActivities {
  callModel(): Promise<void>;
  tellEnd(id: string): Promise<void>;
}

/** What no answer with a model call can do without: one activity that waits, and a step that tells the end. */
export async function floorWorkflow(id: string): Promise<void> {
  await proxyActivities<Pick<FloorActivities, 'callModel'>>({ startToCloseTimeout: 60_000 }).callModel();
  const { tellEnd } = proxyLocalActivities<Pick<FloorActivities, 'tellEnd'>>({ startToCloseTimeout: 60_000 });
  await tellEnd(id);
}
