import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { ColumnProfile } from '../../contracts/dataset-profile.js';
import type { RegistryTable } from '../../contracts/schema-registry.js';
import type { Database, Transaction } from '../../db/database.js';
import { openProfile } from '../../db/open-profile.js';
import { findLeader } from '../../db/statements/answer-flights.js';
import { saveAnswer, saveResultPages, saveResultPresentation } from '../../db/statements/answers.js';
import { appendAudit } from '../../db/statements/audit.js';
import { insertCleaningPlan, insertCleaningRun } from '../../db/statements/cleaning.js';
import { noteDataSourceUse } from '../../db/statements/data-source-uses.js';
import { insertDataSource } from '../../db/statements/data-sources.js';
import { saveProfileColumns } from '../../db/statements/dataset-profiles.js';
import {
  activateDatasetVersion,
  insertDataset,
  type NewDatasetVersion,
} from '../../db/statements/datasets.js';
import { saveDescriptionBatches } from '../../db/statements/descriptions.js';
import { appendEvent } from '../../db/statements/events.js';
import { insertExampleRun, saveExampleResult } from '../../db/statements/example-runs.js';
import { insertExport, saveExportFile } from '../../db/statements/exports.js';
import { claimIdempotencyKey } from '../../db/statements/idempotency.js';
import { insertJob } from '../../db/statements/jobs.js';
import { putJoinDecisions } from '../../db/statements/joins.js';
import { putMappings } from '../../db/statements/mappings.js';
import { saveModelReply } from '../../db/statements/model-replies.js';
import { saveQuestionSchedule } from '../../db/statements/question-schedules.js';
import { insertQuestionTables, saveDatasetValues } from '../../db/statements/question-tables.js';
import { insertQuestion } from '../../db/statements/questions.js';
import { saveInferredJoins } from '../../db/statements/registry/inferred-joins.js';
import {
  insertItems,
  type RegistryItem,
  saveEmbeddings,
  saveRefusals,
} from '../../db/statements/registry/items.js';
import { insertForeignKeys, insertTables } from '../../db/statements/registry/schema.js';
import { saveSampledValues } from '../../db/statements/registry/values.js';
import { activateVersion, completeVersion, openVersion } from '../../db/statements/registry/versions.js';
import { listVerifiedExamples, saveVerifiedExample } from '../../db/statements/verified-examples.js';
import type { TestTenant } from './tenants.js';

export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A data source of this tenant; its id. */
export async function createSourceRow(db: Database, { tenantId }: TestTenant): Promise<string> {
  const id = uuidv7();
  await db.withTenant(tenantId, (tx) =>
    insertDataSource(tx, {
      id,
      name: `source-${id}`,
      kind: 'postgres',
      address: 'user@host:5432/shop',
      connectionSecret: randomBytes(40),
      includeSchemas: [],
    }),
  );
  return id;
}

/** A job about the subject (a new one unless given), queued; its id. */
export async function createJobRow(
  db: Database,
  { tenantId }: TestTenant,
  job: { kind?: 'index-source' | 'answer-question'; subjectId?: string } = {},
): Promise<string> {
  const id = `job-${uuidv7()}`;
  await db.withTenant(tenantId, (tx) =>
    insertJob(tx, { id, kind: job.kind ?? 'answer-question', subjectId: job.subjectId ?? uuidv7() }),
  );
  return id;
}

export async function createQuestionRow(
  db: Database,
  { tenantId, userId }: TestTenant,
  dataSourceId: string,
): Promise<{ id: string; jobId: string }> {
  const id = uuidv7();
  const jobId = `job-${id}`;
  await db.withTenant(tenantId, async (tx) => {
    await insertJob(tx, { id: jobId, kind: 'answer-question', subjectId: id });
    await insertQuestion(tx, { id, userId, dataSourceId, jobId, text: 'How many orders?' });
  });
  return { id, jobId };
}

/** A registry table with columns of these names. */
export const registryTable = (
  schemaName: string,
  tableName: string,
  columns: readonly string[],
): RegistryTable => ({
  canonicalTableName: `${schemaName}.${tableName}`,
  schemaName,
  tableName,
  kind: 'table',
  comment: null,
  estimatedRows: null,
  columns: columns.map((name, index) => ({
    canonicalColumnName: `${schemaName}.${tableName}.${name}`,
    name,
    position: index + 1,
    dataType: 'text',
    isNullable: true,
    isPrimaryKey: false,
    comment: null,
  })),
});

