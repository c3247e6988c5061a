import type { QueryDialect } from '../../contracts/data-source.js';
import type { AnswerWarning } from '../../contracts/presentation.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { countEmptyCells, type EmptyCellCounts, sayCounts } from './count-empty-cells.js';
import type { ColumnUse } from './expressions.js';
import { registryColumn, type SelectShape } from './query-shape.js';

/** A join that leaves out the rows of a table whose key is empty. */
export interface LossyJoin {
  table: string;
  /** Canonical name of the column that may be empty. */
  column: string;
  joinedTo: string;
  /** Of `countEmptyCells`. */
  countSql: string;
  /** Further conditions of the query could not be counted with: the numbers are upper bounds. */
  isUpperBound: boolean;
  /** The schema says that the column is a key to the other table and may be empty; else it is only said when it was counted. */
  isDeclared: boolean;
}

/** An answer is not slowed down by more statements than this. */
const MAX_COUNTED = 3;

/**
 * Inner joins by a column that may be empty: `orders JOIN stores ON stores.id = orders.store_id` has only the orders of stores.
 * Not where the query means it so: a condition speaks of the column, or of what is joined by it. Queries that are themselves
 * conditions (`IN (SELECT …)`) are left alone.
 */
export function findLossyJoins(
  shapes: readonly SelectShape[],
  schema: SchemaContext,
  dialect: QueryDialect,
): LossyJoin[] {
  const found = new Map<string, LossyJoin>();
  for (const shape of shapes) {
    if (shape.isCondition) continue;
    for (const [a, b] of shape.innerLinks)
      for (const [own, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const join = lossOf(shape, own, other, schema, dialect);
        if (join && !found.has(join.column)) found.set(join.column, join);
      }
  }
  return [...found.values()].slice(0, MAX_COUNTED);
}

function lossOf(
  shape: SelectShape,
  own: ColumnUse,
  other: ColumnUse,
  schema: SchemaContext,
  dialect: QueryDialect,
): LossyJoin | undefined {
  const table = shape.items[own.item]?.table;
  const column = registryColumn(shape, own);
  const target = shape.items[other.item];
  if (!table || !column || !target || column.isPrimaryKey) return undefined;
  // Whether a column of a file has empty cells is not recorded.
  const mayBeEmpty = column.isNullable || dialect === 'duckdb';
  const pointsAtKey = target.keys.some((key) => key.length === 1 && key[0] === other.column);
  if (!mayBeEmpty || !(pointsAtKey || dialect === 'duckdb') || isMeant(shape, own, other)) return undefined;
  const count = countEmptyCells(shape, own, table, dialect);
  return {
    table: table.canonicalTableName,
    column: column.canonicalColumnName,
    joinedTo: target.table?.canonicalTableName ?? target.name,
    countSql: count.sql,
    isUpperBound: count.isUpperBound || restrictsElsewhere(shape, own, other),
    isDeclared:
      table.kind === 'table' &&
      column.isNullable &&
      schema.foreignKeys.some(
        ({ fromTable, fromColumns }) =>
          fromTable === table.canonicalTableName && fromColumns.includes(column.name),
      ),
  };
}

/** A condition names the column, or something that is reached through the join. */
function isMeant(shape: SelectShape, own: ColumnUse, other: ColumnUse): boolean {
  const beyond = reachedFrom(shape, other.item, own.item);
  return shape.conditions.some(
    ({ uses, hasUnknown }) =>
      uses.some((use) => (use.item === own.item && use.column === own.column) || beyond.has(use.item)) ||
      (hasUnknown && uses.length === 0),
  );
}

/** Conditions on tables that are joined by other columns leave out rows as well. */
function restrictsElsewhere(shape: SelectShape, own: ColumnUse, other: ColumnUse): boolean {
  const beyond = reachedFrom(shape, other.item, own.item);
  return shape.conditions.some(({ uses }) => uses.some(({ item }) => item !== own.item && !beyond.has(item)));
}

/** Items that equalities lead to without passing one of them. */
function reachedFrom({ equalities }: SelectShape, start: number, without: number): ReadonlySet<number> {
  const reached = new Set([start]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const [a, b] of equalities) {
      if (a.item === without || b.item === without) continue;
      if (reached.has(a.item)) reached.add(b.item);
      if (reached.has(b.item)) reached.add(a.item);
    }
  }
  return reached;
}

/** @param counts rows by `countSql`, of what could be counted. Default: nothing could */
export function sayLossyJoins(
  joins: readonly LossyJoin[],
  counts: EmptyCellCounts = new Map(),
): AnswerWarning[] {
  return joins.flatMap(({ column, countSql, isDeclared, isUpperBound, joinedTo, table }): AnswerWarning[] => {
    const [rows, leftOut] = counts.get(countSql) ?? [];
    const details = { column, table, joinedTo };
    if (rows === undefined || leftOut === undefined) {
      const message = `The join to ${joinedTo} leaves out rows of ${table} where ${column} is empty, if there are any.`;
      return isDeclared ? [{ code: 'join_leaves_out', message, details }] : [];
    }
    if (leftOut === 0) return [];
    const message = `The join to ${joinedTo} leaves out ${isUpperBound ? 'up to ' : ''}${sayCounts(leftOut, rows)} rows of ${table}: their ${column} is empty.`;
    return [{ code: 'join_leaves_out', message, details: { ...details, rows, leftOut, isUpperBound } }];
  });
}
