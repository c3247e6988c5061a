import type { Transaction } from '../../database.js';
import { readUnitVector, toHalfVectorArray } from '../../half-vector.js';

/** One thing that is embedded: a table (no column name) or a column. */
export interface RegistryItem {
  canonicalTableName: string;
  canonicalColumnName: string | null;
  content: string;
  /** SHA-256 of the content. */
  contentHash: Buffer;
  /** The batch that will embed it; null where there is a vector already, or a refusal. */
  batch: number | null;
}

export async function insertItems(
  tx: Transaction,
  key: { dataSourceId: string; versionId: string },
  items: readonly RegistryItem[],
): Promise<void> {
  await tx.query(
    `INSERT INTO registry_items (tenant_id, data_source_id, version_id, canonical_table_name, canonical_column_name,
                                 content, content_hash, batch)
     SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::text[], $7::bytea[], $8::int[])`,
    [
      tx.tenantId,
      key.dataSourceId,
      key.versionId,
      items.map((item) => item.canonicalTableName),
      items.map((item) => item.canonicalColumnName),
      items.map((item) => item.content),
      items.map((item) => item.contentHash),
      items.map((item) => item.batch),
    ],
  );
}

/** Copies the items of these tables from another version; returns how many different contents they have. */
export async function copyItems(
  tx: Transaction,
  key: { dataSourceId: string; versionId: string },
  fromVersionId: string,
  canonicalTableNames: readonly string[],
): Promise<number> {
  const [row] = await tx.query<{ contents: number }>(
    `WITH copied AS (
       INSERT INTO registry_items (tenant_id, data_source_id, version_id, canonical_table_name, canonical_column_name,
                                   content, content_hash)
       SELECT $1, $2, $3, canonical_table_name, canonical_column_name, content, content_hash
       FROM registry_items WHERE version_id = $4 AND canonical_table_name = ANY($5)
       RETURNING content_hash)
     SELECT count(DISTINCT content_hash)::int AS contents FROM copied`,
    [tx.tenantId, key.dataSourceId, key.versionId, fromVersionId, canonicalTableNames],
  );
  return row?.contents ?? 0;
}

export async function deleteItems(tx: Transaction, versionId: string): Promise<void> {
  await tx.query('DELETE FROM registry_items WHERE version_id = $1', [versionId]);
}

/** Which vectors a version is made of. */
export interface VectorKey {
  dataSourceId: string;
  model: string;
  /** Null while no vector of this version is known. */
  dimensions: number | null;
}

/** A refused content is tried again after this time: endpoints change their minds. */
const REFUSED_FOR = `interval '7 days'`;

const HAS_VECTOR = `EXISTS (
  SELECT FROM embeddings e WHERE e.data_source_id = $1 AND e.model = $2 AND e.dimensions = $3 AND e.content_hash = i.content_hash)`;
const IS_REFUSED = `EXISTS (
  SELECT FROM refused_contents r
  WHERE r.data_source_id = $1 AND r.model = $2 AND r.content_hash = i.content_hash AND r.at > now() - ${REFUSED_FOR})`;

/** What need not be embedded of these contents, by hash (hex): it has a vector, was refused, or is in a batch of this version already. */
export async function findKnownContents(
  tx: Transaction,
  key: VectorKey,
  versionId: string,
  contentHashes: readonly Buffer[],
): Promise<Map<string, 'embedded' | 'refused' | { batch: number }>> {
  const rows = await tx.query<{ hash: string; embedded: boolean; refused: boolean; batch: number | null }>(
    `SELECT encode(i.content_hash, 'hex') AS hash, ${HAS_VECTOR} AS embedded, ${IS_REFUSED} AS refused,
            -- Any of them: equal contents share a batch. (Asked for min(), Postgres walks the batches in their order.)
            (SELECT n.batch FROM registry_items n WHERE n.version_id = $4 AND n.content_hash = i.content_hash LIMIT 1) AS batch
     FROM unnest($5::bytea[]) AS i(content_hash)`,
    [key.dataSourceId, key.model, key.dimensions, versionId, contentHashes],
  );
  const known = new Map<string, 'embedded' | 'refused' | { batch: number }>();
  for (const { hash, embedded, refused, batch } of rows) {
    if (embedded) known.set(hash, 'embedded');
    else if (refused) known.set(hash, 'refused');
    else if (batch !== null) known.set(hash, { batch });
  }
  return known;
}

