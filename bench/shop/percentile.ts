/** The value below which this share of the values lies (nearest rank); NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** To a tenth. */
export const round = (ms: number): number => Math.round(ms * 10) / 10;
