import type { ColumnProfile } from '../../contracts/dataset-profile.js';

/** Pairs of neighbours in a span of rows: that do not fall, rise, and fall. */
export interface SpanPairs {
  up: number;
  rise: number;
  down: number;
}

export interface RowOrder {
  sortiness: ColumnProfile['sortiness'];
  sortOrder: ColumnProfile['sortOrder'];
  /** Standard error of the sortiness where the spans are a part of the file. */
  error: number;
}

/** Sortiness, (pairs that do not fall − pairs that fall) / pairs, over spans of rows, with the standard error that their differences give. */
export function rowOrderOf(spans: readonly SpanPairs[]): RowOrder {
  const total = spans.reduce(
    (sum, span) => ({ up: sum.up + span.up, rise: sum.rise + span.rise, down: sum.down + span.down }),
    { up: 0, rise: 0, down: 0 },
  );
  const pairs = total.up + total.down;
  if (pairs === 0) return { sortiness: null, sortOrder: null, error: 0 };
  const sortiness = (total.up - total.down) / pairs;
  const squares = spans.reduce((sum, { up, down }) => sum + (up - down - sortiness * (up + down)) ** 2, 0);
  const between = spans.length > 1 ? Math.sqrt((squares * spans.length) / (spans.length - 1)) / pairs : 0;
  return {
    sortiness,
    sortOrder: total.down === 0 ? 'ascending' : total.rise === 0 ? 'descending' : 'unsorted',
    // Where no span shows a pair of the other kind, there may still be some (rule of three).
    error: Math.max(between, 3 / pairs),
  };
}
