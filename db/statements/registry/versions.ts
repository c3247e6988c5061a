import type { Transaction } from '../../database.js';

/** Opens the version that this job builds. Called again by a repeated step, it starts over: what was written before is removed. */
export async function openVersion(
  tx: Transaction,
  version: { id: string; dataSourceId: string; jobId: string },
): Promise<void> {
  await tx.query(`DELETE FROM registry_versions WHERE job_id = $1 AND status = 'building'`, [version.jobId]);
  await tx.query(
    'INSERT INTO registry_versions (id, tenant_id, data_source_id, job_id) VALUES ($1, $2, $3, $4)',
    [version.id, tx.tenantId, version.dataSourceId, version.jobId],
  );
}

export async function completeVersion(
  tx: Transaction,
  versionId: string,
  counts: { tables: number; columns: number; skipped: readonly string[] },
): Promise<void> {
  await tx.query(
    'UPDATE registry_versions SET table_count = $2, column_count = $3, skipped = $4 WHERE id = $1',
    [versionId, counts.tables, counts.columns, counts.skipped],
  );
}

/** Names of refused items that are kept with a version. */
const REFUSED_NAMES = 100;

/**
 * Switches questions over to a version in one step. Doing it twice changes nothing.
 */
export async function activateVersion(
  tx: Transaction,
  version: { id: string; dataSourceId: string; embeddingModel: string },
): Promise<{ tables: number; columns: number }> {
  const [row] = await tx.query<{ table_count: number; column_count: number }>(
    `UPDATE registry_versions SET status = 'active', embedding_model = $2, activated_at = coalesce(activated_at, now())
     WHERE id = $1 RETURNING table_count, column_count`,
    [version.id, version.embeddingModel],
  );
  if (!row) throw new Error(`Registry version ${version.id} is gone`);
  await tx.query(`UPDATE data_sources SET active_version_id = $2, status = 'ready' WHERE id = $1`, [
    version.dataSourceId,
    version.id,
  ]);
  return { tables: row.table_count, columns: row.column_count };
}

/** Keeps with a version how many of its items have no vector because the model refused them, and the first of their names. */
export async function recordRefusedItems(
  tx: Transaction,
  version: { id: string; dataSourceId: string; embeddingModel: string },
): Promise<void> {
  await tx.query(
    `WITH refused AS (
       SELECT coalesce(i.canonical_column_name, i.canonical_table_name) AS name
       FROM refused_contents r JOIN registry_items i ON i.version_id = $1 AND i.content_hash = r.content_hash
       WHERE r.data_source_id = $2 AND r.model = $3)
     UPDATE registry_versions SET refused_count = (SELECT count(*) FROM refused),
       refused_names = ARRAY(SELECT name FROM refused ORDER BY name LIMIT ${REFUSED_NAMES})
     WHERE id = $1`,
    [version.id, version.dataSourceId, version.embeddingModel],
  );
}

export interface ActiveVersion {
  id: string;
  embeddingModel: string;
}

/**
 * Gives a question the version that it is answered from, and keeps that version from being removed until the question has ended.
 * The data source's row is locked meanwhile, so an activation comes before or after, never between. Undefined before the first
 * indexing.
 */
export async function takeActiveVersion(
  tx: Transaction,
  questionId: string,
  dataSourceId: string,
): Promise<ActiveVersion | undefined> {
  // Two statements: in one, a row that waited for an activation would be joined with the version from before it.
  const [source] = await tx.query<{ active_version_id: string | null }>(
    'SELECT active_version_id FROM data_sources WHERE id = $1 FOR SHARE',
    [dataSourceId],
  );
  const [row] = await tx.query<{ id: string; embedding_model: string }>(
    'SELECT id, embedding_model FROM registry_versions WHERE id = $1',
    [source?.active_version_id ?? null],
  );
  if (!row) return undefined;
  await tx.query('UPDATE questions SET version_id = $2 WHERE id = $1', [questionId, row.id]);
  return { id: row.id, embeddingModel: row.embedding_model };
}

/** The version that is active now, for a look that takes a moment: nothing keeps it from being removed. */
export async function getActiveVersion(
  tx: Transaction,
  dataSourceId: string,
): Promise<(ActiveVersion & { columnCount: number }) | undefined> {
  const [row] = await tx.query<{ id: string; embeddingModel: string; columnCount: number }>(
    `SELECT v.id, v.embedding_model AS "embeddingModel", coalesce(v.column_count, 0) AS "columnCount"
     FROM data_sources d JOIN registry_versions v ON v.id = d.active_version_id WHERE d.id = $1`,
    [dataSourceId],
  );
  return row;
}
