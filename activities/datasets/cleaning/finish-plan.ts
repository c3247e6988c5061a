import type { PlannedStep } from '../../../contracts/cleaning.js';
import type { PlanCleaningInput } from '../../../contracts/workflows.js';
import type { Transaction } from '../../../db/database.js';
import { appendEvent } from '../../../db/statements/events.js';
import { markJobFinished } from '../../../db/statements/jobs.js';

/** Tells that a plan can be read, and ends its job. */
export async function finishPlan(
  tx: Transaction,
  input: PlanCleaningInput,
  of: { steps: readonly PlannedStep[]; isCached: boolean; durationMs: number },
): Promise<void> {
  const facts = {
    planId: input.planId,
    steps: of.steps.length,
    recommended: of.steps.filter(({ recommended }) => recommended).length,
    problems: of.steps.filter(({ problem }) => problem).length,
  };
  const { isCached, durationMs } = of;
  await appendEvent(tx, input.jobId, 'cleaning.planned', { ...facts, isCached, durationMs }, 'planned');
  if (await markJobFinished(tx, input.jobId, 'succeeded', null)) {
    await appendEvent(tx, input.jobId, 'job.succeeded', { ...facts }, 'ended');
  }
}
