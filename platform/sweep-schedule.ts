import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { type SweepInput, WORKFLOWS, workflowIds } from '../contracts/workflows.js';
import { callEngine } from './engine-call.js';

const EVERY_MS = 5 * 60_000;

/**
 * Creates the schedule of the sweeper when there is none; one that is there stays as the operators made it.
 * @throws QuaestorError `engine_unavailable`
 */
export async function ensureSweepSchedule(client: Client, input: SweepInput): Promise<void> {
  const args: [SweepInput] = [input];
  try {
    await callEngine(client, () =>
      client.schedule.create({
        scheduleId: workflowIds.sweep(),
        spec: { intervals: [{ every: EVERY_MS }], jitter: 30_000 },
        action: {
          type: 'startWorkflow',
          workflowType: WORKFLOWS.sweep,
          workflowId: `${workflowIds.sweep()}-run`,
          taskQueue: 'orchestration',
          args,
          staticSummary: 'End jobs that nobody works on',
          workflowExecutionTimeout: '1 hour',
        },
        policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
      }),
    );
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
