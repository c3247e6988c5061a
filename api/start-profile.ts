import { v7 as uuidv7 } from 'uuid';
import type { ProfileState } from '../contracts/dataset-profile.js';
import type { Caller } from '../contracts/identity.js';
import { errorRecord, QuaestorError } from '../contracts/quaestor-error.js';
import { workflowIds } from '../contracts/workflows.js';
import { endJob } from '../db/end-job.js';
import { openProfile } from '../db/open-profile.js';
import { appendAudit } from '../db/statements/audit.js';
import { findProfileOfVersion } from '../db/statements/dataset-profiles.js';
import { getDataset } from '../db/statements/datasets.js';
import type { ApiContext } from './api-context.js';

/**
 * The profile of the version that is on: a whole one of the last 24 hours, one in the making, or one whose job is started now.
 * @throws QuaestorError `not_found`; `dataset_not_ready` without a version; `engine_unavailable`, after which the job has failed.
 */
export async function startProfile(
  deps: ApiContext,
  { tenantId, userId, tier }: Caller,
  datasetId: string,
): Promise<ProfileState> {
  const id = uuidv7();
  const jobId = workflowIds.profileDataset(datasetId, id);
  const { state, name, versionId, isNew } = await deps.db.withTenant(tenantId, async (tx) => {
    const dataset = await getDataset(tx, datasetId);
    if (!dataset) throw new QuaestorError('not_found', 'There is no dataset with this id.');
    if (!dataset.version) throw new QuaestorError('dataset_not_ready', 'The dataset has no version yet.');
    const profile = { id, jobId, datasetId, versionId: dataset.version.id };
    const opened = await openProfile(tx, profile, Date.now());
    if (opened.kind === 'opened') {
      const data = { jobId };
      await appendAudit(tx, { userId, action: 'dataset.profile-started', subjectId: datasetId, data });
    }
    const found = opened.kind === 'found' ? opened.state : await findProfileOfVersion(tx, profile.versionId);
    if (!found) throw new QuaestorError('not_found', 'There is no dataset with this id.');
    const { versionId } = profile;
    return { state: found, name: dataset.name, versionId, isNew: opened.kind === 'opened' };
  });
  if (!isNew) return state;
  try {
    const summary = `Profile: ${name}`;
    const input = { tenantId, tier, jobId, datasetId, versionId, profileId: id, summary };
    await deps.engine.startProfileDataset(input);
  } catch (error) {
    const record = errorRecord('engine_unavailable', 'The job could not be started.');
    const job = { id: jobId, kind: 'profile-dataset' as const, subjectId: datasetId };
    await deps.db
      .withTenant(tenantId, async (tx) => endJob(tx, job, { status: 'failed', error: record }))
      .catch((failure: unknown) => deps.logger.error({ err: failure, jobId }, 'a job stays queued'));
    throw error;
  }
  return state;
}
