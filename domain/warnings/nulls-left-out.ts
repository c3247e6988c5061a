import type { QueryDialect } from '../../contracts/data-source.js';
import type { AnswerWarning } from '../../contracts/presentation.js';
import { countEmptyCells, type EmptyCellCounts, sayCounts } from './count-empty-cells.js';
import { registryColumn, type SelectShape } from './query-shape.js';

/** An average of a column that may be empty: rows without a value do not count as zero. */
export interface NullsLeftOut {
  table: string;
  /** Canonical name. */
  column: string;
  countSql: string;
  /** Joins, left out groups, or conditions that could not be counted with leave out rows as well. */
  isUpperBound: boolean;
  /**
   * The schema says on purpose that the column may be empty: other columns of the same table may not. Else it is only said when it was
   * counted.
   */
  isDeliberate: boolean;
}

/** An answer is not slowed down by more statements than this. */
const MAX_COUNTED = 2;

export function findNullsLeftOut(shapes: readonly SelectShape[], dialect: QueryDialect): NullsLeftOut[] {
  const found = new Map<string, NullsLeftOut>();
  for (const shape of shapes) {
    for (const { name, columns, argument, isFiltered } of shape.aggregates) {
      const [use] = columns;
      if (name !== 'avg' || !use || argument?.kind !== 'ColumnRef') continue;
      const column = registryColumn(shape, use);
      const table = shape.items[use.item]?.table;
      // Whether a column of a file has empty cells is not recorded.
      if (!column || !table || !(column.isNullable || dialect === 'duckdb')) continue;
      const isTold = shape.usedOutside.some(
        (other) => other.item === use.item && other.column === use.column,
      );
      if (isTold || found.has(column.canonicalColumnName)) continue;
      const count = countEmptyCells(shape, use, table, dialect);
      found.set(column.canonicalColumnName, {
        table: table.canonicalTableName,
        column: column.canonicalColumnName,
        countSql: count.sql,
        isUpperBound: count.isUpperBound || isFiltered || shape.dropsGroups || shape.items.length > 1,
        isDeliberate:
          column.isNullable &&
          table.columns.some(({ isNullable, isPrimaryKey }) => !isNullable && !isPrimaryKey),
      });
    }
  }
  return [...found.values()].slice(0, MAX_COUNTED);
}

/** Where nothing is empty, nothing is said. @param counts Default: nothing could be counted */
export function sayNullsLeftOut(
  averages: readonly NullsLeftOut[],
  counts: EmptyCellCounts = new Map(),
): AnswerWarning[] {
  return averages.flatMap(({ column, countSql, isDeliberate, isUpperBound, table }): AnswerWarning[] => {
    const [rows, leftOut] = counts.get(countSql) ?? [];
    if (rows === undefined || leftOut === undefined) {
      const message = `The average leaves out rows where ${column} has no value, if there are any.`;
      return isDeliberate ? [{ code: 'nulls_left_out', message, details: { column } }] : [];
    }
    if (leftOut === 0) return [];
    const message = `The average leaves out ${isUpperBound ? 'up to ' : ''}${sayCounts(leftOut, rows)} rows of ${table}: their ${column} has no value.`;
    return [{ code: 'nulls_left_out', message, details: { column, table, rows, leftOut, isUpperBound } }];
  });
}
