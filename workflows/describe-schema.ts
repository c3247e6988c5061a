import type {
  DescriptionActivities,
  DescriptionEndActivities,
} from '../activities/descriptions/create-description-activities.js';
import type { DescribeSchemaInput, DescribeSchemaResult } from '../contracts/workflows.js';
import { localActivities, remoteActivities } from './activity-proxies.js';
import { inWindow } from './in-window.js';
import { enterPhase } from './job-phase.js';
import { runAsJob } from './run-as-job.js';

/** Requests at once: questions of people share the queue. */
const WINDOW = 4;

/** Has a model propose descriptions of what nothing describes; people accept or reject them. */
export async function describeSchema(input: DescribeSchemaInput): Promise<DescribeSchemaResult> {
  return await runAsJob(input, { kind: 'describe-schema', subjectId: input.dataSourceId }, async () => {
    const model = remoteActivities<DescriptionActivities>('generation', input.queues);
    enterPhase('planning', 'Looking for what nothing describes.');
    const { batches } = await model.planDescriptions(input);
    enterPhase('describing', `Describing in ${batches} requests.`);
    const total = { proposed: 0, dropped: 0 };
    await inWindow(batches, WINDOW, async (batch) => {
      const { proposed, dropped } = await model.describeBatch({ ...input, batch });
      total.proposed += proposed;
      total.dropped += dropped;
    });
    await localActivities<DescriptionEndActivities>(input.queues).finishDescriptions({ ...input, ...total });
    return { status: 'succeeded', ...total };
  });
}
