import type { PlanCleaningInput } from '../../../contracts/workflows.js';
import type { Database } from '../../../db/database.js';
import { findProfileOfVersion } from '../../../db/statements/dataset-profiles.js';
import { planOfJob } from './plan-of-job.js';

export type CleaningJobActivities = ReturnType<typeof createCleaningJobActivities>;

/** What a plan asks before it begins; a local activity. */
export function createCleaningJobActivities({ db }: { db: Database }) {
  return {
    /** Is the one profile that the plan's version has still in the making? @throws QuaestorError `not_found`, `job_cancelled` */
    async isBeingProfiled(input: PlanCleaningInput): Promise<boolean> {
      return await db.withTenant(input.tenantId, async (tx) => {
        const { version } = await planOfJob(tx, input);
        const profile = await findProfileOfVersion(tx, version.id);
        return profile?.finishedAt === null && ['queued', 'running'].includes(profile.status);
      });
    },
  };
}
