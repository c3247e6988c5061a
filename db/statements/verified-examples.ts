import type { Cell, ResultColumn } from '../../contracts/question.js';
import type { MappingContent, MappingSet } from '../../contracts/schema-mapping.js';
import {
  type ExampleOwner,
  type ExampleTable,
  ownerId,
  type VerifiedExample,
} from '../../contracts/verified-example.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';
import { countEdit, datasetsKey } from './mappings.js';

/** What an example reads: a data source, or datasets under the names that its SQL has for them. */
export type ExampleGround = { dataSourceId: string } | { tables: readonly NewExampleTable[] };
export type NewExampleTable = ExampleTable & { datasetId: string };

/** A fingerprint of a set of rows, whatever their order; `rows` is SQL for them, one jsonb a row. */
const fingerprintOf = (rows: string): string =>
  `(SELECT md5(coalesce(string_agg(md5(r.row::text), '' ORDER BY md5(r.row::text)), '')) FROM ${rows} AS r(row))`;

/** Floating-point types, as the drivers name them. */
const FLOATS = /^(float[48]|float|double)( unsigned)?$/;

/**
 * The same rows with floating-point numbers to ten digits: a sum over many rows differs in its last ones from run to run, as threads share
 * the work differently (seen with 1.5 million rows in DuckDB, at every run).
 */
const comparable = (rows: string, columns: readonly ResultColumn[]): string => {
  const floats = columns.flatMap(({ type }, index) => (FLOATS.test(type) ? [index + 1] : []));
  if (floats.length === 0) return rows;
  return `(SELECT (SELECT jsonb_agg(CASE WHEN e.at IN (${floats.join(', ')}) AND jsonb_typeof(e.cell) = 'number'
                    THEN to_jsonb(to_char(e.cell::float8, '9.999999999EEEE')) ELSE e.cell END ORDER BY e.at)
             FROM jsonb_array_elements(f.row) WITH ORDINALITY AS e(cell, at)) FROM ${rows} AS f(row))`;
};

/**
 * Keeps what the answer of a question was when somebody verified it, with the example that the mapping has for it. False when there
 * is no such example.
 */
export async function saveVerifiedExample(
  tx: Transaction,
  example: {
    ground: ExampleGround;
    /** The example is found by its words. */
    question: string;
    questionId: string;
    /** The question that has the rows. */
    rowsOf: string;
    userId: string;
    sql: string;
    columns: readonly ResultColumn[];
    rowCount: number;
  },
): Promise<boolean> {
  const { ground } = example;
  const tables = 'tables' in ground ? ground.tables : [];
  const [key, identity] =
    'tables' in ground
      ? ['datasets_key', datasetsKey(ground.tables.map(({ datasetId }) => datasetId))]
      : ['data_source_id', ground.dataSourceId];
  const [row] = await tx.query<{ id: string }>(
    `INSERT INTO verified_examples (mapping_id, tenant_id, data_source_id, question_id, verified_by, sql, columns, row_count, fingerprint)
     SELECT m.id, $1, m.data_source_id, $4, $6, $7, $8, $9,
            ${fingerprintOf(comparable('(SELECT jsonb_array_elements(rows) FROM result_pages WHERE question_id = $5)', example.columns))}
     FROM schema_mappings m WHERE m.${key} = $2 AND m.kind = 'example' AND m.name = $3
     ON CONFLICT (mapping_id) DO UPDATE
       SET question_id = excluded.question_id, verified_by = excluded.verified_by, verified_at = now(), sql = excluded.sql,
           columns = excluded.columns, row_count = excluded.row_count, fingerprint = excluded.fingerprint
     RETURNING mapping_id AS id`,
    [
      tx.tenantId,
      identity,
      example.question,
      example.questionId,
      example.rowsOf,
      example.userId,
      example.sql,
      toJson(example.columns),
      example.rowCount,
    ],
  );
  if (row && tables.length > 0) {
    await tx.query('DELETE FROM example_tables WHERE mapping_id = $1', [row.id]);
    await tx.query(
      `INSERT INTO example_tables (tenant_id, mapping_id, position, name, dataset_id, title)
       SELECT $1, $2, t.position, t.name, t."datasetId", t.title
       FROM jsonb_to_recordset($3) AS t(position int, name text, "datasetId" uuid, title text)`,
      [tx.tenantId, row.id, toJson(tables.map((table, position) => ({ ...table, position })))],
    );
  }
  return row !== undefined;
}

/** Only accepted examples count, and only while their SQL is the one that was verified. */
const VERIFIED = `FROM verified_examples v JOIN schema_mappings m ON m.id = v.mapping_id
  WHERE m.status = 'accepted' AND m.content = v.sql`;

/** With the owner's id as $1; in one of two ways, so that an index serves either. */
const ownedBy = (owner: ExampleOwner): string =>
  owner.dataSourceId === undefined
    ? 'v.mapping_id IN (SELECT mapping_id FROM example_tables WHERE dataset_id = $1)'
    : 'v.data_source_id = $1';

