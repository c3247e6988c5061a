import type { SampledValues } from '../../contracts/schema-registry.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

/** One request to the model. */
export interface DescriptionBatch {
  /** Canonical names to describe. */
  targets: string[];
  request: { system: string; user: string };
}

/** What the model said, before anybody has read it. */
export interface DescriptionReply {
  text: string;
  usage: { promptTokens: number; completionTokens: number };
}

/** Writes the batches of a job in place of those that a broken-off attempt wrote. */
export async function saveDescriptionBatches(
  tx: Transaction,
  jobId: string,
  batches: readonly DescriptionBatch[],
): Promise<void> {
  await tx.query('DELETE FROM description_batches WHERE job_id = $1', [jobId]);
  await tx.query(
    `INSERT INTO description_batches (tenant_id, job_id, batch, targets, request)
     SELECT $1, $2, b.batch, b.targets, b.request
     FROM jsonb_to_recordset($3) AS b(batch int, targets text[], request jsonb)`,
    [tx.tenantId, jobId, toJson(batches.map((one, batch) => ({ batch, ...one })))],
  );
}

export async function loadDescriptionBatch(
  tx: Transaction,
  jobId: string,
  batch: number,
): Promise<(DescriptionBatch & { reply: DescriptionReply | null }) | undefined> {
  const [row] = await tx.query<DescriptionBatch & { reply: DescriptionReply | null }>(
    'SELECT targets, request, reply FROM description_batches WHERE job_id = $1 AND batch = $2',
    [jobId, batch],
  );
  return row;
}

/** Keeps the first reply of a batch. */
export async function saveDescriptionReply(
  tx: Transaction,
  place: { jobId: string; batch: number },
  said: { model: string; reply: DescriptionReply },
): Promise<void> {
  await tx.query(
    'UPDATE description_batches SET reply = $3, model = $4 WHERE job_id = $1 AND batch = $2 AND reply IS NULL',
    [place.jobId, place.batch, toJson(said.reply), said.model],
  );
}

/** Canonical names of a data source that have a description, whatever became of it. */
export async function listDescribed(tx: Transaction, dataSourceId: string): Promise<Set<string>> {
  const rows = await tx.query<{ name: string }>(
    `SELECT coalesce(canonical_column_name, canonical_table_name) AS name FROM schema_mappings
     WHERE data_source_id = $1 AND kind = 'description'`,
    [dataSourceId],
  );
  return new Set(rows.map(({ name }) => name));
}

/** The sampled values of these columns. */
export async function loadValuesOf(
  tx: Transaction,
  versionId: string,
  canonicalColumnNames: readonly string[],
): Promise<SampledValues> {
  const rows = await tx.query<{ name: string; list: string[] }>(
    `SELECT canonical_column_name AS name, sampled_values AS list FROM registry_values
     WHERE version_id = $1 AND canonical_column_name = ANY($2)`,
    [versionId, canonicalColumnNames],
  );
  return Object.fromEntries(rows.map(({ name, list }) => [name, list]));
}
