import type { DescribeSchemaInput } from '../../contracts/workflows.js';
import type { Database } from '../../db/database.js';
import { appendEvent } from '../../db/statements/events.js';
import { markJobFinished } from '../../db/statements/jobs.js';
import type { EventBus } from '../../platform/event-bus.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { type DescribeBatchInput, type DescribedBatch, describeBatch } from './describe-batch.js';
import type { DescriptionDeps } from './description-deps.js';
import { planDescriptions } from './plan-descriptions.js';

export type DescriptionActivities = ReturnType<typeof createDescriptionActivities>;
export type DescriptionEndActivities = ReturnType<typeof createDescriptionEndActivities>;

/** What a language model writes about a schema; queue `generation`. */
export function createDescriptionActivities(deps: DescriptionDeps) {
  return {
    planDescriptions: (input: DescribeSchemaInput) => planDescriptions(deps, input),
    describeBatch: (input: DescribeBatchInput) => describeBatch(deps, input),
  };
}

/** The last step; a local activity. */
export function createDescriptionEndActivities(deps: { db: Database; bus: EventBus }) {
  return {
    async finishDescriptions(input: DescribeSchemaInput & DescribedBatch): Promise<void> {
      const { jobId, proposed, dropped } = input;
      await deps.db.withTenant(input.tenantId, async (tx) => {
        await assertJobRuns(tx, jobId);
        if (await markJobFinished(tx, jobId, 'succeeded'))
          await appendEvent(tx, jobId, 'job.succeeded', { proposed, dropped }, 'ended');
      });
      deps.bus.publish(jobId);
    },
  };
}
