import { patched } from '@temporalio/workflow';
import type { CleaningActivities } from '../activities/datasets/cleaning/create-cleaning-activities.js';
import type { CleanDatasetInput, CleanDatasetResult } from '../contracts/workflows.js';
import { remoteActivities } from './activity-proxies.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';
import { startExampleRun } from './start-example-run.js';
import { startProfile } from './start-profile.js';

/** Makes a new version of a dataset by a recipe, starts its profile, and has the verified examples checked. The version before stays on until the new one is whole. */
export async function cleanDataset(input: CleanDatasetInput): Promise<CleanDatasetResult> {
  return await runAsJob(input, { kind: 'clean-dataset', subjectId: input.datasetId }, async () => {
    enterPhase('cleaning', 'Carrying out the recipe.');
    const { cleanVersion } = remoteActivities<CleaningActivities>('datasets', input.queues);
    const cleaned = await cleanVersion(input);
    if (patched('profile-after-cleaning')) await startProfile(input);
    // The version is on; that nobody could look at the examples is not worth failing its job.
    if (patched('check-examples'))
      await startExampleRun(input, { datasetId: input.datasetId }).catch(() => undefined);
    return { status: 'succeeded', ...cleaned };
  });
}
