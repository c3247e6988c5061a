import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { DatasetActivities } from '../activities/datasets/create-dataset-activities.js';
import type { JobActivities } from '../activities/jobs/create-job-activities.js';
import type { IngestDatasetInput, IngestDatasetResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { toErrorRecordOf, toWorkflowFailure } from './job-failure.js';
import { enterPhase } from './job-phase.js';

/** Reads an uploaded file into a version of its dataset. A version that was on before stays on until the new one is whole. */
export async function ingestDataset(input: IngestDatasetInput): Promise<IngestDatasetResult> {
  const jobs = localActivities<JobActivities>(input.queues);
  try {
    await jobs.startJob(input);
    enterPhase('reading', 'Reading the file.');
    const { readDataset } = remoteActivities<DatasetActivities>('datasets', input.queues);
    return { status: 'succeeded', ...(await readDataset(input)) };
  } catch (error) {
    const record = isCancellation(error) ? undefined : toErrorRecordOf(error);
    await CancellationScope.nonCancellable(
      async () =>
        await jobs.endJob({
          tenantId: input.tenantId,
          jobId: input.jobId,
          kind: 'ingest-dataset',
          subjectId: input.datasetId,
          ...(record ? { status: 'failed', error: record } : { status: 'cancelled' }),
        }),
    );
    throw record ? toWorkflowFailure(record) : error;
  }
}
