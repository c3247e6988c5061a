import type { Cell, ResultColumn } from '../../contracts/question.js';
import type { VerifiedExample } from '../../contracts/verified-example.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

/** A fingerprint of a set of rows, whatever their order; `rows` is SQL for them, one jsonb a row. */
const fingerprintOf = (rows: string): string =>
  `(SELECT md5(coalesce(string_agg(md5(r.row::text), '' ORDER BY md5(r.row::text)), '')) FROM ${rows} AS r(row))`;

/**
 * Keeps what the answer of a question was when somebody verified it, with the example that the mapping has for it. False when there
 * is no such example.
 */
export async function saveVerifiedExample(
  tx: Transaction,
  example: {
    dataSourceId: string;
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
  const rows = await tx.query(
    `INSERT INTO verified_examples (mapping_id, tenant_id, data_source_id, question_id, verified_by, sql, columns, row_count, fingerprint)
     SELECT m.id, $1, $2, $4, $6, $7, $8, $9,
            ${fingerprintOf('(SELECT jsonb_array_elements(rows) FROM result_pages WHERE question_id = $5)')}
     FROM schema_mappings m WHERE m.data_source_id = $2 AND m.kind = 'example' AND m.name = $3
     ON CONFLICT (mapping_id) DO UPDATE
       SET question_id = excluded.question_id, verified_by = excluded.verified_by, verified_at = now(), sql = excluded.sql,
           columns = excluded.columns, row_count = excluded.row_count, fingerprint = excluded.fingerprint
     RETURNING mapping_id`,
    [
      tx.tenantId,
      example.dataSourceId,
      example.question,
      example.questionId,
      example.rowsOf,
      example.userId,
      example.sql,
      toJson(example.columns),
      example.rowCount,
    ],
  );
  return rows.length === 1;
}

/** Only accepted examples count, and only while their SQL is the one that was verified. */
const VERIFIED = `FROM verified_examples v JOIN schema_mappings m ON m.id = v.mapping_id
  WHERE m.status = 'accepted' AND m.content = v.sql`;

/** Oldest first, at most `limit`. */
export async function listVerifiedExamples(
  tx: Transaction,
  dataSourceId: string,
  limit: number,
): Promise<VerifiedExample[]> {
  const rows = await tx.query<Omit<VerifiedExample, 'verifiedAt'> & { verifiedAt: Date }>(
    `SELECT v.mapping_id AS id, v.question_id AS "questionId", m.name AS question, v.sql, v.row_count AS "rowCount",
            (SELECT coalesce(jsonb_agg(c->>'name'), '[]') FROM jsonb_array_elements(v.columns) c) AS columns,
            (SELECT name FROM users WHERE id = v.verified_by) AS "verifiedBy", v.verified_at AS "verifiedAt"
     ${VERIFIED} AND v.data_source_id = $1 ORDER BY v.mapping_id LIMIT $2`,
    [dataSourceId, limit],
  );
  return rows.map((row) => ({ ...row, verifiedAt: row.verifiedAt.toISOString() }));
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

/** The fingerprint of rows that are not stored. */
export async function fingerprintRows(tx: Transaction, rows: readonly Cell[][]): Promise<string> {
  const [found] = await tx.query<{ fingerprint: string }>(
    `SELECT ${fingerprintOf('jsonb_array_elements($1::jsonb)')} AS fingerprint`,
    [toJson(rows)],
  );
  return found!.fingerprint;
}