/** Oldest first, at most `limit`. */
export async function listVerifiedExamples(
  tx: Transaction,
  owner: ExampleOwner,
  limit: number,
): Promise<VerifiedExample[]> {
  const rows = await tx.query<
    Omit<VerifiedExample, 'verifiedAt' | 'tables'> & { verifiedAt: Date; tables: ExampleTable[] | null }
  >(
    `SELECT v.mapping_id AS id, v.question_id AS "questionId", m.name AS question, v.sql, v.row_count AS "rowCount",
            (SELECT jsonb_agg(jsonb_build_object('name', t.name, 'datasetId', t.dataset_id, 'title', t.title) ORDER BY t.position)
             FROM example_tables t WHERE t.mapping_id = v.mapping_id) AS tables,
            (SELECT coalesce(jsonb_agg(c->>'name'), '[]') FROM jsonb_array_elements(v.columns) c) AS columns,
            (SELECT name FROM users WHERE id = v.verified_by) AS "verifiedBy", v.verified_at AS "verifiedAt"
     ${VERIFIED} AND ${ownedBy(owner)} ORDER BY v.mapping_id LIMIT $2`,
    [ownerId(owner), limit],
  );
  return rows.map(({ tables, verifiedAt, ...row }) => ({
    ...row,
    ...(tables ? { tables } : {}),
    verifiedAt: verifiedAt.toISOString(),
  }));
}

/** Deletes an example with its mapping, and counts the edit. False when the owner has no such example. */
export async function deleteVerifiedExample(
  tx: Transaction,
  owner: ExampleOwner,
  id: string,
): Promise<boolean> {
  const [found] = await tx.query<{ dataSourceId: string | null; datasetIds: string[] }>(
    `SELECT v.data_source_id AS "dataSourceId",
            ARRAY(SELECT dataset_id FROM example_tables WHERE mapping_id = v.mapping_id AND dataset_id IS NOT NULL) AS "datasetIds"
     ${VERIFIED} AND ${ownedBy(owner)} AND v.mapping_id = $2`,
    [ownerId(owner), id],
  );
  if (!found) return false;
  const { dataSourceId, datasetIds } = found;
  const gone = await tx.query('DELETE FROM schema_mappings WHERE id = $1 RETURNING id', [id]);
  await countEdit(tx, dataSourceId === null ? { datasetIds } : { dataSourceId });
  return gone.length === 1;
}

/** What an example of datasets reads, in the order of its question. */
export async function listExampleTables(tx: Transaction, mappingId: string): Promise<ExampleTable[]> {
  return await tx.query<ExampleTable>(
    'SELECT name, dataset_id AS "datasetId", title FROM example_tables WHERE mapping_id = $1 ORDER BY position',
    [mappingId],
  );
}

/**
 * The examples that may go with a question about datasets: those that read nothing but its datasets, by the names that the question has for
 * them; and the edition of what is said of these datasets, as `readDatasetsForAsking` gives it for each.
 */
export async function loadDatasetExamples(
  tx: Transaction,
  questionId: string,
): Promise<Pick<MappingSet, 'version' | 'entries'>> {
  const [edition] = await tx.query<{ version: number }>(
    `SELECT coalesce(sum(d.mapping_version), 0)::integer AS version
     FROM question_tables q JOIN datasets d ON d.id = q.dataset_id WHERE q.question_id = $1`,
    [questionId],
  );
  const version = edition?.version ?? 0;
  if (version === 0) return { version, entries: [] };
  const entries = await tx.query<Extract<MappingContent, { kind: 'example' }>>(
    `SELECT 'example' AS kind, m.name AS question, v.sql, m.members AS tables
     ${VERIFIED} AND v.mapping_id IN (
       SELECT t.mapping_id FROM example_tables t
       JOIN question_tables q ON q.question_id = $1 AND q.dataset_id = t.dataset_id)
     AND NOT EXISTS (
       SELECT FROM example_tables t WHERE t.mapping_id = v.mapping_id AND NOT EXISTS (
         SELECT FROM question_tables q WHERE q.question_id = $1 AND q.dataset_id = t.dataset_id AND q.name = t.name))
     ORDER BY v.mapping_id`,
    [questionId],
  );
  return { version, entries };
}

export interface ExampleToCheck {
  question: string;
  sql: string;
  columns: ResultColumn[];
  rowCount: number;
  fingerprint: string;
  /** Its SQL runs in the name of who verified it. */
  verifiedBy: string;
}

/** Undefined when it was taken back or changed in the meantime. */
export async function getExampleToCheck(
  tx: Transaction,
  mappingId: string,
): Promise<ExampleToCheck | undefined> {
  const [row] = await tx.query<ExampleToCheck>(
    `SELECT m.name AS question, v.sql, v.columns, v.row_count AS "rowCount", v.fingerprint, v.verified_by AS "verifiedBy"
     ${VERIFIED} AND v.mapping_id = $1`,
    [mappingId],
  );
  return row;
}

/** Whether rows that are not stored have this fingerprint; one of before floating-point numbers were rounded is of the exact cells. */
export async function haveFingerprint(
  tx: Transaction,
  { columns, rows }: { columns: readonly ResultColumn[]; rows: readonly Cell[][] },
  fingerprint: string,
): Promise<boolean> {
  const given = 'jsonb_array_elements($1::jsonb)';
  const [found] = await tx.query<{ isEqual: boolean }>(
    `SELECT $2 IN (${fingerprintOf(comparable(given, columns))}, ${fingerprintOf(given)}) AS "isEqual"`,
    [toJson(rows), fingerprint],
  );
  return found!.isEqual;
}
