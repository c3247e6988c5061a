import type { DatasetColumn, DatasetStatus } from '../../contracts/dataset.js';
import type { AskedTable, ResultColumn } from '../../contracts/question.js';
import type { SampledValues } from '../../contracts/schema-registry.js';
import type { AskedContent } from '../../domain/datasets/cache-parts.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

export async function insertQuestionTables(
  tx: Transaction,
  questionId: string,
  tables: readonly AskedTable[],
): Promise<void> {
  await Promise.all(
    tables.map((table, position) =>
      tx.query(
        `INSERT INTO question_tables (tenant_id, question_id, position, name, dataset_id, version_id, result_of)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
        [
          tx.tenantId,
          questionId,
          position,
          table.name,
          'datasetId' in table ? table.datasetId : null,
          'datasetId' in table ? table.versionId : null,
          'datasetId' in table ? null : table.resultOf,
        ],
      ),
    ),
  );
}

/** A dataset as a question may be asked of it. */
export interface DatasetForAsking {
  id: string;
  name: string;
  status: DatasetStatus;
  /** Null before it was read. */
  versionId: string | null;
  /**
   * Equal for versions of equal cells: of the file and how it was read; the version's id for one that was made otherwise. Null
   * without a version.
   */
  contentKey: string | null;
  /** How often what is said of it was edited: its examples. */
  mappingVersion: number;
}

const CONTENT_KEY = `CASE WHEN v.job_id LIKE 'ingest-%' THEN
    encode(sha256(d.sha256 || convert_to(
      jsonb_build_array(v.reading, v.columns, v.row_count, v.rejected_cells, md5(v.preview::text))::text, 'UTF8')), 'hex')
  ELSE v.id::text END`;

/** Those that are there, in no order. */
export async function readDatasetsForAsking(
  tx: Transaction,
  ids: readonly string[],
): Promise<DatasetForAsking[]> {
  return await tx.query<DatasetForAsking>(
    `SELECT d.id, d.name, d.status, v.id AS "versionId",
       ${CONTENT_KEY} AS "contentKey", d.mapping_version AS "mappingVersion"
     FROM datasets d LEFT JOIN dataset_versions v ON v.id = d.active_version_id WHERE d.id = ANY($1::uuid[])`,
    [ids],
  );
}

/** A table of a question with what its prompt, its guard and its session need. */
export type QuestionTable = { name: string; title: string; rowCount: number } & (
  | { datasetId: string; versionId: string; columns: DatasetColumn[]; values: SampledValues | null }
  | {
      resultOf: string;
      /** The question that holds the rows. */
      rowsOf: string;
      resultColumns: ResultColumn[];
      truncated: boolean;
    }
);

interface Row {
  name: string;
  dataset_id: string | null;
  version_id: string | null;
  dataset_name: string | null;
  row_count: string | null;
  columns: DatasetColumn[] | null;
  values: SampledValues | null;
  result_of: string | null;
  rows_of: string | null;
  question: string | null;
  answer_rows: number | null;
  answer_columns: ResultColumn[] | null;
  truncated: boolean | null;
}

/** In the order in which they were named; a version or result that is gone is left out. */
export const readQuestionTables = (tx: Transaction, questionId: string): Promise<QuestionTable[]> =>
  readTables(tx, 'SELECT * FROM question_tables WHERE question_id = $1', questionId);

/** The datasets that an example reads, in the versions that are on now; one that is gone is left out. */
export const readTablesOfExample = (tx: Transaction, mappingId: string): Promise<QuestionTable[]> =>
  readTables(
    tx,
    `SELECT e.position, e.name, e.dataset_id, a.active_version_id AS version_id, NULL::uuid AS result_of
     FROM example_tables e JOIN datasets a ON a.id = e.dataset_id WHERE e.mapping_id = $1`,
    mappingId,
  );

async function readTables(tx: Transaction, tables: string, id: string): Promise<QuestionTable[]> {
  const rows = await tx.query<Row>(
    `SELECT t.name, t.dataset_id, t.version_id, d.name AS dataset_name, v.row_count, v.columns, s.values,
            t.result_of, a.question_id AS rows_of, q.text AS question, a.row_count AS answer_rows, a.columns AS answer_columns,
            a.truncated
     FROM (${tables}) t
     LEFT JOIN datasets d ON d.id = t.dataset_id
     LEFT JOIN dataset_versions v ON v.id = t.version_id
     LEFT JOIN dataset_values s ON s.version_id = v.id
     LEFT JOIN questions q ON q.id = t.result_of
     LEFT JOIN answers a ON a.question_id = coalesce(q.cached_from, q.follows, q.id)
     ORDER BY t.position`,
    [id],
  );
  return rows.flatMap((row): QuestionTable[] => {
    const { columns, dataset_id: datasetId, name, result_of: resultOf, rows_of: rowsOf, version_id } = row;
    if (datasetId && version_id && columns)
      return [
        {
          name,
          title: row.dataset_name ?? '',
          rowCount: Number(row.row_count),
          datasetId,
          versionId: version_id,
          columns,
          values: row.values,
        },
      ];
    if (resultOf && rowsOf && row.answer_columns)
      return [
        {
          name,
          title: row.question ?? '',
          rowCount: row.answer_rows ?? 0,
          resultOf,
          rowsOf,
          resultColumns: row.answer_columns,
          truncated: row.truncated ?? false,
        },
      ];
    return [];
  });
}

/** What a question was asked of, by its contents, in the order in which it was named. */
export async function readAskedContents(tx: Transaction, questionId: string): Promise<AskedContent[]> {
  return await tx.query<AskedContent>(
    `SELECT t.name, coalesce(t.dataset_id, t.result_of) AS id, coalesce(${CONTENT_KEY}, q.rows_of::text, '') AS "contentKey"
     FROM question_tables t
     LEFT JOIN datasets d ON d.id = t.dataset_id
     LEFT JOIN dataset_versions v ON v.id = t.version_id
     LEFT JOIN LATERAL (SELECT coalesce(cached_from, follows, id) AS rows_of FROM questions WHERE id = t.result_of) q ON true
     WHERE t.question_id = $1 ORDER BY t.position`,
    [questionId],
  );
}

/** A row of question_tables as the API shows it. */
export const toAskedTable = (
  row: Pick<Row, 'name' | 'dataset_id' | 'version_id' | 'result_of'>,
): AskedTable =>
  row.dataset_id !== null && row.version_id !== null
    ? { name: row.name, datasetId: row.dataset_id, versionId: row.version_id }
    : { name: row.name, resultOf: row.result_of ?? '' };

export async function saveDatasetValues(
  tx: Transaction,
  versionId: string,
  values: SampledValues,
): Promise<void> {
  await tx.query(
    `INSERT INTO dataset_values (version_id, tenant_id, values)
     SELECT id, tenant_id, $2 FROM dataset_versions WHERE id = $1 ON CONFLICT DO NOTHING`,
    [versionId, toJson(values)],
  );
}
