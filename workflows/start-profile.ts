import { ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import type { ProfileJobActivities } from '../activities/datasets/profile/create-profile-job-activities.js';
import { type CleanDatasetInput, type IngestDatasetInput, workflowIds } from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { jobAttributes } from './job-phase.js';
import { profileDataset } from './profile-dataset.js';

/** After all that people started: enterprise is 1, free 3. */
const PRIORITY_KEY = 4;

/** Starts the profile of a version that was just made, as a child that outlives its parent; not when its data has one already. */
export async function startProfile(made: IngestDatasetInput | CleanDatasetInput): Promise<void> {
  const { tenantId, datasetId, versionId, queues } = made;
  const profileId = uuid4();
  const jobId = workflowIds.profileDataset(datasetId, profileId);
  const input = { tenantId, jobId, datasetId, versionId, profileId, ...(queues ? { queues } : {}) };
  const { openProfileJob } = localActivities<ProfileJobActivities>(queues);
  if (!(await openProfileJob(input))) return;
  await startChild(profileDataset, {
    workflowId: jobId,
    args: [input],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: jobAttributes(tenantId, 'profile-dataset', datasetId),
    priority: { priorityKey: PRIORITY_KEY, fairnessKey: tenantId },
    staticSummary: `Profile of dataset ${datasetId}`,
  });
}
