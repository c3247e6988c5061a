import { quoteLiteral } from '../datasets/sql-text.js';
import { TOTAL_WORD } from '../profile/foreign-rows.js';
import type { FactRequest, RowsRequest, ValuesRequest } from './compiled-step.js';
import { asText, isMissing, isNumeric, isText, type WorkingColumn } from './working-column.js';

/** The rows that are there, and what is needed of them. */
export interface LiveRows {
  /** With a table, only the rows whose numbers it has in its column `r`. */
  relation(table?: string): string;
  alive: string;
}

const live = ({ relation, alive }: LiveRows, table?: string): string =>
  `${relation(table)} WHERE ${alive} = 0`;

/**
 * One row with the fact as text. Places in the sorted column instead of quantile functions, whose state is in no memory limit: of an even
 * number of values the median is the lower of the two in the middle, so it is a value of the column.
 */
export function factSql({ column, what }: FactRequest, rows: LiveRows): string {
  const { id } = column;
  const held = `SELECT ${id} AS v, r FROM ${live(rows)} AND NOT ${isMissing(column)}`;
  switch (what) {
    case 'mode':
      // Of values that are as frequent the one that stands first.
      return `SELECT CAST(v AS VARCHAR) FROM (${held}) GROUP BY v ORDER BY count(*) DESC, min(r) LIMIT 1`;
    case 'median':
      return `SELECT CAST(v AS VARCHAR) FROM (SELECT v, row_number() OVER (ORDER BY v) AS i, count(*) OVER () AS n FROM (${held})) WHERE i = (n + 1) // 2`;
    case 'quartiles': {
      const ranked = `SELECT v, row_number() OVER (ORDER BY v) AS i, count(*) OVER () AS n FROM (SELECT CAST(v AS DOUBLE) AS v FROM (${held}) WHERE isfinite(CAST(v AS DOUBLE)))`;
      return `SELECT CAST(min(v) FILTER (i = (n + 3) // 4) AS VARCHAR), CAST(min(v) FILTER (i = (3 * n + 3) // 4) AS VARCHAR) FROM (${ranked})`;
    }
  }
}

/**
 * Rows that repeat another: candidates by a hash, which is kept for each row so that one scan is enough, then by the cells
 * themselves, so that two rows with one hash are never taken for each other. The tables `before` are made first, in their order.
 */
export function duplicatesSql(
  { columns, keep, needsAll }: Extract<RowsRequest, { what: 'duplicates' }>,
  rows: LiveRows,
): { before: { name: string; select: string }[]; select: string } {
  const ids = columns.map(({ id }) => id).join(', ');
  const held = needsAll
    ? columns.map((column) => `NOT ${isMissing(column)}`).join(' AND ')
    : `NOT (${columns.map(isMissing).join(' AND ')})`;
  const repeated = 'SELECT h FROM row_hashes GROUP BY h HAVING count(*) > 1';
  return {
    before: [
      { name: 'row_hashes', select: `SELECT hash(${ids}) AS h, r FROM ${live(rows)} AND ${held}` },
      { name: 'row_candidates', select: `SELECT r FROM row_hashes WHERE h IN (${repeated})` },
    ],
    select: `SELECT r FROM (SELECT r, row_number() OVER (PARTITION BY ${ids} ORDER BY r ${keep === 'first' ? 'ASC' : 'DESC'}) AS place FROM ${live(rows, 'row_candidates')}) WHERE place > 1`,
  };
}

/** Values for missing cells from the last row before them that has one; only rows that get one. */
export function forwardSql({ column, orderBy }: ValuesRequest, rows: LiveRows): string {
  const order = orderBy ? `${orderBy.id} ASC NULLS LAST, r` : 'r';
  const value = `CASE WHEN ${isMissing(column)} THEN NULL ELSE ${column.id} END`;
  const filled = `last_value(${value} IGNORE NULLS) OVER (ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`;
  return `SELECT r, v FROM (SELECT r, ${isMissing(column)} AS gone, ${filled} AS v FROM ${live(rows)}) WHERE gone AND v IS NOT NULL`;
}

const shown = (columns: readonly WorkingColumn[]): string =>
  `[${columns.map((column) => `nullif(trim(left(${asText(column)}, 120)), '')`).join(', ')}]`;

/** Share of the columns that a row usually fills, summed up: one figure. */
export const usualCellsSql = (columns: readonly WorkingColumn[], rows: LiveRows): string =>
  `SELECT coalesce(sum(${columns.map((column) => `CAST(NOT ${isMissing(column)} AS INTEGER)`).join(' + ')}) / count(*), 0) FROM ${live(rows)}`;

const EDGE_ROWS = 12;

/** The numbers of the first and of the last rows, two lists. */
export const edgesSql = (rows: LiveRows): string =>
  `SELECT min(r, ${EDGE_ROWS}), max(r, ${EDGE_ROWS}) FROM ${live(rows)}`;

/** The cells of the rows of a table, by their numbers: (r, cells). */
export const cellsSql = (columns: readonly WorkingColumn[], rows: LiveRows, table: string): string =>
  `SELECT r, ${shown(columns)} FROM ${live(rows, table)} ORDER BY r`;

/** A set of rows as a bit string, from a SELECT of their numbers (`r`). */
export const rowSetSql = (select: string, highest: number): string =>
  `SELECT bitstring_agg(r, 0, ${highest}) FROM (${select})`;

/** The highest number of a row. */
export const highestRowSql = ({ relation }: LiveRows): string =>
  `SELECT coalesce(max(r), 0) FROM ${relation()}`;

const MOST_SUMS = 8;
const MOST_TEXTS = 30;

const saysTotal = (columns: readonly WorkingColumn[]): string =>
  columns
    .filter(({ type }) => isText(type))
    .slice(0, MOST_TEXTS)
    .map(({ id }) => `coalesce(regexp_matches(${id}, ${quoteLiteral(TOTAL_WORD)}, 'i'), false)`)
    .join(' OR ');

/** How many rows have a word for "total"; null without a text column. */
export function countTotalWordsSql(columns: readonly WorkingColumn[], rows: LiveRows): string | null {
  const says = saysTotal(columns);
  return says === '' ? null : `SELECT count(*) FROM ${live(rows)} AND (${says})`;
}

/** Rows with a word for "total", and for each number their figure and the sum above: (r, cells, rowsAbove, values, sums). */
export function totalRowsSql(columns: readonly WorkingColumn[], rows: LiveRows): string {
  const numbers = columns.filter(({ type }) => isNumeric(type)).slice(0, MOST_SUMS);
  const figures = numbers.map(({ id }, index) => `CAST(${id} AS DOUBLE) AS v${index}`);
  const sums = numbers.map(
    (_, index) => `coalesce(sum(CASE WHEN NOT says THEN v${index} END) OVER above, 0)`,
  );
  const marked = `SELECT ${['r', `(${saysTotal(columns)}) AS says`, `CASE WHEN says THEN ${shown(columns)} END AS cells`, ...figures].join(', ')} FROM ${live(rows)}`;
  const list = (items: readonly string[]): string =>
    items.length > 0 ? `[${items.join(', ')}]` : '[]::DOUBLE[]';
  return `SELECT r, cells, rows_above, v, sums FROM (SELECT r, says, cells, count(*) FILTER (NOT says) OVER above AS rows_above, ${list(numbers.map((_, index) => `v${index}`))} AS v, ${list(sums)} AS sums
    FROM (${marked}) WINDOW above AS (ORDER BY r ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) WHERE says ORDER BY r`;
}
