import type { PlanCleaningInput } from '../../../contracts/workflows.js';
import type { Database } from '../../../db/database.js';
import { findProfileOfVersion } from '../../../db/statements/dataset-profiles.js';
import { planOfJob } from './plan-of-job.js';

/** Profiles after an upload are made when nobody asks for anything else; a person's plan waits so long for one to begin. */
const QUEUED_MS = 60_000;

export type CleaningJobActivities = ReturnType<typeof createCleaningJobActivities>;

/** What a plan asks before it begins; a local activity. */
export function createCleaningJobActivities({ db }: { db: Database }) {
  return {
    /**
     * Is the one profile that the plan's version has still in the making, or about to be?
     * @throws QuaestorError `not_found`, `job_cancelled`
     */
    async isBeingProfiled(input: PlanCleaningInput): Promise<boolean> {
      return await db.withTenant(input.tenantId, async (tx) => {
        const { version } = await planOfJob(tx, input);
        const profile = await findProfileOfVersion(tx, version.id);
        if (profile?.finishedAt !== null) return false;
        if (profile.status === 'queued') return Date.now() - Date.parse(profile.createdAt) < QUEUED_MS;
        return profile.status === 'running';
      });
    },
  };
}
