import { LRUCache } from 'lru-cache';
import { isTerminalJobStatus, type Job } from '../contracts/job.js';
import { errorRecord, QuaestorError } from '../contracts/quaestor-error.js';
import { endJob, type JobEnd } from '../db/end-job.js';
import { getJob } from '../db/statements/jobs.js';
import type { EngineJobStatus } from '../platform/job-engine.js';
import type { ApiDeps } from './api-deps.js';

/** A job younger than this may not have reached the engine yet. */
const START_GRACE_MS = 10_000;
/** The row of a scheduled indexing is there before its workflow is: a worker that restarts may be in between. */
const SCHEDULED_START_GRACE_MS = 60_000;

/** What the engine said about a job is believed for so long, and that it is away too: reading a job stays quick. */
const BELIEF_MS = 5_000;

/** Returns the job as it was given when there was nothing to mend. @throws QuaestorError `store_unavailable`. */
export type ReconcileJob = (tenantId: string, job: Job) => Promise<Job>;

/**
 * Compares a job that seems to run with the engine, and ends it when the engine knows that nobody works on it: it was
 * terminated, timed out, or the process that was to start it died. While the engine is away the row is believed.
 */
export function createReconciler(deps: ApiDeps): ReconcileJob {
  const running = new LRUCache<string, true>({ max: 10_000, ttl: BELIEF_MS });
  let awayUntil = 0;
  const describe = async (jobId: string): Promise<EngineJobStatus | undefined> => {
    if (running.has(jobId) || Date.now() < awayUntil) return undefined;
    try {
      const status = await deps.engine.describe(jobId);
      if (status === 'running') running.set(jobId, true);
      return status;
    } catch (error) {
      if (!(error instanceof QuaestorError) || error.code !== 'engine_unavailable') throw error;
      awayUntil = Date.now() + BELIEF_MS;
      return undefined;
    }
  };
  return async (tenantId, job) => reconcileJob(deps, describe, tenantId, job);
}

async function reconcileJob(
  deps: ApiDeps,
  describe: (jobId: string) => Promise<EngineJobStatus | undefined>,
  tenantId: string,
  job: Job,
): Promise<Job> {
  const ageMs = Date.now() - Date.parse(job.createdAt);
  if (isTerminalJobStatus(job.status) || ageMs < START_GRACE_MS) return job;
  const status = await describe(job.id);
  if (status === undefined) return job;
  if (status === 'not_found' && job.kind === 'index-source' && ageMs < SCHEDULED_START_GRACE_MS) return job;
  const end = endOf(status);
  if (!end) return job;
  const [hasEnded, newest] = await deps.db.withTenant(tenantId, async (tx) => [
    await endJob(tx, job, end),
    (await getJob(tx, job.id)) ?? job,
  ]);
  if (hasEnded) {
    deps.logger.warn({ jobId: job.id, engineStatus: status }, 'ended a job that no workflow works on');
    deps.bus.publish(job.id);
  }
  return newest;
}

/** A workflow writes its end before it ends; one that has ended while its row still runs could not. */
function endOf(status: EngineJobStatus): JobEnd | undefined {
  switch (status) {
    case 'running':
      return undefined;
    case 'cancelled':
      return { status: 'cancelled' };
    case 'timed_out':
      return {
        status: 'failed',
        error: errorRecord('job_timed_out', 'The job did not end within its time limit.'),
      };
    case 'terminated':
      return { status: 'failed', error: errorRecord('job_lost', 'The job was terminated by an operator.') };
    case 'not_found':
      return {
        status: 'failed',
        error: errorRecord('job_lost', 'The job never reached the workflow engine.'),
      };
    case 'completed':
    case 'failed':
      return {
        status: 'failed',
        error: errorRecord('job_lost', 'The job ended without recording a result.'),
      };
  }
}
