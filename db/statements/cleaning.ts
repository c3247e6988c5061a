import {
  CLEANING_LIMITS,
  type CleaningPlan,
  type CleaningRecipe,
  type DatasetVersionEntry,
  type PlannedStep,
  type VersionCleaning,
} from '../../contracts/cleaning.js';
import type { DatasetColumn, DatasetReading } from '../../contracts/dataset.js';
import type { Finding } from '../../contracts/dataset-profile.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

interface PlanRow {
  id: string;
  dataset_id: string;
  version_id: string;
  job_id: string;
  revision: number;
  previewed_revision: number | null;
  steps: PlannedStep[];
  unhandled: Finding[];
  model: CleaningPlan['model'];
  created_at: Date;
}

export async function insertCleaningPlan(
  tx: Transaction,
  plan: { id: string; datasetId: string; versionId: string; jobId: string; steps: readonly PlannedStep[] },
): Promise<void> {
  await tx.query(
    `INSERT INTO cleaning_plans (id, tenant_id, dataset_id, version_id, job_id, steps) VALUES ($1, $2, $3, $4, $5, $6)`,
    [plan.id, tx.tenantId, plan.datasetId, plan.versionId, plan.jobId, toJson(plan.steps)],
  );
}

export async function getCleaningPlan(tx: Transaction, id: string): Promise<CleaningPlan | undefined> {
  const [row] = await tx.query<PlanRow>(
    `SELECT id, dataset_id, version_id, job_id, revision, previewed_revision, steps, unhandled, model, created_at
     FROM cleaning_plans WHERE id = $1`,
    [id],
  );
  return (
    row && {
      id: row.id,
      datasetId: row.dataset_id,
      versionId: row.version_id,
      jobId: row.job_id,
      revision: row.revision,
      isPreviewed: row.previewed_revision === row.revision,
      steps: row.steps,
      unhandled: row.unhandled,
      model: row.model,
      createdAt: row.created_at.toISOString(),
    }
  );
}

/** The newest plan of a dataset. */
export async function findNewestPlan(tx: Transaction, datasetId: string): Promise<string | undefined> {
  const [row] = await tx.query<{ id: string }>(
    'SELECT id FROM cleaning_plans WHERE dataset_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1',
    [datasetId],
  );
  return row?.id;
}

/** Puts other steps into a plan. False when it has another revision by now. */
export async function editCleaningPlan(
  tx: Transaction,
  plan: { id: string; revision: number; jobId: string; steps: readonly PlannedStep[] },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE cleaning_plans SET steps = $3, revision = revision + 1, job_id = $4 WHERE id = $1 AND revision = $2 RETURNING id`,
    [plan.id, plan.revision, toJson(plan.steps), plan.jobId],
  );
  return rows.length === 1;
}

export interface PlanProposals {
  steps: readonly PlannedStep[];
  unhandled: readonly Finding[];
  evidence: unknown;
  cacheKey: string;
}

/** Puts the proposals of the rules into a new plan. */
export async function saveProposals(tx: Transaction, id: string, proposals: PlanProposals): Promise<void> {
  await tx.query(
    'UPDATE cleaning_plans SET steps = $2, unhandled = $3, evidence = $4, cache_key = $5 WHERE id = $1 AND revision = 1',
    [
      id,
      toJson(proposals.steps),
      toJson(proposals.unhandled),
      toJson(proposals.evidence),
      proposals.cacheKey,
    ],
  );
}

/** What a model said, as it said it. */
export interface PlanReply {
  /** The model's name. */
  name: string;
  text: string;
}

/** What the model is asked with, and its reply where it was asked; undefined when there is nothing to ask, or when the reply was taken. */
export async function getPlanEvidence<Evidence>(
  tx: Transaction,
  id: string,
): Promise<{ evidence: Evidence; reply: PlanReply | null } | undefined> {
  const [row] = await tx.query<{ evidence: Evidence | null; reply: PlanReply | null }>(
    'SELECT evidence, model_reply AS reply FROM cleaning_plans WHERE id = $1 AND model IS NULL',
    [id],
  );
  return row?.evidence ? { evidence: row.evidence, reply: row.reply } : undefined;
}

/** Keeps the first reply to a plan, before anything is made of it. */
export async function keepPlanReply(tx: Transaction, id: string, reply: PlanReply): Promise<void> {
  await tx.query('UPDATE cleaning_plans SET model_reply = $2 WHERE id = $1 AND model_reply IS NULL', [
    id,
    toJson(reply),
  ]);
}

/** Adds what the model proposed, once. */
export async function saveModelProposals(
  tx: Transaction,
  id: string,
  proposed: { steps: readonly PlannedStep[]; model: NonNullable<CleaningPlan['model']> },
): Promise<void> {
  await tx.query(
    'UPDATE cleaning_plans SET steps = steps || $2::jsonb, model = $3, model_reply = NULL WHERE id = $1 AND revision = 1 AND model IS NULL',
    [id, toJson(proposed.steps), toJson(proposed.model)],
  );
}

/** Keeps the previews of a revision; false when the plan has been edited since. The first one is what later plans find. */
export async function savePreviews(
  tx: Transaction,
  plan: { id: string; revision: number; steps: readonly PlannedStep[] },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE cleaning_plans SET steps = $3, previewed_revision = $2, evidence = NULL,
       proposals = CASE WHEN $2 = 1 AND cache_key IS NOT NULL THEN $3::jsonb ELSE proposals END
     WHERE id = $1 AND revision = $2 RETURNING id`,
    [plan.id, plan.revision, toJson(plan.steps)],
  );
  return rows.length === 1;
}

