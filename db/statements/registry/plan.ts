import type { PackedSoFar } from '../../../domain/tokens/batch-packer.js';
import type { Transaction } from '../../database.js';
import { toJson } from '../../to-json.js';

/** How far the plan of a version's batches has come; written with the items of each page, so that planning goes on where it was broken off. */
export interface PlanState {
  /** From 1; a plan starts over when the model's vectors have changed their length. */
  round: number;
  model: string;
  /** Which wording the items have. */
  contents: number;
  /** Edition of people's descriptions and synonyms that the items were made with. */
  mappings: number;
  /** Last group of tables (domain/table-families.ts, familyName) that is planned; null before the first. */
  after: string | null;
  packed: PackedSoFar;
  /** Contents to embed, contents that have a vector already, and those that the model refused before. */
  items: number;
  unchanged: number;
  refused: number;
}

/** The plan as it stands, and the length of the version's vectors. Undefined when the version is gone. */
export async function loadPlan(
  tx: Transaction,
  versionId: string,
): Promise<{ plan: PlanState | null; dimensions: number | null } | undefined> {
  const [row] = await tx.query<{ plan: PlanState | null; dimensions: number | null }>(
    'SELECT plan, dimensions FROM registry_versions WHERE id = $1',
    [versionId],
  );
  return row;
}

/** Writes the plan if it still stands as `before`; false when another attempt has gone on with it meanwhile. */
export async function savePlan(
  tx: Transaction,
  versionId: string,
  before: PlanState | null,
  plan: PlanState,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE registry_versions SET plan = $3 WHERE id = $1 AND plan IS NOT DISTINCT FROM $2::jsonb RETURNING id`,
    [versionId, before && toJson(before), toJson(plan)],
  );
  return rows.length === 1;
}

/**
 * The length that vectors of this model have so far: those of the active version, or any that were kept by an indexing that did not end.
 * Null where there are none.
 */
export async function findDimensions(
  tx: Transaction,
  dataSourceId: string,
  model: string,
): Promise<number | null> {
  const [row] = await tx.query<{ dimensions: number | null }>(
    `SELECT coalesce(
       (SELECT v.dimensions FROM data_sources d JOIN registry_versions v ON v.id = d.active_version_id
        WHERE d.id = $1 AND v.embedding_model = $2),
       (SELECT e.dimensions FROM embeddings e WHERE e.data_source_id = $1 AND e.model = $2 LIMIT 1)) AS dimensions`,
    [dataSourceId, model],
  );
  return row?.dimensions ?? null;
}

/** The active version's id, if its items have this wording, with the same edits of people, and its vectors are this model's. */
export async function findLikeVersion(
  tx: Transaction,
  dataSourceId: string,
  like: Pick<PlanState, 'model' | 'contents' | 'mappings'>,
): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    `SELECT v.id FROM data_sources d JOIN registry_versions v ON v.id = d.active_version_id
     WHERE d.id = $1 AND v.embedding_model = $2 AND v.plan @> $3`,
    [dataSourceId, like.model, toJson(like)],
  );
  return row?.id;
}

export async function setDimensions(
  tx: Transaction,
  versionId: string,
  dimensions: number | null,
): Promise<void> {
  await tx.query('UPDATE registry_versions SET dimensions = $2 WHERE id = $1', [versionId, dimensions]);
}

/** The first vectors of a version settle the length of all; returns it. */
export async function settleDimensions(
  tx: Transaction,
  versionId: string,
  dimensions: number,
): Promise<number> {
  const [row] = await tx.query<{ dimensions: number }>(
    'UPDATE registry_versions SET dimensions = coalesce(dimensions, $2) WHERE id = $1 RETURNING dimensions',
    [versionId, dimensions],
  );
  if (!row) throw new Error(`Registry version ${versionId} is gone`);
  return row.dimensions;
}
