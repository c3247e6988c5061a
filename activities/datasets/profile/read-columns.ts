import type { ColumnKind, ProfiledColumn } from '../../../contracts/dataset-profile.js';
import { areRowsPlaces, versionRows } from '../duckdb/version-rows.js';
import type { QueryRows } from './query-rows.js';
import { fromParquet, ROW_COLUMN } from './sql-text.js';

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|DOUBLE|FLOAT)$/;

/** What can be counted of a DuckDB type. Times of day and nested types are `other`: counted as text, without text figures. */
export function kindOfType(type: string): ColumnKind {
  if (NUMBER.test(type)) return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DATE' || type.startsWith('TIMESTAMP')) return 'temporal';
  if (type === 'VARCHAR') return 'text';
  return 'other';
}

/**
 * The dataset's columns in the order of the file, without the row number, and the rows of the file as a relation that has it; whether
 * that number is the row's place.
 */
export async function readColumns(
  query: QueryRows,
  path: string,
): Promise<{ columns: ProfiledColumn[]; data: string; areRowsPlaces: boolean }> {
  const rows = await query(`DESCRIBE SELECT * FROM ${fromParquet(path)}`);
  const all = rows.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
  const names = all.map(({ name }) => name);
  return {
    columns: all
      .filter(({ name }) => name !== ROW_COLUMN)
      .map((column) => ({ ...column, kind: kindOfType(column.type) })),
    data: versionRows(path, names),
    areRowsPlaces: areRowsPlaces(names),
  };
}