export interface CachedProposals {
  steps: PlannedStep[];
  unhandled: Finding[];
  model: CleaningPlan['model'];
}

/** Proposals for the same content by the same rules, if they are fresh. */
export async function findCachedProposals(
  tx: Transaction,
  cacheKey: string,
): Promise<CachedProposals | undefined> {
  const [row] = await tx.query<{
    proposals: PlannedStep[];
    unhandled: Finding[];
    model: CleaningPlan['model'];
  }>(
    `SELECT proposals, unhandled, model FROM cleaning_plans
     WHERE cache_key = $1 AND proposals IS NOT NULL AND created_at > now() - $2::float8 * interval '1 millisecond'
     ORDER BY created_at DESC LIMIT 1`,
    [cacheKey, CLEANING_LIMITS.planTtlMs],
  );
  return row && { steps: row.proposals, unhandled: row.unhandled, model: row.model };
}

/** Makes a new plan of cached proposals, previews and all. */
export async function saveCachedProposals(
  tx: Transaction,
  id: string,
  cached: CachedProposals,
): Promise<void> {
  await tx.query(
    `UPDATE cleaning_plans SET steps = $2, unhandled = $3, model = $4, previewed_revision = 1 WHERE id = $1 AND revision = 1`,
    [id, toJson(cached.steps), toJson(cached.unhandled), cached.model && toJson(cached.model)],
  );
}

export interface CleaningRun {
  /** The version that it makes. */
  versionId: string;
  datasetId: string;
  sourceVersionId: string;
  recipe: CleaningRecipe;
}

export async function insertCleaningRun(tx: Transaction, run: CleaningRun): Promise<void> {
  await tx.query(
    `INSERT INTO cleaning_runs (id, tenant_id, dataset_id, source_version_id, recipe) VALUES ($1, $2, $3, $4, $5)`,
    [run.versionId, tx.tenantId, run.datasetId, run.sourceVersionId, toJson(run.recipe)],
  );
}

export async function getCleaningRun(tx: Transaction, versionId: string): Promise<CleaningRun | undefined> {
  const [row] = await tx.query<{ dataset_id: string; source_version_id: string; recipe: CleaningRecipe }>(
    'SELECT dataset_id, source_version_id, recipe FROM cleaning_runs WHERE id = $1',
    [versionId],
  );
  return (
    row && {
      versionId,
      datasetId: row.dataset_id,
      sourceVersionId: row.source_version_id,
      recipe: row.recipe,
    }
  );
}

/** Says of a version how it was made. */
export async function setVersionCleaning(
  tx: Transaction,
  versionId: string,
  cleaning: VersionCleaning,
  contentHash: string,
): Promise<void> {
  await tx.query('UPDATE dataset_versions SET cleaning = $2, content_hash = $3 WHERE id = $1', [
    versionId,
    toJson(cleaning),
    contentHash,
  ]);
}

export interface VersionFacts {
  id: string;
  number: number;
  rowCount: number;
  columns: DatasetColumn[];
  reading: DatasetReading;
  rejectedCells: number;
  cleaning: VersionCleaning | null;
  /** Equal for versions with equal data. */
  contentKey: string;
}

/** A version of a dataset; undefined when it is another one's. */
export async function getVersion(
  tx: Transaction,
  datasetId: string,
  versionId: string,
): Promise<VersionFacts | undefined> {
  const [row] = await tx.query<VersionRow>(`${VERSIONS} AND v.id = $2`, [datasetId, versionId]);
  return (
    row && {
      id: row.id,
      number: row.number,
      rowCount: Number(row.row_count),
      columns: row.columns,
      reading: row.reading,
      rejectedCells: Number(row.rejected_cells),
      cleaning: row.cleaning,
      contentKey: row.content_key,
    }
  );
}

interface VersionRow {
  content_key: string;
  id: string;
  number: number;
  is_active: boolean;
  row_count: string;
  columns: DatasetColumn[];
  reading: DatasetReading;
  rejected_cells: string;
  cleaning: VersionCleaning | null;
  created_at: Date;
}

const VERSIONS = `SELECT v.id, v.number, v.id = d.active_version_id AS is_active, v.row_count, v.columns, v.reading,
    v.rejected_cells, v.cleaning, v.created_at,
    coalesce(v.content_hash,
      encode(sha256(convert_to(jsonb_build_array(encode(d.sha256, 'hex'), v.reading, v.columns, v.row_count)::text, 'utf8')), 'hex')) AS content_key
  FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE d.id = $1`;

/** Newest first. */
export async function listVersions(tx: Transaction, datasetId: string): Promise<DatasetVersionEntry[]> {
  const rows = await tx.query<VersionRow>(`${VERSIONS} ORDER BY v.number DESC`, [datasetId]);
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    isActive: row.is_active,
    rowCount: Number(row.row_count),
    columns: row.columns,
    cleaning: row.cleaning,
    createdAt: row.created_at.toISOString(),
  }));
}

/** Switches a version on; nothing is written but the pointer. False when the dataset has no such version. */
export async function switchVersion(tx: Transaction, datasetId: string, versionId: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE datasets d SET active_version_id = v.id, status = 'ready', error = NULL
     FROM dataset_versions v WHERE d.id = $1 AND v.id = $2 AND v.dataset_id = d.id RETURNING d.id`,
    [datasetId, versionId],
  );
  return rows.length === 1;
}
