import { EXAMPLE_LIMITS, ownerId, ownerOf } from '../../contracts/verified-example.js';
import type { CheckExamplesInput, CheckExamplesResult } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { countOutcomes, insertExampleRun } from '../../db/statements/example-runs.js';
import { insertJob, markJobFinished } from '../../db/statements/jobs.js';
import { listVerifiedExamples } from '../../db/statements/verified-examples.js';
import type { AnswerDeps } from '../answers/answer-deps.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { type CheckExampleInput, checkExample } from './check-example.js';

type ExampleDeps = Pick<AnswerDeps, 'db' | 'bus'>;

export type ExampleActivities = ReturnType<typeof createExampleActivities>;
export type ExampleQueryActivities = ReturnType<typeof createExampleQueryActivities>;

/** The frame of a run over the verified examples; local activities. */
export function createExampleActivities(deps: ExampleDeps) {
  return {
    /** Makes the rows of the run that follows an indexing, or a new version of a dataset; false when there is nothing to check. */
    async openExampleRun(input: CheckExamplesInput): Promise<boolean> {
      const { jobId, runId: id, tenantId } = input;
      const owner = ownerOf(input);
      return await deps.db.withTenant(tenantId, async (tx) => {
        if ((await listVerifiedExamples(tx, owner, 1)).length === 0) return false;
        if (await insertJob(tx, { id: jobId, kind: 'check-examples', subjectId: ownerId(owner) }))
          await appendEvent(tx, jobId, 'job.queued', {}, 'queued');
        const reason = owner.datasetId === undefined ? 'indexed' : 'version_changed';
        await insertExampleRun(tx, { id, ...owner, jobId, reason });
        return true;
      });
    },

    async listExamples(input: CheckExamplesInput): Promise<{ mappingIds: string[] }> {
      const examples = await deps.db.withTenant(input.tenantId, (tx) =>
        listVerifiedExamples(tx, ownerOf(input), EXAMPLE_LIMITS.examples),
      );
      return { mappingIds: examples.map(({ id }) => id) };
    },

    /** Ends the job with what came out. Doing it twice changes nothing. */
    async endExampleRun(input: CheckExamplesInput): Promise<CheckExamplesResult> {
      const counts = await deps.db.withTenant(input.tenantId, async (tx) => {
        await assertJobRuns(tx, input.jobId);
        const counted = await countOutcomes(tx, input.runId);
        if (await markJobFinished(tx, input.jobId, 'succeeded'))
          await appendEvent(tx, input.jobId, 'job.succeeded', { runId: input.runId, ...counted }, 'ended');
        return counted;
      });
      deps.bus.publish(input.jobId);
      return counts;
    },
  };
}

/** Queues `data-source` and `dataset-queries`. */
export function createExampleQueryActivities(deps: AnswerDeps) {
  return { checkExample: (input: CheckExampleInput) => checkExample(deps, input) };
}
