import { sleep } from '@temporalio/workflow';
import type { CleaningJobActivities } from '../activities/datasets/cleaning/create-cleaning-job-activities.js';
import { TASK_QUEUES } from '../contracts/task-queues.js';
import type { PlanCleaningInput } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { enterPhase } from './job-phase.js';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * Waits while the version of a plan is being profiled: a second profile beside the first would take its memory once more. The wait is a
 * timer and holds no slot of the queue. It ends with the time that one attempt at a profile has; the plan then makes its own.
 */
export async function waitForProfile(input: PlanCleaningInput): Promise<void> {
  const { isBeingProfiled } = localActivities<CleaningJobActivities>(input.queues);
  const limitMs = (input.queues ?? TASK_QUEUES).datasets.startToCloseMs;
  let waitMs = FIRST_WAIT_MS;
  for (let waitedMs = 0; waitedMs < limitMs && (await isBeingProfiled(input)); waitedMs += waitMs) {
    if (waitedMs === 0) enterPhase('waiting', 'Waiting for the profile that is being made.');
    else waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    await sleep(waitMs);
  }
}
