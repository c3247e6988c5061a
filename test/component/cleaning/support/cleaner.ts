import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CleanedVersion,
  cleanParquet,
  type PreviewedSteps,
  previewSteps,
} from '../../../../activities/datasets/cleaning/clean-parquet.js';
import type { DuckDbCell } from '../../../../activities/datasets/duckdb/protocol.js';
import type { CleaningStep } from '../../../../contracts/cleaning.js';
import { quoteLiteral } from '../../../../domain/datasets/sql-text.js';
import { createScratch, type Scratch } from '../../../support/scratch.js';

const TIMEOUT_MS = 600_000;

export interface Table {
  path: string;
  rejects: string;
  columns: { name: string; type: string }[];
}

export interface Cleaned extends CleanedVersion {
  /** Cells and `__row`, in the order of the file. */
  rows: DuckDbCell[][];
  /** (column, text, reason, row) */
  rejects: DuckDbCell[][];
  bytes: Buffer;
}

/** Tables made and cleaned by a real DuckDB process. */
export interface Cleaner extends Scratch {
  /** A version's files from a SELECT; the rows are numbered in its order, from 1: in a column, or `byPlace` as files with all rows are. */
  table(select: string, byPlace?: 'byPlace'): Promise<Table>;
  clean(table: Table, steps: readonly CleaningStep[]): Promise<Cleaned>;
  preview(table: Table, steps: readonly CleaningStep[]): Promise<PreviewedSteps>;
  /** `clean` over a table of one SELECT. */
  cleanSelect(select: string, ...steps: CleaningStep[]): Promise<Cleaned>;
}

export async function createCleaner(): Promise<Cleaner> {
  const scratch = await createScratch();
  await scratch.pool.warmUp(1);
  const all = async (sql: string): Promise<DuckDbCell[][]> =>
    (await scratch.pool.withSession({ timeoutMs: TIMEOUT_MS }, (session) => session.all(sql))).rows;

  const table = async (select: string, byPlace?: 'byPlace'): Promise<Table> => {
    const folder = await mkdtemp(join(scratch.folder, 'version-'));
    const path = join(folder, 'data.parquet');
    const rejects = join(folder, 'rejects.parquet');
    await all(
      `COPY (SELECT *${byPlace ? '' : ', row_number() OVER () AS __row'} FROM (${select})) TO ${quoteLiteral(path)} (FORMAT parquet)`,
    );
    await all(
      `COPY (SELECT 1::BIGINT AS line, NULL::VARCHAR AS "column", 'Report' AS text, 'outside_of_table' AS reason, NULL::BIGINT AS "row") TO ${quoteLiteral(rejects)} (FORMAT parquet)`,
    );
    const described = await all(
      `DESCRIBE SELECT ${byPlace ? '*' : '* EXCLUDE (__row)'} FROM ${quoteLiteral(path)}`,
    );
    return {
      path,
      rejects,
      columns: described.map(([name, type]) => ({ name: String(name), type: String(type) })),
    };
  };
  const clean = async (
    { path, rejects, columns }: Table,
    steps: readonly CleaningStep[],
  ): Promise<Cleaned> => {
    const folder = await mkdtemp(join(scratch.folder, 'cleaned-'));
    const version = await scratch.pool.withSession({ timeoutMs: TIMEOUT_MS }, (session) =>
      cleanParquet(session, { path, columns, steps, folder, sourceRejects: rejects }),
    );
    const data = join(folder, 'data.parquet');
    return {
      ...version,
      rows: await all(`SELECT * FROM ${quoteLiteral(data)}`),
      rejects: await all(
        `SELECT "column", text, reason, "row" FROM ${quoteLiteral(join(folder, 'rejects.parquet'))} WHERE reason <> 'outside_of_table'`,
      ),
      bytes: await readFile(data),
    };
  };
  return {
    ...scratch,
    table,
    clean,
    preview: ({ path, columns }, steps) =>
      scratch.pool.withSession({ timeoutMs: TIMEOUT_MS }, (session) =>
        previewSteps(session, { path, columns, steps }),
      ),
    cleanSelect: async (select, ...steps) => await clean(await table(select), steps),
  };
}

/** A SELECT of one text column, `NULL` for null. */
export const texts = (name: string, cells: readonly (string | null)[]): string =>
  `SELECT unnest([${cells.map((cell) => (cell === null ? 'NULL' : quoteLiteral(cell))).join(', ')}]::VARCHAR[]) AS ${name}`;
