import type {
  ExampleActivities,
  ExampleQueryActivities,
} from '../activities/examples/create-example-activities.js';
import type { CheckExamplesInput, CheckExamplesResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { inWindow } from './in-window.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';

/** Queries at once: a check must not crowd out questions. */
const WINDOW = 3;

/** Does the SQL of all verified examples of a data source again and keeps how the results differ. */
export async function checkExamples(input: CheckExamplesInput): Promise<CheckExamplesResult> {
  const job = { kind: 'check-examples', subjectId: input.dataSourceId } as const;
  return await runAsJob(input, job, async () => {
    const local = localActivities<ExampleActivities>(input.queues);
    const { mappingIds } = await local.listExamples(input);
    enterPhase('checking', `Doing ${mappingIds.length} verified examples again.`);
    const { checkExample } = remoteActivities<ExampleQueryActivities>('data-source', input.queues);
    await inWindow(mappingIds.length, WINDOW, (index) =>
      checkExample({ ...input, mappingId: mappingIds[index]! }),
    );
    return await local.endExampleRun(input);
  });
}
