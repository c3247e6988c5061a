import type { QueryDialect } from '../../contracts/data-source.js';
import type { AnswerWarning } from '../../contracts/presentation.js';
import { listOf, namesOf, type PlainNode } from '../guard/syntax-tree.js';
import { countEmptyCells, type EmptyCellCounts, sayCounts } from './count-empty-cells.js';
import type { ColumnUse } from './expressions.js';
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
  for (const shape of shapes)
    for (const { name, columns, argument, hasUnknown, isFiltered } of shape.aggregates) {
      const isPlain = name === 'avg' && argument !== undefined && !hasUnknown && keepsNulls(argument);
      for (const use of isPlain ? columns : []) add(shape, use, isFiltered);
    }
  return [...found.values()].slice(0, MAX_COUNTED);

  function add(shape: SelectShape, use: ColumnUse, isFiltered: boolean): void {
    const column = registryColumn(shape, use);
    const table = shape.items[use.item]?.table;
    // Whether a column of a file has empty cells is not recorded.
    if (!column || !table || !(column.isNullable || dialect === 'duckdb')) return;
    const isTold = shape.usedOutside.some((other) => other.item === use.item && other.column === use.column);
    if (isTold || found.has(column.canonicalColumnName)) return;
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

const STRICT = new Set('extract date_part age epoch date_diff datediff timestampdiff abs round'.split(' '));

/** An expression that has no value where one of its columns has none: arithmetic, casts, and times between two dates. */
function keepsNulls({ fields, kind }: PlainNode): boolean {
  switch (kind) {
    case 'ColumnRef':
    case 'A_Const':
      return true;
    case 'TypeCast':
      return listOf(fields['arg']).every(keepsNulls);
    case 'A_Expr':
      return (
        fields['kind'] === 'AEXPR_OP' &&
        [...listOf(fields['lexpr']), ...listOf(fields['rexpr'])].every(keepsNulls)
      );
    case 'FuncCall':
      return (
        STRICT.has((namesOf(fields['funcname']).at(-1) ?? '').toLowerCase()) &&
        listOf(fields['args']).every(keepsNulls)
      );
    default:
      return false;
  }
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
