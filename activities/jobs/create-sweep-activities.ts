import pLimit from 'p-limit';
import type { Job } from '../../contracts/job.js';
import type { Database } from '../../db/database.js';
import { endLostJob, mayBeLost } from '../../db/end-lost-job.js';
import { listUnfinishedJobs } from '../../db/statements/jobs.js';
import type { EventBus } from '../../platform/event-bus.js';
import type { JobEngine } from '../../platform/job-engine.js';

export interface SweepDeps {
  db: Database;
  bus: EventBus;
  engine: Pick<JobEngine, 'describe'>;
}

const PAGE_JOBS = 100;
const ASKED_AT_ONCE = 5;

export type SweepActivities = ReturnType<typeof createSweepActivities>;

/** Looking after jobs that nobody reads; local activities. */
export function createSweepActivities({ db, bus, engine }: SweepDeps) {
  const endIfLost = async (job: Job & { tenantId: string }): Promise<boolean> => {
    if (!mayBeLost(job)) return false;
    const status = await engine.describe(job.id);
    if (status === 'running') return false;
    const hasEnded = await db.withTenant(job.tenantId, (tx) => endLostJob(tx, job, status));
    if (hasEnded) bus.publish(job.id);
    return hasEnded;
  };
  return {
    /**
     * Ends the lost jobs of one page of unfinished jobs of all tenants. `nextId`: where the next page begins, if there is one.
     * @throws QuaestorError `engine_unavailable`, `store_unavailable`; what was ended until then stays so.
     */
    async endLostJobs({ afterId }: { afterId: string }): Promise<{ ended: number; nextId?: string }> {
      const jobs = await db.withUnfinishedJobs((tx) => listUnfinishedJobs(tx, { afterId, limit: PAGE_JOBS }));
      const limit = pLimit(ASKED_AT_ONCE);
      const ended = await Promise.all(jobs.map((job) => limit(() => endIfLost(job))));
      const last = jobs.length === PAGE_JOBS ? jobs.at(-1) : undefined;
      return { ended: ended.filter(Boolean).length, ...(last ? { nextId: last.id } : {}) };
    },
  };
}
