import type { Cell } from '../../contracts/question.js';

export interface ResultTable {
  columns: string[];
  rows: Cell[][];
}

/** `more`: the gold's columns are all there with the same rows, and further ones beside them (a key, a name, a count). */
export type Comparison = 'same' | 'more' | 'different';

/**
 * Compares an answer with a gold result. Names and order of columns do not count. Rows are compared as a multiset; where
 * `isOrdered`, the answer must also be sorted as the gold is, by one of the columns that the gold's rows are sorted by.
 */
export function compareResults(answer: ResultTable, gold: ResultTable, isOrdered: boolean): Comparison {
  if (answer.rows.length !== gold.rows.length || answer.columns.length < gold.columns.length)
    return 'different';
  const [mine, wanted] = [answer, gold].map(columnsOf) as [string[][], string[][]];
  const mapping = findMapping(mine, wanted, []);
  if (!mapping) return 'different';
  if (isOrdered && !isSortedAlike(mine, wanted, mapping)) return 'different';
  return answer.columns.length === gold.columns.length ? 'same' : 'more';
}

const columnsOf = ({ columns, rows }: ResultTable): string[][] =>
  columns.map((_, index) => rows.map((row) => normal(row[index] ?? null)));

/** Cells as texts that are equal when the values are: numbers to nine digits, booleans, times without zero parts. */
function normal(cell: Cell): string {
  if (cell === null) return '∅';
  if (typeof cell === 'boolean') return cell ? 't' : 'f';
  const text = String(cell).trim();
  if (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return String(Number(Number(text).toPrecision(9)));
  return text.replace(/^(\d{4}-\d\d-\d\d)[ T]00:00:00(\.0+)?(\+00)?$/, '$1').replace(/\+00$/, '');
}

/** For each wanted column, which of mine it is, so that the rows agree as a whole; undefined if there is no way. */
function findMapping(
  mine: readonly string[][],
  wanted: readonly string[][],
  chosen: readonly number[],
): number[] | undefined {
  if (chosen.length === wanted.length) {
    const rows = (table: readonly string[][]) =>
      (table[0] ?? []).map((_, row) => JSON.stringify(table.map((column) => column[row]))).sort();
    const same = JSON.stringify(rows(chosen.map((index) => mine[index]!))) === JSON.stringify(rows(wanted));
    return same ? [...chosen] : undefined;
  }
  const target = sorted(wanted[chosen.length]!);
  for (const [index, column] of mine.entries()) {
    if (chosen.includes(index) || sorted(column) !== target) continue;
    const found = findMapping(mine, wanted, [...chosen, index]);
    if (found) return found;
  }
  return undefined;
}

const sorted = (column: readonly string[]): string => JSON.stringify([...column].sort());

/** Rows that are alike in the sort key may stand in any order. */
function isSortedAlike(
  mine: readonly string[][],
  wanted: readonly string[][],
  mapping: readonly number[],
): boolean {
  if ((wanted[0]?.length ?? 0) < 2) return true;
  const keys = wanted.flatMap((column, index) => (isMonotonic(column) ? [index] : []));
  // Sorted by something that is not shown: nothing to hold the answer to but the gold's own order.
  const compared = keys.length > 0 ? keys : wanted.map((_, index) => index);
  const isSame = (index: number) => wanted[index]!.every((cell, row) => cell === mine[mapping[index]!]![row]);
  return keys.length > 0 ? compared.some(isSame) : compared.every(isSame);
}

function isMonotonic(column: readonly string[]): boolean {
  const compare = (a: string, b: string) => {
    const [x, y] = [Number(a), Number(b)];
    return Number.isNaN(x) || Number.isNaN(y) ? (a < b ? -1 : a > b ? 1 : 0) : x - y;
  };
  const signs = column.slice(1).map((cell, row) => Math.sign(compare(column[row]!, cell)));
  return signs.some((sign) => sign !== 0) && !(signs.includes(1) && signs.includes(-1));
}

/** The question itself asks for an order; a LIMIT alone does not. */
export const asksForOrder = (question: string): boolean =>
  /\b(order(ed)?|sort(ed)?|ranked|descending|ascending|alphabetical(ly)?|chronological(ly)?)\b/i.test(
    question,
  );
