import type { ColumnProfile, DatasetProfile, Finding } from '../../../contracts/dataset-profile.js';
import { chanceDuplicates } from '../../../domain/profile/chance-duplicates.js';
import { findProseRows, findTotalRows } from '../../../domain/profile/foreign-rows.js';
import { warnAboutFile } from '../../../domain/profile/warnings/warn-about-file.js';
import { findAssociations } from './find-associations.js';
import { findDependencies } from './find-dependencies.js';
import { findDuplicateRows } from './find-duplicate-rows.js';
import { type ForeignRows, findForeignRows } from './find-foreign-rows.js';
import type { QueryRows } from './query-rows.js';
import type { RowSample } from './row-sample.js';
import { fromParquet } from './sql-text.js';
import { fingerprintStatement } from './statements/row-order.js';

export interface ProfileTableInput {
  query: QueryRows;
  data: string;
  /** Row numbers are places: 1 to the number of rows. */
  areRowsPlaces: boolean;
  sample: RowSample;
  /** All columns of the file, profiled. */
  columns: readonly ColumnProfile[];
  /** Parquet file with the cells that could not be converted: (line, column, text, reason). */
  rejectsPath?: string;
}

/** What needs more than one column: duplicate rows, keys, dependencies, associations, rows that are no data; and the findings of it. */
export async function profileTable(
  input: ProfileTableInput,
): Promise<Omit<DatasetProfile, 'columns' | 'version'>> {
  const { query, data, sample } = input;
  const rows = input.columns[0]?.rows ?? 0;
  const columns = await confirmTwins(query, data, sample, input.columns);
  const repeated = await findDuplicateRows(query, data, columns);
  const associations = await findAssociations(query, sample, columns);
  const { exact, broken, keys } = await findDependencies(query, { data, sample }, columns);
  const foreign = await findForeignRows(query, input, columns);
  const usualCells = columns.reduce((sum, { nulls }) => sum + (rows > 0 ? 1 - nulls / rows : 0), 0);
  const isEdge = rows > 12;
  const totalRows = findTotalRows(foreign.totals, usualCells);
  const edges = await fillRejected(query, input.rejectsPath, foreign, columns);
  // A row of which only the rejected cells hold something is not empty.
  const isFilled = (row: number): boolean => edges.touched.has(row);
  repeated.emptyRows -= repeated.emptyRowNumbers.filter(isFilled).length;
  repeated.emptyRowNumbers = repeated.emptyRowNumbers.filter((row) => !isFilled(row));
  const prose = (fromEnd: typeof foreign.first) =>
    isEdge
      ? findProseRows(fromEnd, usualCells, columns.length).filter((row) => !totalRows.includes(row))
      : [];
  const findings: Finding[] = warnAboutFile({
    rows,
    columns,
    ...repeated,
    chanceDuplicates: chanceDuplicates(rows, columns),
    candidateKeys: keys,
    dependencies: exact,
    brokenDependencies: broken,
    associations,
    totalRows,
    preambleRows: prose(edges.first),
    footerRows: prose([...edges.last].reverse()),
    headerRows: foreign.headers,
    rejected: input.rejectsPath ? await readRejects(query, input.rejectsPath) : [],
    outside: input.rejectsPath ? await readOutside(query, input.rejectsPath, rows) : undefined,
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

/** Columns that are equal in the sample get a fingerprint of the whole file. */
async function confirmTwins(
  query: QueryRows,
  data: string,
  { isWhole }: RowSample,
  columns: readonly ColumnProfile[],
): Promise<readonly ColumnProfile[]> {
  if (isWhole) return columns;
  const likeness = ({ fingerprint, nulls, min, max }: ColumnProfile): string =>
    JSON.stringify([fingerprint, nulls, min, max]);
  const counts = new Map<string, number>();
  for (const column of columns) counts.set(likeness(column), (counts.get(likeness(column)) ?? 0) + 1);
  const twins = columns.filter((column) => counts.get(likeness(column))! > 1);
  const [prints = {}] =
    twins.length > 0
      ? await query(
          fingerprintStatement(
            data,
            twins.map((column) => ({ column, slot: column.index })),
          ),
        )
      : [];
  return columns.map((column) => ({
    ...column,
    // Without a twin it is like no other.
    fingerprint: String(prints[`print_${column.index}`] ?? `${column.index}`),
  }));
}

async function readRejects(query: QueryRows, path: string) {
  // A cell that is only written in another way has its value, and white space holds none.
  const rows = await query(
    `SELECT "column" AS name, reason = 'null_word' AS says_nothing, count(*) AS n, arg_min(line, line, 10) AS lines, arg_min(left(text, 100), line, 5) AS examples
     FROM ${fromParquet(path)} WHERE "column" IS NOT NULL AND reason <> 'respelled' AND NOT regexp_full_match(text, '[\\s\\x{A0}]*') GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  return rows.map((row) => ({
    column: String(row.name),
    saysNothing: row.says_nothing === true,
    count: Number(row.n),
    rows: ((row.lines ?? []) as unknown[]).map(Number),
    examples: ((row.examples ?? []) as unknown[]).map(String),
  }));
}

/** Records that are no part of the table, above its first row and below it: lines of the file. */
async function readOutside(query: QueryRows, path: string, tableRows: number) {
  const rows = await query(
    `SELECT line, left(text, 100) AS text FROM ${fromParquet(path)} WHERE "column" IS NULL AND reason = 'outside_of_table' ORDER BY line`,
  );
  // The table's own records are where so many lines stand together without a note.
  const lines = rows.map(({ line }) => Number(line));
  const after = lines.findIndex((line, i) => line - (lines[i - 1] ?? 0) > tableRows);
  const firstBelow = after < 0 ? lines.length : after;
  const of = (isAbove: boolean) => {
    const notes = isAbove ? rows.slice(0, firstBelow) : rows.slice(firstBelow);
    return { lines: notes.map(({ line }) => Number(line)), texts: notes.map(({ text }) => String(text)) };
  };
  return { above: of(true), below: of(false) };
}

/** The rows at both ends of the file with the cells that their columns' types could not hold. */
async function fillRejected(
  query: QueryRows,
  path: string | undefined,
  { first, last }: ForeignRows,
  columns: readonly ColumnProfile[],
): Promise<Pick<ForeignRows, 'first' | 'last'> & { touched: Set<number> }> {
  const numbers = [...first, ...last].map(({ row }) => row);
  if (path === undefined || numbers.length === 0) return { first, last, touched: new Set() };
  const found = await query(
    `SELECT "row" AS row, "column" AS name, left(text, 120) AS text FROM ${fromParquet(path)} WHERE "column" IS NOT NULL AND reason <> 'null_word' AND trim(text) <> '' AND "row" IN (${numbers.join(', ')})`,
  );
  const fill = (of: ForeignRows['first']): ForeignRows['first'] =>
    of.map(({ row, cells }) => ({
      row,
      cells: cells.map((cell, i) => {
        const rejected = found.find((each) => Number(each.row) === row && each.name === columns[i]?.name);
        return cell ?? (rejected ? String(rejected.text).trim() : null);
      }),
    }));
  return { first: fill(first), last: fill(last), touched: new Set(found.map(({ row }) => Number(row))) };
}
