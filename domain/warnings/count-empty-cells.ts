import type { QueryDialect } from '../../contracts/data-source.js';
import type { RegistryTable } from '../../contracts/schema-registry.js';
import type { ColumnUse } from './expressions.js';
import { identifierOf } from './identifier-of.js';
import type { Condition, SelectShape } from './query-shape.js';
import { renderCondition } from './render-condition.js';

export interface EmptyCellCount {
  /** Counts, of the rows that the query's own conditions on the table let through, all and those where the column is empty: one row of two numbers. */
  sql: string;
  /** A condition on the table could not be counted with: the numbers are upper bounds. */
  isUpperBound: boolean;
}

/** How many rows of a table that a query reads have no value in a column, as a statement for a person's answer. */
export function countEmptyCells(
  shape: SelectShape,
  { column, item }: ColumnUse,
  table: RegistryTable,
  dialect: QueryDialect,
): EmptyCellCount {
  const rendered = shape.conditions
    .filter((condition) => speaksOf(condition, item))
    .map((condition) => renderCondition(condition, item, shape, dialect));
  const name = identifierOf(dialect);
  const from =
    dialect === 'duckdb' ? name(table.tableName) : `${name(table.schemaName)}.${name(table.tableName)}`;
  const where = rendered.filter((text) => text !== undefined);
  return {
    sql: `SELECT count(*), count(*) - count(${name(column)}) FROM ${from}${where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''}`,
    isUpperBound: rendered.includes(undefined),
  };
}

/** Rows by the SQL of a count, of what could be counted. */
export type EmptyCellCounts = ReadonlyMap<string, readonly number[]>;

/** `12 of 500`, with separators. */
export const sayCounts = (some: number, all: number): string =>
  `${some.toLocaleString('en-US')} of ${all.toLocaleString('en-US')}`;

/** Also a condition that names no column, as EXISTS does, may leave out rows. */
const speaksOf = ({ uses }: Condition, item: number): boolean =>
  uses.length === 0 || uses.some((use) => use.item === item);