export const registryItem = (content: string): RegistryItem => ({
  canonicalTableName: 'public.orders',
  canonicalColumnName: null,
  content,
  contentHash: hashOf(content),
  batch: null,
});

const datasetFile = (id: string) => ({
  id,
  name: 'sales',
  fileName: 'sales.csv',
  sizeBytes: 4,
  sha256: hashOf('a\n1\n').toString('hex'),
});

const emptyVersion = (id: string, datasetId: string, jobId: string): NewDatasetVersion => ({
  id,
  datasetId,
  jobId,
  rowCount: 0,
  columns: [],
  reading: {
    format: 'csv',
    encoding: 'utf-8',
    delimiter: ',',
    quote: '"',
    escape: null,
    headerRows: 1,
    skippedRows: 0,
    tables: 1,
    confidence: 1,
    evidence: [],
    mendedRecords: 0,
    shortRecords: 0,
    longRecords: 0,
    outsideRecords: 0,
  },
  rejectedCells: 0,
  parquetBytes: 4,
  preview: { rows: [], rejects: [] },
});

/** A dataset `sales` with this many versions, oldest first; the last one is on. */
export async function createDatasetRow(
  tx: Transaction,
  { userId, versions = 1 }: { userId: string; versions?: number },
): Promise<{ id: string; versionIds: string[] }> {
  const id = uuidv7();
  const versionIds = Array.from({ length: versions }, () => uuidv7());
  await insertDataset(tx, { ...datasetFile(id), userId });
  for (const versionId of versionIds)
    await activateDatasetVersion(tx, emptyVersion(versionId, id, `ingest-${id}-${versionId}`));
  return { id, versionIds };
}

