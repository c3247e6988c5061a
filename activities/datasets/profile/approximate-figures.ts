import type { Approximation, ColumnProfile } from '../../../contracts/dataset-profile.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { PATTERN_VALUES } from './statements/patterns.js';

/** What is known of the values of a column in the value table. */
export interface KeptValues {
  values: number;
  /** Those that occur once, and those that occur as seldom as any. */
  once: number;
  atLeast: number;
  /** Sum of the squares of their counts. */
  squares: number;
}

export interface Estimated {
  hasText: boolean;
  hasQuantiles: boolean;
  /** Standard error of the sortiness, 0 where it is exact. */
  orderError: number;
  kept: KeptValues;
  /** See TopValues: how often the last of the values looked at is in the sample of rows; undefined where none were looked for there. */
  topIsSampled: number | undefined;
}

/** Standard errors that one case in a thousand passes (one-sided), and the same for something never seen: −ln 0.001. */
const SURE = 3.1;
const UNSEEN = 6.9;

/** Which figures of a column are estimates, how they were made, and how far off they may be; docs/profile.md says what the errors mean. */
export function approximateOf(
  batch: ColumnBatch,
  column: BatchColumn,
  of: Estimated,
): Pick<ColumnProfile, 'approximate'> {
  const approximate: Record<string, Approximation> = {};
  if (of.orderError > 0)
    approximate.sortiness = {
      method: `spans of ${batch.sample.spans?.length} neighbouring rows that lie evenly over the file`,
      absoluteError: of.orderError,
    };
  if (isWide(column)) {
    addValues(approximate, batch, column, of);
    if (!batch.sample.isWhole && of.hasQuantiles) addRows(approximate, batch.sample.rows);
  }
  if (of.hasText) addTexts(approximate, column, of);
  return Object.keys(approximate).length > 0 ? { approximate } : {};
}

const ofValues = ({ oneIn }: BatchColumn): string => `one in ${oneIn} values, chosen by hash`;

function addValues(
  approximate: Record<string, Approximation>,
  { sample }: ColumnBatch,
  column: BatchColumn,
  { kept, topIsSampled }: Estimated,
): void {
  const method = ofValues(column);
  // Every value occurs once: there is nothing to estimate but which ones are shown.
  if (column.distinct === column.cells) {
    approximate.top = { method: `${method}; all occur once`, missedShare: 0 };
    approximate.rare = approximate.top;
    return;
  }
  const relativeTo = (count: number): number => Math.sqrt((1 - 1 / column.oneIn) / Math.max(1, count));
  if (column.distinctError !== undefined)
    approximate.distinct = { method, relativeError: column.distinctError };
  approximate.unique = { method, relativeError: relativeTo(kept.once) };
  approximate.antimode = {
    method: `${method}; the least count is that of those values`,
    relativeError: relativeTo(kept.atLeast),
    missedShare: Math.min(1, UNSEEN / Math.max(1, kept.values)),
  };
  approximate.rare = {
    method: `the rarest of ${method}; their counts are exact`,
    missedShare: Math.min(1, UNSEEN / Math.max(1, kept.values)),
  };
  // Without a value that is more than twice in the sample, none is looked for.
  const missedShare = sample.isWhole ? 0 : missedOf(topIsSampled ?? 2, sample.rows);
  approximate.top = {
    method:
      topIsSampled === undefined
        ? `${method}; none is frequent in a sample of rows`
        : 'the most frequent of a sample of rows; the counts of the values found are exact',
    missedShare,
  };
  approximate.mode = { method: 'the most frequent of the values found to be frequent', missedShare };
}

/** A value that is in so many cells that it would be more often in the sample than the last one looked at, but for one case in a thousand. */
function missedOf(timesInSample: number, rows: number): number {
  const root = SURE / 2 + Math.sqrt((SURE / 2) ** 2 + timesInSample + 1);
  return Math.min(1, root ** 2 / rows);
}

/** Cells counted by the values chosen: of any part of the cells, the error is at most that of all, however unevenly the values occur. */
function addTexts(
  approximate: Record<string, Approximation>,
  column: BatchColumn,
  { kept }: Estimated,
): void {
  const shareError = (oneIn: number, squares: number): number =>
    Math.sqrt((1 - 1 / oneIn) * squares) * (oneIn / Math.max(1, column.cells));
  if (isWide(column)) {
    const told = { method: ofValues(column), absoluteError: shareError(column.oneIn, kept.squares) };
    approximate.control = told;
    approximate.totalWords = told;
    approximate.patterns = told;
  } else if (column.distinct > PATTERN_VALUES) {
    const oneIn = Math.ceil(column.distinct / PATTERN_VALUES);
    approximate.patterns = {
      method: `one in ${oneIn} values, chosen by hash`,
      absoluteError: shareError(oneIn, kept.squares / oneIn),
    };
  }
}

function addRows(approximate: Record<string, Approximation>, rows: number): void {
  const method = `a sample of ${rows} rows, chosen by hash`;
  // Of the median; of a bin with half of the cells. Both are less farther out.
  const rankError = 0.5 / Math.sqrt(rows);
  approximate.quantiles = { method, rankError };
  approximate.outliers = { method: `the counts are exact, of fences from ${method}`, rankError };
  approximate.histogram = { method, rankError };
}
