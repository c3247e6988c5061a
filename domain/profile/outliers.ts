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
/** How many times the usual step of the column's own tail a jump must be: by chance one in twenty thousand is. */
const STEPS = 10;
/** The part of a column that is its tail. */
const TAIL = 0.05;

/**
 * Values that stand apart from all others. Columns are skewed in many ways, so the quartiles are first made as even as a root or a
 * logarithm can (as Box and Cox do, chosen by Bowley's skewness). What then lies more than four interquartile ranges beyond the
 * quartiles and is at least half as far again from the median as the farthest ordinary value is apart; a long tail has no such jump.
 * Nor is a jump that the tail itself makes likely: below it, the logarithms of the distances from the median say how fast the tail falls
 * (Hill's estimate), and with them how far its farthest values lie from each other by chance.
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
  ].filter(({ num }, _, all) =>
    isFarOfTail(
      num > middle.median ? greatest : least,
      all.filter((other) => other.num > middle.median === num > middle.median).length,
      middle,
    ),
  );
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

/** The first values that hold so many cells. */
function tailOf(values: readonly PlacedValue[], cells: number): readonly PlacedValue[] {
  let seen = 0;
  const end = values.findIndex(({ count }) => {
    seen += count;
    return seen > cells;
  });
  return end < 0 ? values : values.slice(0, end);
}

/** Is the jump behind the first `outside` values larger than the tail below it makes by chance? */
function isFarOfTail(outsideIn: readonly PlacedValue[], outside: number, { median, count }: Middle): boolean {
  const distance = ({ num }: PlacedValue): number => Math.abs(num - median);
  const inner = tailOf(outsideIn.slice(outside), Math.max(30, count * TAIL)).filter(
    (each) => distance(each) > 0,
  );
  const [next, last] = [inner[0], inner.at(-1)];
  // Few values hold these cells: the column ends there and has no tail.
  if (!next || !last || inner.length < 4) return true;
  const cells = inner.slice(0, -1).reduce((sum, { count }) => sum + count, 0);
  const fall =
    inner
      .slice(0, -1)
      .reduce((sum, each) => sum + each.count * Math.log(distance(each) / distance(last)), 0) / cells;
  const rank = outsideIn.slice(0, outside).reduce((sum, { count }) => sum + count, 0);
  const jump = Math.log(distance(outsideIn[outside - 1]!) / distance(next));
  return rank * jump > STEPS * fall;
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
