import type { JobKind } from '../../contracts/job.js';
import { type ErrorRecord, errorRecord } from '../../contracts/quaestor-error.js';
import type { WorkflowScope } from '../../contracts/workflows.js';
import type { Database } from '../../db/database.js';
import { restoreDataSourceStatus } from '../../db/statements/data-sources.js';
import { appendEvent } from '../../db/statements/events.js';
import { findActiveJob, insertJob, markJobFinished } from '../../db/statements/jobs.js';
import { markQuestionFinished } from '../../db/statements/questions.js';
import type { EventBus } from '../../platform/event-bus.js';
import { startJob } from './start-job.js';

/** An indexing workflow is ended by the engine after 24 h (platform/job-engine.ts, workflows/reindex-schedule.ts). */
const LONGEST_INDEXING_MS = 25 * 60 * 60 * 1_000;

export interface JobDeps {
  db: Database;
  bus: EventBus;
}

export interface EndJobInput extends WorkflowScope {
  kind: JobKind;
  subjectId: string;
  status: 'failed' | 'cancelled';
  error?: ErrorRecord;
  /** For questions: a refusal is an answer to the question, not a fault. */
  isRefusal?: boolean;
}

export type JobActivities = ReturnType<typeof createJobActivities>;

/** The life of a job's row; local activities. */
export function createJobActivities(deps: JobDeps) {
  return {
    async startJob(input: WorkflowScope): Promise<void> {
      await deps.db.withTenant(input.tenantId, (tx) => startJob(tx, input.jobId));
      deps.bus.publish(input.jobId);
    },

    /** Makes the row of a job that a Schedule starts; false when the data source is being indexed already. */
    async openScheduledJob(input: WorkflowScope & { dataSourceId: string }): Promise<boolean> {
      return await deps.db.withTenant(input.tenantId, async (tx) => {
        const job = { id: input.jobId, kind: 'index-source' as const, subjectId: input.dataSourceId };
        if (await insertJob(tx, job)) {
          await appendEvent(tx, input.jobId, 'job.queued', {}, 'queued');
          return true;
        }
        const active = await findActiveJob(tx, input.dataSourceId, 'index-source');
        if (!active || active.id === input.jobId) return active !== undefined;
        if (Date.now() - Date.parse(active.createdAt) < LONGEST_INDEXING_MS) return false;
        // Its workflow cannot run any more, so nobody else will say that it has ended.
        const error = errorRecord('job_lost', 'The indexing ended without a word.');
        if (await markJobFinished(tx, active.id, 'failed', error)) {
          await appendEvent(tx, active.id, 'job.failed', { error }, 'ended');
        }
        await insertJob(tx, job);
        await appendEvent(tx, input.jobId, 'job.queued', {}, 'queued');
        return true;
      });
    },

    /** Records how a job ended when it did not succeed, with what it worked on. Doing it twice changes nothing. */
    async endJob(input: EndJobInput): Promise<void> {
      await deps.db.withTenant(input.tenantId, async (tx) => {
        const error = input.error ?? null;
        if (!(await markJobFinished(tx, input.jobId, input.status, error))) return;
        if (input.kind === 'answer-question') {
          const status = input.status === 'failed' && input.isRefusal ? 'refused' : input.status;
          await markQuestionFinished(tx, input.subjectId, status, error);
        } else if (input.kind === 'index-source') {
          await restoreDataSourceStatus(tx, input.subjectId);
        }
        if (input.status === 'cancelled') await appendEvent(tx, input.jobId, 'job.cancelled', {}, 'ended');
        else if (error) await appendEvent(tx, input.jobId, 'job.failed', { error }, 'ended');
      });
      deps.bus.publish(input.jobId);
    },
  };
}
