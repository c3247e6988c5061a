import type { Cell, ResultColumn } from '../../contracts/question.js';
import { type ColumnRole, columnRole } from './column-role.js';
import { toNumber } from './to-number.js';

export interface Result {
  columns: readonly ResultColumn[];
  rows: readonly (readonly Cell[])[];
  truncated: boolean;
}

/** A result as charts and words see it: which columns say where, and which say how much. */
export interface ResultShape extends Result {
  roles: readonly ColumnRole[];
  /** Columns that say where a row belongs, by index: time and order first, then categories. Those that follow from another are left out. */
  dimensions: readonly number[];
  /** Columns of amounts, by index. */
  measures: readonly number[];
}

export function resultShape(result: Result): ResultShape {
  const { columns, rows } = result;
  const roles = columns.map((column, index) =>
    columnRole(
      column,
      rows.map((row) => row[index] ?? null),
    ),
  );
  const having = (...wanted: ColumnRole[]) =>
    roles.flatMap((role, index) => (wanted.includes(role) ? [index] : []));
  let measures = having('measure');
  let dimensions = having('time', 'order', 'category');
  // Only calendar numbers besides: `SELECT 2025 AS year` is about the number, a second one is what was counted.
  if (measures.length === 0 && dimensions.length > 1) {
    const last = dimensions.findLast((index) => roles[index] === 'order' && isAmount(columns[index]));
    if (last !== undefined) {
      measures = [last];
      dimensions = dimensions.filter((index) => index !== last);
    }
  }
  // A key in place of a name: rows of `customer_id, sum` belong to customers all the same.
  if (dimensions.length === 0 && measures.length > 0) dimensions = having('key').slice(0, 1);
  const kept = independent(dimensions, rows);
  const inTime = kept.filter((index) => roles[index] !== 'category' && roles[index] !== 'key');
  return { ...result, roles, dimensions: [...new Set([...inTime, ...kept])], measures };
}

const isAmount = (column: ResultColumn | undefined): boolean =>
  /^(days|hours|weeks|years)/i.test(column?.name ?? '');

/** Leaves out a dimension that is told by an earlier one alone: the code beside the name, the city beside the customer. */
function independent(dimensions: readonly number[], rows: Result['rows']): number[] {
  const kept: number[] = [];
  for (const index of dimensions) {
    if (!kept.some((other) => determines(rows, other, index))) kept.push(index);
  }
  return kept;
}

const MIN_ROWS_TO_TELL = 2;

function determines(rows: Result['rows'], from: number, to: number): boolean {
  if (rows.length < MIN_ROWS_TO_TELL) return false;
  const seen = new Map<Cell, Cell>();
  for (const row of rows) {
    const key = row[from] ?? null;
    const value = row[to] ?? null;
    if (!seen.has(key)) seen.set(key, value);
    else if (seen.get(key) !== value) return false;
  }
  return true;
}

/** Whether no two rows have the same cells in these columns. */
export function isUnique(rows: Result['rows'], indexes: readonly number[]): boolean {
  const seen = new Set(rows.map((row) => JSON.stringify(indexes.map((index) => row[index] ?? null))));
  return seen.size === rows.length;
}

/** The different cells of a column, in the order in which they come. */
export const distinctCells = (rows: Result['rows'], index: number): Cell[] => [
  ...new Set(rows.map((row) => row[index] ?? null)),
];

/** The amounts of a column; nulls and what is no number are left out. */
export const numbersOf = (rows: Result['rows'], index: number): number[] =>
  rows.flatMap((row) => toNumber(row[index]) ?? []);
