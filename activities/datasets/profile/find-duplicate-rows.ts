import type { ColumnProfile } from '../../../contracts/dataset-profile.js';
import type { QueryRows } from './query-rows.js';
import { numberOfCell } from './read-cell.js';
import { quoteName, ROW_COLUMN } from './sql-text.js';

export interface RowFigures {
  /** Rows equal to an earlier one; empty rows do not count. */
  duplicateRows: number;
  duplicateRowNumbers: number[];
  emptyRows: number;
  emptyRowNumbers: number[];
}

/** Rows that say nothing new: compared by 64-bit hashes of all cells, in one scan; none if a column has a value of its own in every row. */
export async function findDuplicateRows(
  query: QueryRows,
  data: string,
  columns: readonly ColumnProfile[],
): Promise<RowFigures> {
  const names = columns.map(({ name }) => quoteName(name));
  const isEmpty = columns
    .map(({ kind, name }) =>
      kind === 'text' ? `coalesce(trim(${quoteName(name)}), '') = ''` : `${quoteName(name)} IS NULL`,
    )
    .join(' AND ');
  const result: RowFigures = { duplicateRows: 0, duplicateRowNumbers: [], emptyRows: 0, emptyRowNumbers: [] };
  if (columns.length === 0) return result;
  if (columns.every(({ nulls, text }) => nulls + (text ? text.empty + text.blank : 0) > 0)) {
    const rows = await query(
      `SELECT count(*) AS n, arg_min(${ROW_COLUMN}, ${ROW_COLUMN}, 10) AS rows FROM ${data} WHERE ${isEmpty}`,
    );
    result.emptyRows = numberOfCell(rows[0]?.n);
    result.emptyRowNumbers = ((rows[0]?.rows ?? []) as unknown[]).map(Number);
  }
  if (columns.some(({ distinct, rows }) => distinct === rows)) return result;
  const filled = result.emptyRows > 0 ? ` WHERE NOT (${isEmpty})` : '';
  const hashed = `SELECT hash(${names.join(', ')}) AS h, ${ROW_COLUMN} AS r FROM ${data}${filled}`;
  const [count = {}] = await query(`SELECT count(*) - count(DISTINCT h) AS n FROM (${hashed})`);
  result.duplicateRows = numberOfCell(count.n);
  if (result.duplicateRows === 0) return result;
  const found = await query(
    `SELECT r FROM (SELECT h, min(r) AS first, arg_max(r, r, 1)[1] AS r FROM (${hashed}) GROUP BY h HAVING count(*) > 1) ORDER BY r LIMIT 10`,
  );
  result.duplicateRowNumbers = found.map(({ r }) => Number(r));
  return result;
}
