import type { ColumnProfile } from '../../../contracts/dataset-profile.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { ORDERED_ROWS } from './statements/row-order.js';

type Approximate = NonNullable<ColumnProfile['approximate']>;

/** Which figures of a column are estimates, how they were made, and how far off they may be. */
export function approximateOf(
  { rows, sample }: ColumnBatch,
  column: BatchColumn,
  { hasText, hasQuantiles }: { hasText: boolean; hasQuantiles: boolean },
): Pick<ColumnProfile, 'approximate'> {
  const approximate: Approximate = {};
  if (rows > ORDERED_ROWS) approximate.sortiness = { method: `the first ${ORDERED_ROWS} rows` };
  if (isWide(column)) {
    addValues(approximate, column, hasText);
    if (!sample.isWhole && hasQuantiles) addRows(approximate, sample.rows);
  }
  if (hasText && (isWide(column) || column.distinct > 20_000)) {
    approximate.patterns = {
      method: isWide(column) ? ofValues(column) : 'a share of the values, chosen by hash',
      relativeError: 1 / Math.sqrt(20_000),
    };
  }
  return Object.keys(approximate).length > 0 ? { approximate } : {};
}

const ofValues = ({ oneIn }: BatchColumn): string => `one in ${oneIn} values, chosen by hash`;

function addValues(approximate: Approximate, column: BatchColumn, hasText: boolean): void {
  const method = ofValues(column);
  const isUnique = column.distinct === column.cells;
  const relativeError = column.distinctError;
  if (relativeError !== undefined) approximate.distinct = { method, relativeError };
  if (!isUnique) approximate.unique = { method, ...(relativeError === undefined ? {} : { relativeError }) };
  approximate.rare = { method };
  approximate.mode = { method };
  approximate.antimode = { method };
  if (hasText) {
    approximate.control = { method };
    approximate.totalWords = { method };
  }
  approximate.top = {
    method: isUnique
      ? method
      : 'the most frequent of a sample of rows; the counts of the values found are exact',
  };
}

function addRows(approximate: Approximate, rows: number): void {
  const method = `a sample of ${rows} rows, chosen by hash`;
  // Of the median; of a bin with half of the cells. Both are less farther out.
  const rankError = 0.5 / Math.sqrt(rows);
  approximate.quantiles = { method, rankError };
  approximate.outliers = { method: `the counts are exact, of fences from ${method}`, rankError };
  approximate.histogram = { method, rankError };
}
