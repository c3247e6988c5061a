import { LRUCache } from 'lru-cache';
import type { Job } from '../contracts/job.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { endLostJob, mayBeLost } from '../db/end-lost-job.js';
import { getJob } from '../db/statements/jobs.js';
import type { EngineJobStatus } from '../platform/job-engine.js';
import type { ApiDeps } from './api-deps.js';

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
  if (!mayBeLost(job)) return job;
  const status = await describe(job.id);
  if (status === undefined) return job;
  const [hasEnded, newest] = await deps.db.withTenant(tenantId, async (tx) => [
    await endLostJob(tx, job, status),
    (await getJob(tx, job.id)) ?? job,
  ]);
  if (hasEnded) {
    deps.logger.warn({ jobId: job.id, engineStatus: status }, 'ended a job that no workflow works on');
    deps.bus.publish(job.id);
  }
  return newest;
}
