import type {
  ColumnProfile,
  DatasetProfile,
  Finding,
  ProfileState,
  ProfileSummary,
} from '../../contracts/dataset-profile.js';
import type { JobStatus } from '../../contracts/job.js';
import { LIMITS } from '../../contracts/limits.js';
import type { ErrorRecord } from '../../contracts/quaestor-error.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

interface Row {
  id: string;
  version_id: string;
  job_id: string;
  status: JobStatus;
  error: ErrorRecord | null;
  done: number;
  total_columns: number;
  created_at: Date;
  finished_at: Date | null;
}

const STATE = `SELECT p.id, p.version_id, p.job_id, p.total_columns, p.created_at, p.finished_at,
    CASE WHEN p.finished_at IS NULL THEN j.status ELSE 'succeeded' END AS status, j.error,
    (SELECT count(*)::int FROM dataset_profile_columns c WHERE c.profile_id = p.id) AS done
  FROM dataset_profiles p JOIN jobs j ON j.id = p.job_id`;

const CONTENT = 'coalesce(v.content_hash, v.id::text)';

const toState = (row: Row): ProfileState => ({
  id: row.id,
  versionId: row.version_id,
  jobId: row.job_id,
  status: row.status,
  error: row.error,
  columnsDone: row.done,
  columnsTotal: row.total_columns,
  createdAt: row.created_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  cachedUntil: row.finished_at && new Date(row.finished_at.getTime() + LIMITS.profileTtlMs).toISOString(),
});

/** The profile of what this version holds, made from it or from another one with the same content: a whole one before one in the making. */
export async function findProfileOfVersion(
  tx: Transaction,
  versionId: string,
): Promise<ProfileState | undefined> {
  const [row] = await tx.query<Row>(
    `${STATE} WHERE p.content_hash = (SELECT ${CONTENT} FROM dataset_versions v WHERE v.id = $1)
     ORDER BY p.finished_at IS NULL, p.created_at DESC LIMIT 1`,
    [versionId],
  );
  return row && toState(row);
}

/** The one that is being made of what this version holds, if its job still runs. */
export async function findRunningProfile(
  tx: Transaction,
  versionId: string,
): Promise<ProfileState | undefined> {
  const [row] = await tx.query<Row>(
    `${STATE} WHERE p.content_hash = (SELECT ${CONTENT} FROM dataset_versions v WHERE v.id = $1)
       AND p.finished_at IS NULL AND j.status IN ('queued', 'running')`,
    [versionId],
  );
  return row && toState(row);
}

/** False when the version is gone, or when its content is being profiled already. Its job's row must be there. */
export async function insertProfile(
  tx: Transaction,
  profile: { id: string; versionId: string; jobId: string },
): Promise<boolean> {
  // What broken jobs left of the same content.
  await tx.query(
    `DELETE FROM dataset_profiles p USING jobs j, dataset_versions v
     WHERE v.id = $1 AND p.content_hash = ${CONTENT} AND p.finished_at IS NULL
       AND j.id = p.job_id AND j.status NOT IN ('queued', 'running')`,
    [profile.versionId],
  );
  const rows = await tx.query(
    `INSERT INTO dataset_profiles (id, tenant_id, content_hash, version_id, job_id, total_columns)
     SELECT $1, v.tenant_id, ${CONTENT}, v.id, $3, jsonb_array_length(v.columns) FROM dataset_versions v WHERE v.id = $2
     ON CONFLICT DO NOTHING RETURNING id`,
    [profile.id, profile.versionId, profile.jobId],
  );
  return rows.length === 1;
}

export async function hasProfile(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.query('SELECT 1 FROM dataset_profiles WHERE id = $1', [id])).length === 1;
}

/** A column with what was found in it. */
export interface StoredColumn {
  profile: ColumnProfile;
  findings: Finding[];
}

/** Doing it twice changes nothing. */
export async function saveProfileColumns(
  tx: Transaction,
  profileId: string,
  columns: readonly StoredColumn[],
): Promise<void> {
  await tx.query(
    `INSERT INTO dataset_profile_columns (tenant_id, profile_id, index, profile, findings)
     SELECT $1, $2, (c->'profile'->>'index')::int, c->'profile', c->'findings' FROM jsonb_array_elements($3::jsonb) c
     ON CONFLICT DO NOTHING`,
    [tx.tenantId, profileId, toJson(columns)],
  );
}

/** In the order of the file, `limit` at most, beginning with the column at place `from`. */
export async function listProfileColumns(
  tx: Transaction,
  profileId: string,
  from: number,
  limit: number,
): Promise<StoredColumn[]> {
  return await tx.query<{ profile: ColumnProfile; findings: Finding[] }>(
    `SELECT profile, findings FROM dataset_profile_columns WHERE profile_id = $1 AND index >= $2 ORDER BY index LIMIT $3`,
    [profileId, from, limit],
  );
}

/** What was found in all columns that are done, in the order of the file. */
export async function listColumnFindings(tx: Transaction, profileId: string): Promise<Finding[]> {
  const rows = await tx.query<{ findings: Finding[] }>(
    'SELECT findings FROM dataset_profile_columns WHERE profile_id = $1 ORDER BY index',
    [profileId],
  );
  return rows.flatMap(({ findings }) => findings);
}

/** Undefined until the profile is whole. Its findings are those about the file; those about columns are with them. */
export async function getProfileSummary(tx: Transaction, id: string): Promise<ProfileSummary | undefined> {
  const [row] = await tx.query<{ summary: ProfileSummary | null }>(
    'SELECT summary FROM dataset_profiles WHERE id = $1',
    [id],
  );
  return row?.summary ?? undefined;
}

/** The profile of what a version holds; undefined while there is no whole one. */
export async function findWholeProfile(
  tx: Transaction,
  versionId: string,
): Promise<DatasetProfile | undefined> {
  const state = await findProfileOfVersion(tx, versionId);
  const summary = state && (await getProfileSummary(tx, state.id));
  if (!state || !summary) return undefined;
  const columns = await listProfileColumns(tx, state.id, 0, state.columnsTotal);
  return {
    ...summary,
    columns: columns.map(({ profile }) => profile),
    findings: [...summary.findings, ...columns.flatMap(({ findings }) => findings)],
  };
}

/** Makes a profile whole, which replaces older ones of the same content. */
export async function finishProfile(tx: Transaction, id: string, summary: ProfileSummary): Promise<void> {
  await tx.query('UPDATE dataset_profiles SET summary = $2, finished_at = now() WHERE id = $1', [
    id,
    toJson(summary),
  ]);
  await tx.query(
    `DELETE FROM dataset_profiles p USING dataset_profiles whole
     WHERE whole.id = $1 AND p.content_hash = whole.content_hash AND p.id <> whole.id AND p.finished_at IS NOT NULL`,
    [id],
  );
}

/** Removes profiles of data that no version has any more. */
export async function removeUnusedProfiles(tx: Transaction): Promise<void> {
  await tx.query(
    `DELETE FROM dataset_profiles p WHERE NOT EXISTS (
       SELECT FROM dataset_versions v WHERE v.tenant_id = p.tenant_id AND ${CONTENT} = p.content_hash)`,
  );
}