/** At least one row of this tenant in every table of the store, written as the product writes them. */
export async function fillTenant(db: Database, tenant: TestTenant): Promise<{ dataSourceId: string }> {
  const dataSourceId = await createSourceRow(db, tenant);
  const question = await createQuestionRow(db, tenant, dataSourceId);
  const jobId = await createJobRow(db, tenant, { kind: 'index-source', subjectId: dataSourceId });
  const key = { dataSourceId, versionId: uuidv7() };
  const item = registryItem('orders');
  await db.withTenant(tenant.tenantId, async (tx) => {
    await openVersion(tx, { id: key.versionId, dataSourceId, jobId });
    await insertTables(tx, key, [registryTable('public', 'orders', ['id', 'parent_id'])]);
    await insertForeignKeys(tx, key, [
      {
        name: 'orders_parent',
        fromTable: 'public.orders',
        fromColumns: ['parent_id'],
        toTable: 'public.orders',
        toColumns: ['id'],
      },
    ]);
    await saveSampledValues(tx, key, { 'public.orders.status': ['paid'] });
    await insertItems(tx, key, [item]);
    await saveEmbeddings(tx, { dataSourceId, model: 'm', dimensions: 2 }, [
      { contentHash: item.contentHash, vector: Float32Array.of(1, 0) },
    ]);
    await saveRefusals(tx, { dataSourceId, model: 'm' }, [{ contentHash: hashOf('refused'), reason: 'No.' }]);
    await completeVersion(tx, key.versionId, { tables: 1, columns: 2, skipped: [] });
    await activateVersion(tx, { id: key.versionId, dataSourceId, embeddingModel: 'm' });
    const join = {
      fromTable: 'public.orders',
      fromColumns: ['parent_id'],
      toTable: 'public.orders',
      toColumns: ['id'],
    };
    await noteDataSourceUse(tx, dataSourceId);
    await saveInferredJoins(tx, key, [{ ...join, confidence: 0.9, evidence: ['names'] }]);
    await putJoinDecisions(tx, dataSourceId, [{ ...join, decision: 'accepted' }], 'person');
    await saveDescriptionBatches(tx, jobId, [{ targets: [], request: { system: 's', user: 'u' } }]);
    const synonym = { kind: 'synonym', target: 'public.orders', text: 'purchases' } as const;
    await putMappings(tx, { dataSourceId }, [synonym], { origin: 'person' });
    await appendEvent(tx, question.jobId, 'job.queued', {});
    await saveModelReply(tx, question.id, 0, {
      model: { provider: 'built-in', name: 'built-in' },
      reply: {},
      usage: { promptTokens: 0, completionTokens: 0 },
      durationMs: 1,
    });
    await saveAnswer(tx, {
      questionId: question.id,
      cacheKey: hashOf(question.id),
      sql: 'SELECT 1',
      columns: [{ name: 'n', type: 'int4' }],
      rowCount: 1,
      truncated: false,
      tables: [],
      model: { provider: 'built-in', name: 'built-in' },
      interpretation: null,
      timings: [],
      repairs: 0,
    });
    await findLeader(tx, { cacheKey: hashOf(question.id), dataSourceId, questionId: question.id });
    await saveResultPages(tx, question.id, [[[1]]]);
    const dataset = await createDatasetRow(tx, tenant);
    const versionId = dataset.versionIds[0]!;
    await saveDatasetValues(tx, versionId, { 'sales.a': ['1'] });
    await insertQuestionTables(tx, question.id, [{ name: 'sales', datasetId: dataset.id, versionId }]);
    const profile = { id: uuidv7(), jobId: `profile-${versionId}`, datasetId: dataset.id, versionId };
    await openProfile(tx, profile, Date.now());
    await saveProfileColumns(tx, profile.id, [
      { profile: { index: 0, name: 'a' } as ColumnProfile, findings: [] },
    ]);
    const plan = { id: uuidv7(), datasetId: dataset.id, versionId, jobId: question.jobId, steps: [] };
    await insertCleaningPlan(tx, plan);
    await insertCleaningRun(tx, {
      versionId: uuidv7(),
      datasetId: dataset.id,
      sourceVersionId: versionId,
      recipe: { format: 'quaestor-cleaning-recipe', version: 1, steps: [{ kind: 'drop-total-rows' }] },
    });
    const exportId = uuidv7();
    await insertExport(tx, {
      id: exportId,
      questionId: question.id,
      jobId: question.jobId,
      format: 'csv',
      options: {},
    });
    await saveExportFile(tx, exportId, [Buffer.from('n')]);
    await saveResultPresentation(tx, question.id, { chart: null, explanation: 'N is 1.', warnings: [] });
    await claimIdempotencyKey(tx, {
      key: 'key',
      requestHash: hashOf('request'),
      resourceId: question.id,
      ttlMs: 60_000,
    });
    await appendAudit(tx, { userId: tenant.userId, action: 'question.asked', subjectId: question.id });
    const example = { kind: 'example', question: 'How many?', sql: 'SELECT 1' } as const;
    await putMappings(tx, { dataSourceId }, [example], { origin: 'answer' });
    const ground = { dataSourceId };
    const given = { questionId: question.id, userId: tenant.userId, sql: example.sql };
    const result = { columns: [{ name: 'n', type: 'int4' }], rowCount: 1 };
    const verifying = { ...given, ...result, question: example.question, rowsOf: question.id };
    await saveVerifiedExample(tx, { ...verifying, ground });
    const tables = [{ name: 'sales', datasetId: dataset.id, title: 'sales' }];
    await putMappings(tx, { datasetIds: [dataset.id] }, [example], { origin: 'answer' });
    await saveVerifiedExample(tx, { ...verifying, ground: { tables } });
    const runId = uuidv7();
    await insertExampleRun(tx, { id: runId, dataSourceId, jobId, reason: 'indexed' });
    const [verified] = await listVerifiedExamples(tx, ground, 1);
    await saveExampleResult(tx, runId, {
      ...{
        exampleId: verified!.id,
        question: example.question,
        outcome: 'same',
        expectedRows: 1,
        rowCount: 1,
      },
      ...{ addedColumns: [], removedColumns: [], error: null, durationMs: 1 },
    });
    const model = { provider: 'built-in', name: 'built-in' } as const;
    await saveQuestionSchedule(tx, { ...given, dataSourceId, model, schedule: { everyMinutes: 60 } });
  });
  return { dataSourceId };
}
