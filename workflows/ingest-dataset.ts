import { patched } from '@temporalio/workflow';
import type { DatasetActivities } from '../activities/datasets/create-dataset-activities.js';
import type { IngestDatasetInput, IngestDatasetResult } from '../contracts/workflows.js';
import { remoteActivities } from './activity-proxies.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';
import { startExampleRun } from './start-example-run.js';
import { startProfile } from './start-profile.js';

/**
 * Reads an uploaded file into a version of its dataset, starts its profile, and has the verified examples checked. A version that was on before stays on until the new
 * one is whole.
 */
export async function ingestDataset(input: IngestDatasetInput): Promise<IngestDatasetResult> {
  return await runAsJob(input, { kind: 'ingest-dataset', subjectId: input.datasetId }, async () => {
    enterPhase('reading', 'Reading the file.');
    const { readDataset } = remoteActivities<DatasetActivities>('datasets', input.queues);
    const read = await readDataset(input);
    if (patched('profile-after-reading')) await startProfile(input);
    // The version is on; that nobody could look at the examples is not worth failing its job.
    if (patched('check-examples'))
      await startExampleRun(input, { datasetId: input.datasetId }).catch(() => undefined);
    return { status: 'succeeded', ...read };
  });
}
