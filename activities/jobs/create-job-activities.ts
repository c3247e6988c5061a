import type { JobKind } from '../../contracts/job.js';
import { type ErrorRecord, errorRecord } from '../../contracts/quaestor-error.js';
import type { WorkflowScope } from '../../contracts/workflows.js';
import type { Database } from '../../db/database.js';
import { endJob, type JobEnd } from '../../db/end-job.js';
import { appendEvent } from '../../db/statements/events.js';
import { findActiveJob, hasIndexedFor, insertJob, markJobFinished } from '../../db/statements/jobs.js';
import type { EventBus } from '../../platform/event-bus.js';
import { startJob } from './start-job.js';

/** An indexing workflow is ended by the engine after 24 h (platform/job-engine.ts, workflows/reindex-schedule.ts). */
const LONGEST_INDEXING_MS = 25 * 60 * 60 * 1_000;

/** A query that goes wrong in the same way after indexing again does not do so because of the registry. */
const DRIFT_PAUSE_MS = 5 * 60 * 1_000;

export interface OpenScheduledJobInput extends WorkflowScope {
  dataSourceId: string;
  reason?: 'drift';
}

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

    /**
     * Makes the row of an indexing job that a Schedule starts, or a question that met another schema than the registry's (`drift`). False
     * when the data source is being indexed already; for drift also when that was tried a short time ago.
     */
    async openScheduledJob(input: OpenScheduledJobInput): Promise<boolean> {
      return await deps.db.withTenant(input.tenantId, async (tx) => {
        const queued = input.reason ? { reason: input.reason } : {};
        const { jobId: id, dataSourceId, reason } = input;
        if (reason && (await hasIndexedFor(tx, { id, dataSourceId, reason }, DRIFT_PAUSE_MS))) return false;
        const job = { id: input.jobId, kind: 'index-source' as const, subjectId: input.dataSourceId };
        if (await insertJob(tx, job)) {
          await appendEvent(tx, input.jobId, 'job.queued', queued, 'queued');
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
        await appendEvent(tx, input.jobId, 'job.queued', queued, 'queued');
        return true;
      });
    },

    /** Records how a job ended when it did not succeed, with what it worked on. Doing it twice changes nothing. */
    async endJob(input: EndJobInput): Promise<void> {
      const { jobId: id, kind, subjectId, status, error, isRefusal = false } = input;
      const end: JobEnd =
        status === 'cancelled'
          ? { status }
          : {
              status,
              error: error ?? errorRecord('internal_error', 'The job ended without a reason.'),
              isRefusal,
            };
      await deps.db.withTenant(input.tenantId, (tx) => endJob(tx, { id, kind, subjectId }, end));
      deps.bus.publish(input.jobId);
    },
  };
}
