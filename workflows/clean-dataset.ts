import { patched } from '@temporalio/workflow';
import type { CleaningActivities } from '../activities/datasets/cleaning/create-cleaning-activities.js';
import type { CleanDatasetInput, CleanDatasetResult } from '../contracts/workflows.js';
import { remoteActivities } from './activity-proxies.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';
import { startProfile } from './start-profile.js';

/** Makes a new version of a dataset by a recipe, and starts its profile. The version before stays on until the new one is whole. */
export async function cleanDataset(input: CleanDatasetInput): Promise<CleanDatasetResult> {
  return await runAsJob(input, { kind: 'clean-dataset', subjectId: input.datasetId }, async () => {
    enterPhase('cleaning', 'Carrying out the recipe.');
    const { cleanVersion } = remoteActivities<CleaningActivities>('datasets', input.queues);
    const cleaned = await cleanVersion(input);
    if (patched('profile-after-cleaning')) await startProfile(input);
    return { status: 'succeeded', ...cleaned };
  });
}
