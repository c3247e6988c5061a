import type { ProfileState } from '../contracts/dataset-profile.js';
import type { Transaction } from './database.js';
import {
  findProfileOfVersion,
  findRunningProfile,
  hasProfile,
  insertProfile,
} from './statements/dataset-profiles.js';
import { appendEvent } from './statements/events.js';
import { insertJob } from './statements/jobs.js';

export interface NewProfile {
  id: string;
  jobId: string;
  datasetId: string;
  versionId: string;
}

/** `opened`: its job's row is there and its workflow must be started. `found`: it is whole and recent, or in the making. */
export type OpenedProfile = { kind: 'opened' } | { kind: 'found'; state: ProfileState } | { kind: 'gone' };

/** Opens the job of a profile unless there is one of the same data. Doing it twice with the same ids is doing it once. */
export async function openProfile(
  tx: Transaction,
  profile: NewProfile,
  nowMs: number,
): Promise<OpenedProfile> {
  if (await hasProfile(tx, profile.id)) return { kind: 'opened' };
  const whole = await findProfileOfVersion(tx, profile.versionId);
  if (whole?.cachedUntil && Date.parse(whole.cachedUntil) > nowMs) return { kind: 'found', state: whole };
  const running = await findRunningProfile(tx, profile.versionId);
  if (running) return { kind: 'found', state: running };
  await insertJob(tx, { id: profile.jobId, kind: 'profile-dataset', subjectId: profile.datasetId });
  if (!(await insertProfile(tx, profile))) {
    // Somebody else opened one between the two looks; or the dataset was deleted.
    const other = await findRunningProfile(tx, profile.versionId);
    await tx.query('DELETE FROM jobs WHERE id = $1', [profile.jobId]);
    return other ? { kind: 'found', state: other } : { kind: 'gone' };
  }
  await appendEvent(tx, profile.jobId, 'job.queued', {}, 'queued');
  return { kind: 'opened' };
}
