import type { Transaction } from '../../database.js';

const HELD = `EXISTS (SELECT FROM jobs j WHERE j.id = v.job_id AND j.status IN ('queued', 'running'))
  OR EXISTS (SELECT FROM questions q WHERE q.version_id = v.id AND q.status IN ('queued', 'running'))`;

/**
 * Retires what the active version of a data source replaced: its other versions, but for those that a running question or job still
 * uses. Nothing takes a retired version up again. Returns all that are retired, also those of a clean-up that was broken off.
 */
export async function retireVersions(tx: Transaction, dataSourceId: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `UPDATE registry_versions v SET status = 'retired'
     FROM data_sources d
     WHERE v.data_source_id = $1 AND d.id = $1 AND v.id <> d.active_version_id AND NOT (${HELD})
     RETURNING v.id`,
    [dataSourceId],
  );
  return rows.map(({ id }) => id);
}

const PARTS = [
  'registry_items',
  'registry_columns',
  'registry_values',
  'registry_foreign_keys',
  'registry_tables',
] as const;

/** Removes at most `limit` rows of a retired version; returns true when nothing is left of it. */
export async function deleteVersionPart(tx: Transaction, versionId: string, limit: number): Promise<boolean> {
  for (const table of PARTS) {
    const gone = await tx.query(
      `DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE version_id = $1 LIMIT $2)) RETURNING 1`,
      [versionId, limit],
    );
    if (gone.length > 0) return false;
  }
  await tx.query(`DELETE FROM registry_versions WHERE id = $1 AND status = 'retired'`, [versionId]);
  return true;
}

/** A vector's place in the order of the embeddings' key. */
export interface VectorPlace {
  model: string;
  dimensions: number;
  contentHash: Buffer;
}

export const BEFORE_ALL_VECTORS: VectorPlace = { model: '', dimensions: 0, contentHash: Buffer.alloc(0) };

/**
 * Of the next `limit` vectors after a place, removes those that no version of the data source has. Returns the place to go on after;
 * undefined at the end, and at once while another job indexes the data source, which counts on the vectors that it has found.
 */
export async function deleteUnusedVectors(
  tx: Transaction,
  dataSourceId: string,
  after: VectorPlace,
  limit: number,
): Promise<VectorPlace | undefined> {
  const [indexing] = await tx.query(
    `SELECT 1 FROM jobs WHERE subject_id = $1 AND kind = 'index-source' AND status IN ('queued', 'running')`,
    [dataSourceId],
  );
  if (indexing) return undefined;
  const page = [dataSourceId, after.model, after.dimensions, after.contentHash, limit];
  const [last] = await tx.query<VectorPlace>(
    `SELECT model, dimensions, content_hash AS "contentHash" FROM (
       SELECT model, dimensions, content_hash FROM embeddings
       WHERE data_source_id = $1 AND (model, dimensions, content_hash) > ($2, $3, $4)
       ORDER BY model, dimensions, content_hash LIMIT $5) page
     ORDER BY model DESC, dimensions DESC, content_hash DESC LIMIT 1`,
    page,
  );
  if (!last) return undefined;
  await tx.query(
    `DELETE FROM embeddings e
     WHERE e.data_source_id = $1 AND (e.model, e.dimensions, e.content_hash) > ($2, $3, $4)
       AND (e.model, e.dimensions, e.content_hash) <= ($5, $6, $7)
       AND NOT EXISTS (
         SELECT FROM registry_versions v JOIN registry_items i ON i.version_id = v.id
         WHERE v.data_source_id = $1 AND v.embedding_model = e.model AND v.dimensions = e.dimensions
           AND i.content_hash = e.content_hash)`,
    [...page.slice(0, 4), last.model, last.dimensions, last.contentHash],
  );
  return last;
}

/** Forgets refusals of contents that the active version does not have. */
export async function deleteUnusedRefusals(tx: Transaction, dataSourceId: string): Promise<void> {
  await tx.query(
    `DELETE FROM refused_contents r USING data_sources d
     WHERE d.id = $1 AND r.data_source_id = $1 AND d.active_version_id IS NOT NULL AND NOT EXISTS (
       SELECT FROM registry_items i WHERE i.version_id = d.active_version_id AND i.content_hash = r.content_hash)`,
    [dataSourceId],
  );
}
