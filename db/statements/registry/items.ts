import pgvector from 'pgvector/pg';
import type { Transaction } from '../../database.js';

/** One thing that is embedded: a table (no column name) or a column. */
export interface RegistryItem {
  canonicalTableName: string;
  canonicalColumnName: string | null;
  content: string;
  /** SHA-256 of the content. */
  contentHash: Buffer;
}

export async function insertItems(
  tx: Transaction,
  key: { dataSourceId: string; versionId: string },
  items: readonly RegistryItem[],
): Promise<void> {
  await tx.query(
    `INSERT INTO registry_items (tenant_id, data_source_id, version_id, canonical_table_name, canonical_column_name,
                                 content, content_hash)
     SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::text[], $7::bytea[])`,
    [
      tx.tenantId,
      key.dataSourceId,
      key.versionId,
      items.map((item) => item.canonicalTableName),
      items.map((item) => item.canonicalColumnName),
      items.map((item) => item.content),
      items.map((item) => item.contentHash),
    ],
  );
}

export interface PendingItem {
  content: string;
  contentHash: Buffer;
}

const WITHOUT_VECTOR = `NOT EXISTS (
  SELECT FROM embeddings e
  WHERE e.data_source_id = i.data_source_id AND e.model = $2 AND e.content_hash = i.content_hash)`;

/** Contents of the version that have no vector of this model yet, each once, in a stable order; and how many items have one. */
export async function findPendingItems(
  tx: Transaction,
  versionId: string,
  model: string,
): Promise<{ pending: PendingItem[]; unchanged: number }> {
  const pending = await tx.query<{ content: string; content_hash: Buffer }>(
    `SELECT min(content) AS content, content_hash FROM registry_items i
     WHERE version_id = $1 AND ${WITHOUT_VECTOR} GROUP BY content_hash ORDER BY content_hash`,
    [versionId, model],
  );
  const [counted] = await tx.query<{ total: number }>(
    'SELECT count(DISTINCT content_hash)::int AS total FROM registry_items WHERE version_id = $1',
    [versionId],
  );
  return {
    pending: pending.map((row) => ({ content: row.content, contentHash: row.content_hash })),
    unchanged: (counted?.total ?? 0) - pending.length,
  };
}

/** Records which contents go into which batch. */
export async function assignBatches(
  tx: Transaction,
  versionId: string,
  assignment: readonly { contentHash: Buffer; batch: number }[],
): Promise<void> {
  await tx.query('UPDATE registry_items SET batch = NULL WHERE version_id = $1 AND batch IS NOT NULL', [
    versionId,
  ]);
  await tx.query(
    `UPDATE registry_items i SET batch = a.batch
     FROM unnest($2::bytea[], $3::int[]) AS a(content_hash, batch)
     WHERE i.version_id = $1 AND i.content_hash = a.content_hash`,
    [versionId, assignment.map((item) => item.contentHash), assignment.map((item) => item.batch)],
  );
}

/** What of a batch has no vector yet: nothing when the batch was finished before. */
export async function loadBatch(
  tx: Transaction,
  versionId: string,
  model: string,
  batch: number,
): Promise<PendingItem[]> {
  const rows = await tx.query<{ content: string; content_hash: Buffer }>(
    `SELECT min(content) AS content, content_hash FROM registry_items i
     WHERE version_id = $1 AND batch = $3 AND ${WITHOUT_VECTOR} GROUP BY content_hash ORDER BY content_hash`,
    [versionId, model, batch],
  );
  return rows.map((row) => ({ content: row.content, contentHash: row.content_hash }));
}

/** Keeps vectors by content and model; those that are there already stay. */
export async function saveEmbeddings(
  tx: Transaction,
  key: { dataSourceId: string; model: string; dimensions: number },
  embeddings: readonly { contentHash: Buffer; vector: Float32Array }[],
): Promise<void> {
  await tx.query(
    `INSERT INTO embeddings (tenant_id, data_source_id, model, dimensions, content_hash, vector)
     SELECT $1, $2, $3, $4, e.content_hash, e.vector::halfvec FROM unnest($5::bytea[], $6::text[]) AS e(content_hash, vector)
     ON CONFLICT DO NOTHING`,
    [
      tx.tenantId,
      key.dataSourceId,
      key.model,
      key.dimensions,
      embeddings.map((item) => item.contentHash),
      embeddings.map((item) => toVectorText(item.vector)),
    ],
  );
}

export interface ItemHit {
  canonicalTableName: string;
  canonicalColumnName: string | null;
  /** Cosine similarity, -1 to 1. */
  similarity: number;
}

/**
 * The items nearest to a vector, best first: an exact scan inside one version. Measured on native Postgres: 10,200 × 512 in
 * 10 ms; an index pays only above some 50,000 (docs/decisions/0004). `only: 'tables'` leaves columns out: of 200,000 items some
 * 3,000 are compared.
 */
export async function searchItems(
  tx: Transaction,
  search: { versionId: string; model: string; vector: Float32Array; limit: number; only?: 'tables' },
): Promise<ItemHit[]> {
  return tx.query<ItemHit>(
    `SELECT i.canonical_table_name AS "canonicalTableName", i.canonical_column_name AS "canonicalColumnName",
            1 - (e.vector <=> $3::halfvec) AS similarity
     FROM registry_items i
     JOIN embeddings e ON e.data_source_id = i.data_source_id AND e.model = $2 AND e.content_hash = i.content_hash
     WHERE i.version_id = $1 AND e.dimensions = $5${search.only === 'tables' ? ' AND i.canonical_column_name IS NULL' : ''}
     ORDER BY e.vector <=> $3::halfvec, i.canonical_table_name, i.canonical_column_name NULLS FIRST LIMIT $4`,
    [search.versionId, search.model, toVectorText(search.vector), search.limit, search.vector.length],
  );
}

const toVectorText = (vector: Float32Array): string => pgvector.toSql(Array.from(vector)) as string;