export interface PendingItem {
  content: string;
  contentHash: Buffer;
  /** What it is about, for reports: one of those that share the content. */
  name: string;
}

/** What of a batch has no vector yet, each content once: nothing when the batch was finished before. */
export async function loadBatch(
  tx: Transaction,
  key: VectorKey,
  versionId: string,
  batch: number,
): Promise<PendingItem[]> {
  return await tx.query<PendingItem>(
    `SELECT min(i.content) AS content, i.content_hash AS "contentHash",
            min(coalesce(i.canonical_column_name, i.canonical_table_name)) AS name
     FROM registry_items i
     WHERE i.version_id = $4 AND i.batch = $5 AND NOT ${HAS_VECTOR} AND NOT ${IS_REFUSED}
     GROUP BY i.content_hash ORDER BY i.content_hash`,
    [key.dataSourceId, key.model, key.dimensions, versionId, batch],
  );
}

/** Contents of a batch, with and without a vector. */
export async function countBatch(tx: Transaction, versionId: string, batch: number): Promise<number> {
  const [row] = await tx.query<{ size: number }>(
    'SELECT count(DISTINCT content_hash)::int AS size FROM registry_items WHERE version_id = $1 AND batch = $2',
    [versionId, batch],
  );
  return row?.size ?? 0;
}

/** Vectors in one statement: of 1,536 dimensions some 1.5 MB. */
const VECTORS_AT_ONCE = 512;

/** Keeps vectors by content, model and length; those that are there already stay. */
export async function saveEmbeddings(
  tx: Transaction,
  key: { dataSourceId: string; model: string; dimensions: number },
  embeddings: readonly { contentHash: Buffer; vector: Float32Array }[],
): Promise<void> {
  const [type] = await tx.query<{ oid: number }>(`SELECT 'halfvec'::regtype::oid AS oid`);
  for (let start = 0; start < embeddings.length; start += VECTORS_AT_ONCE) {
    const part = embeddings.slice(start, start + VECTORS_AT_ONCE);
    await tx.query(
      `INSERT INTO embeddings (tenant_id, data_source_id, model, dimensions, content_hash, vector)
       SELECT $1, $2, $3, $4, e.content_hash, e.vector FROM unnest($5::bytea[], $6::halfvec[]) AS e(content_hash, vector)
       ON CONFLICT DO NOTHING`,
      [
        tx.tenantId,
        key.dataSourceId,
        key.model,
        key.dimensions,
        part.map((item) => item.contentHash),
        toHalfVectorArray(
          part.map((item) => item.vector),
          type!.oid,
        ),
      ],
    );
  }
}

/** Records contents that the model refused, with its reasons. */
export async function saveRefusals(
  tx: Transaction,
  key: { dataSourceId: string; model: string },
  refusals: readonly { contentHash: Buffer; reason: string }[],
): Promise<void> {
  await tx.query(
    `INSERT INTO refused_contents (tenant_id, data_source_id, model, content_hash, reason)
     SELECT $1, $2, $3, * FROM unnest($4::bytea[], $5::text[])
     ON CONFLICT (data_source_id, model, content_hash) DO UPDATE SET reason = excluded.reason, at = now()`,
    [
      tx.tenantId,
      key.dataSourceId,
      key.model,
      refusals.map((refusal) => refusal.contentHash),
      refusals.map((refusal) => refusal.reason),
    ],
  );
}

export interface TableVector {
  canonicalTableName: string;
  /** Of length 1. */
  vector: Float32Array;
}

/**
 * The vectors of a version's tables by the model that it was made with, one for each family (told under its newest member). Tables that the
 * model refused have none.
 */
export async function loadTableVectors(tx: Transaction, versionId: string): Promise<TableVector[]> {
  const rows = await tx.query<{ canonicalTableName: string; bytes: Buffer }>(
    `SELECT i.canonical_table_name AS "canonicalTableName", halfvec_send(e.vector) AS bytes
     FROM registry_versions v
     JOIN registry_items i ON i.version_id = v.id AND i.canonical_column_name IS NULL
     JOIN embeddings e ON e.data_source_id = v.data_source_id AND e.model = v.embedding_model
                      AND e.dimensions = v.dimensions AND e.content_hash = i.content_hash
     WHERE v.id = $1 ORDER BY i.canonical_table_name`,
    [versionId],
  );
  return rows.map(({ canonicalTableName, bytes }) => ({ canonicalTableName, vector: readUnitVector(bytes) }));
}
