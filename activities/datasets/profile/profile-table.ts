import type { ColumnProfile, DatasetProfile, Finding } from '../../../contracts/dataset-profile.js';
import { findProseRows, findTotalRows } from '../../../domain/profile/foreign-rows.js';
import { warnAboutFile } from '../../../domain/profile/warnings/warn-about-file.js';
import { findAssociations } from './find-associations.js';
import { findDependencies } from './find-dependencies.js';
import { findDuplicateRows } from './find-duplicate-rows.js';
import { findForeignRows } from './find-foreign-rows.js';
import type { QueryRows } from './query-rows.js';
import { fromParquet } from './sql-text.js';

export interface ProfileTableInput {
  query: QueryRows;
  path: string;
  /** All columns of the file, profiled. */
  columns: readonly ColumnProfile[];
  /** Parquet file with the cells that could not be converted: (line, column, text, reason). */
  rejectsPath?: string;
}

/** What needs more than one column: duplicate rows, keys, dependencies, associations, rows that are no data; and the findings of it. */
export async function profileTable(
  input: ProfileTableInput,
): Promise<Omit<DatasetProfile, 'columns' | 'version'>> {
  const { query, path, columns } = input;
  const rows = columns[0]?.rows ?? 0;
  const repeated = await findDuplicateRows(query, path, columns);
  const associations = await findAssociations(query, path, columns);
  const { exact, broken, keys } = await findDependencies(query, path, columns);
  const foreign = await findForeignRows(query, path, columns);
  const usualCells = columns.reduce((sum, { nulls }) => sum + (rows > 0 ? 1 - nulls / rows : 0), 0);
  const isEdge = rows > 12;
  const totalRows = findTotalRows(foreign.totals, usualCells);
  const prose = (fromEnd: typeof foreign.first) =>
    isEdge
      ? findProseRows(fromEnd, usualCells, columns.length).filter((row) => !totalRows.includes(row))
      : [];
  const findings: Finding[] = warnAboutFile({
    rows,
    columns,
    ...repeated,
    candidateKeys: keys,
    dependencies: exact,
    brokenDependencies: broken,
    associations,
    totalRows,
    preambleRows: prose(foreign.first),
    footerRows: prose([...foreign.last].reverse()),
    headerRows: foreign.headers,
    rejected: input.rejectsPath ? await readRejects(query, input.rejectsPath) : [],
  });
  return {
    rows,
    duplicateRows: repeated.duplicateRows,
    emptyRows: repeated.emptyRows,
    candidateKeys: keys,
    dependencies: exact,
    associations: associations.slice(0, 200),
    findings,
  };
}

async function readRejects(query: QueryRows, path: string) {
  const rows = await query(
    `SELECT "column" AS name, count(*) AS n, arg_min(line, line, 10) AS lines, arg_min(left(text, 100), line, 5) AS examples FROM ${fromParquet(path)} GROUP BY 1 ORDER BY 1`,
  );
  return rows.map((row) => ({
    column: String(row.name),
    count: Number(row.n),
    rows: ((row.lines ?? []) as unknown[]).map(Number),
    examples: ((row.examples ?? []) as unknown[]).map(String),
  }));
}
