import { isCancellation, patched } from '@temporalio/workflow';
import type { CleaningActivities } from '../activities/datasets/cleaning/create-cleaning-activities.js';
import type { CleaningModelActivities } from '../activities/datasets/cleaning/create-cleaning-model-activities.js';
import type { ErrorRecord } from '../contracts/quaestor-error.js';
import type { PlanCleaningInput, PlanCleaningResult } from '../contracts/workflows.js';
import { remoteActivities } from './activity-proxies.js';
import { toErrorRecordOf } from './job-failure.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';
import { waitForProfile } from './wait-for-profile.js';

/** Proposes the steps of a new plan, or takes those of an edited one, and finds out what each would do. */
export async function planCleaning(input: PlanCleaningInput): Promise<PlanCleaningResult> {
  return await runAsJob(input, { kind: 'plan-cleaning', subjectId: input.datasetId }, async () => {
    const { proposeCleaning, previewCleaning } = remoteActivities<CleaningActivities>(
      'datasets',
      input.queues,
    );
    let modelError: ErrorRecord | undefined;
    if (input.proposes) {
      if (patched('plan-after-profile')) await waitForProfile(input);
      enterPhase('proposing', 'Looking for what can be cleaned.');
      if ((await proposeCleaning(input)).isCached) return { status: 'succeeded' };
      if (input.modelName !== undefined) modelError = await askModel(input);
    }
    enterPhase('previewing', 'Finding out what each step would do.');
    return {
      status: 'succeeded',
      ...(await previewCleaning({ ...input, ...(modelError ? { modelError } : {}) })),
    };
  });
}

/** A plan is whole without the model: what goes wrong there stands in the plan. */
async function askModel(input: PlanCleaningInput): Promise<ErrorRecord | undefined> {
  const { proposeByModel } = remoteActivities<CleaningModelActivities>('generation', input.queues);
  try {
    await proposeByModel(input);
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return toErrorRecordOf(error);
  }
}
