/** Steps between neighbouring dates of a column, counted; see the definition of `dates` in docs/profile.md. */
export interface DateSteps {
  usualSeconds: number;
  /** Steps in all, and those as long as the usual one. */
  steps: number;
  regular: number;
  /** Distinct dates, the cells that hold them, and the most and fewest cells of one date. */
  points: number;
  cells: number;
  most: number;
  least: number;
}

/**
 * Are missing dates a gap? Yes in a series: nine of ten steps equal and every date about equally often. Where dates come at random, as
 * orders do, a date may be without any; then it is a gap only if so many cells fall on a date that chance leaves none out
 * (expected number of empty dates under 0.01).
 */
export function areGapsMeaningful(of: DateSteps): boolean {
  if (of.steps < 10 || of.regular < of.steps * 0.9) return false;
  if (of.most === of.least) return true;
  const perDate = of.cells / of.points;
  return of.points * Math.exp(-perDate) < 0.01;
}
