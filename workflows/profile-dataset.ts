import type { ProfileActivities } from '../activities/datasets/profile/create-profile-activities.js';
import type { ProfileDatasetInput, ProfileDatasetResult } from '../contracts/workflows.js';
import { remoteActivities } from './activity-proxies.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';

/** Profiles a version of a dataset. Each column goes to the store when it is done; a second attempt goes on after the last of them. */
export async function profileDataset(input: ProfileDatasetInput): Promise<ProfileDatasetResult> {
  return await runAsJob(input, { kind: 'profile-dataset', subjectId: input.datasetId }, async () => {
    enterPhase('profiling', 'Profiling the columns.');
    const { profileVersion } = remoteActivities<ProfileActivities>('datasets', input.queues);
    return { status: 'succeeded', ...(await profileVersion(input)) };
  });
}
