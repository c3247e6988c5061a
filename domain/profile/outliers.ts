/** A value with the cells that hold it. */
export interface PlacedValue {
  num: number;
  count: number;
  firstRow: number;
  text: string;
}

export interface Middle {
  q1: number;
  median: number;
  q3: number;
  /** Cells with a number. */
  count: number;
  min: number;
}

/** Spreads of the transformed middle half beyond which a value may stand apart; 6 standard deviations of a normal column. */
const REACH = 4;
/** How much farther from the median than the farthest ordinary value. */
const JUMP = 1.5;

/**
 * Values that stand apart from all others. Columns are skewed in many ways, so the quartiles are first made as even as a root or a
 * logarithm can (as Box and Cox do, chosen by Bowley's skewness). What then lies more than four interquartile ranges beyond the
 * quartiles and is at least half as far again from the median as the farthest ordinary value is apart; a long tail has no such jump.
 * `least` ascending, `greatest` descending. Nothing is apart in columns of fewer than 20 cells, or without spread, or when it is more
 * than 2 % of the cells.
 */
export function findApart(
  middle: Middle,
  least: readonly PlacedValue[],
  greatest: readonly PlacedValue[],
): PlacedValue[] {
  if (middle.count < 20 || middle.q3 <= middle.q1) return [];
  const transform = evenTransform(middle);
  const [q1, median, q3] = [transform(middle.q1), transform(middle.median), transform(middle.q3)];
  const spread = q3 - q1;
  const apart = [
    ...beyond(greatest, (value) => transform(value) - median, q3 + REACH * spread - median),
    ...beyond(least, (value) => median - transform(value), median - (q1 - REACH * spread)),
  ];
  const cells = apart.reduce((sum, { count }) => sum + count, 0);
  return cells <= Math.max(3, middle.count * 0.02) ? apart : [];
}

/** From outside in: the values behind the first jump, seen from the ordinary ones. */
function beyond(
  outsideIn: readonly PlacedValue[],
  distance: (value: number) => number,
  reach: number,
): PlacedValue[] {
  const far = outsideIn.findIndex(({ num }) => distance(num) <= reach);
  if (far <= 0) return [];
  let last = Math.max(distance(outsideIn[far]!.num), reach / 4);
  for (let i = far - 1; i >= 0; i -= 1) {
    const next = distance(outsideIn[i]!.num);
    if (next >= JUMP * last) return outsideIn.slice(0, i + 1);
    last = next;
  }
  return [];
}

function evenTransform({ q1, median, q3, min }: Middle): (value: number) => number {
  const same = (value: number): number => value;
  if (min < 0) return same;
  const skew = (transform: (value: number) => number): number => {
    const [a, b, c] = [transform(q1), transform(median), transform(q3)];
    return c > a ? Math.abs((c - 2 * b + a) / (c - a)) : 1;
  };
  const candidates = [same, Math.sqrt, Math.cbrt, ...(q1 > 0 && min > 0 ? [Math.log] : [])];
  // A milder transform is kept unless a stronger one is clearly more even.
  return candidates.reduce((best, next) => (skew(next) < skew(best) - 0.05 ? next : best), same);
}
