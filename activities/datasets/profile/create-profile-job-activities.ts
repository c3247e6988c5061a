import type { ProfileDatasetInput } from '../../../contracts/workflows.js';
import type { Database } from '../../../db/database.js';
import { openProfile } from '../../../db/open-profile.js';

export type ProfileJobActivities = ReturnType<typeof createProfileJobActivities>;

/** The start of a profile that nobody asked for; a local activity. */
export function createProfileJobActivities({ db }: { db: Database }) {
  return {
    /** False when the data has a profile already, or is gone: then there is nothing to start. */
    async openProfileJob({
      tenantId,
      jobId,
      datasetId,
      versionId,
      profileId,
    }: ProfileDatasetInput): Promise<boolean> {
      const opened = await db.withTenant(tenantId, (tx) =>
        openProfile(tx, { id: profileId, jobId, datasetId, versionId }, Date.now()),
      );
      return opened.kind === 'opened';
    },
  };
}
