import type {
  ExampleActivities,
  ExampleQueryActivities,
} from '../activities/examples/create-example-activities.js';
import { ownerId } from '../contracts/verified-example.js';
import type { CheckExamplesInput, CheckExamplesResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { inWindow } from './in-window.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';

/** Queries at once: a check must not crowd out questions. A process serves two queries on datasets at a time. */
const WINDOW = { 'data-source': 3, 'dataset-queries': 1 } as const;

/** Does the SQL of all verified examples of a data source, or of a dataset, again and keeps how the results differ. */
export async function checkExamples(input: CheckExamplesInput): Promise<CheckExamplesResult> {
  const job = { kind: 'check-examples', subjectId: ownerId(input) } as const;
  const queue = input.datasetId === undefined ? 'data-source' : 'dataset-queries';
  return await runAsJob(input, job, async () => {
    const local = localActivities<ExampleActivities>(input.queues);
    const { mappingIds } = await local.listExamples(input);
    enterPhase('checking', `Doing ${mappingIds.length} verified examples again.`);
    const { checkExample } = remoteActivities<ExampleQueryActivities>(queue, input.queues);
    await inWindow(mappingIds.length, WINDOW[queue], (index) =>
      checkExample({ ...input, mappingId: mappingIds[index]! }),
    );
    return await local.endExampleRun(input);
  });
}
