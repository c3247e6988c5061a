/** 1-based ranks whose mean is the figure. */
export interface QuartileRanks {
  q1: number[];
  median: number[];
  q3: number[];
}

/**
 * Quartiles as the medians of the halves, the middle value left out (Moore and McCabe; qsv's way). Null below four values, where
 * they say nothing.
 */
export function quartileRanks(count: number): QuartileRanks | null {
  if (count < 4) return null;
  const half = Math.floor(count / 2);
  const middle = medianRanks(count);
  const lower = medianRanks(half);
  return { q1: lower, median: middle, q3: lower.map((rank) => rank + count - half) };
}

/** Ranks of the median: one, or the two around the middle. */
export function medianRanks(count: number): number[] {
  const half = Math.floor(count / 2);
  return count % 2 === 1 ? [half + 1] : [half, half + 1];
}

/** Nearest rank: the smallest value that at least `percent` of the values do not exceed. */
export const percentileRank = (percent: number, count: number): number =>
  Math.max(1, Math.ceil((percent / 100) * count));

export const PERCENTILES = [1, 5, 10, 25, 40, 50, 60, 75, 90, 95, 99] as const;
