/** Cramér's V with Bergsma's correction for small samples: 0 to 1. `counts`: rows of the contingency table as [left, right, count]. */
export function cramersV(counts: readonly (readonly [string, string, number])[]): number | null {
  const left = new Map<string, number>();
  const right = new Map<string, number>();
  let total = 0;
  for (const [a, b, count] of counts) {
    left.set(a, (left.get(a) ?? 0) + count);
    right.set(b, (right.get(b) ?? 0) + count);
    total += count;
  }
  if (total < 2 || left.size < 2 || right.size < 2) return null;
  // Chi-squared without visiting the empty cells: sum of observed² / expected, less the total.
  let squares = 0;
  for (const [a, b, count] of counts) squares += (count * count) / (left.get(a)! * right.get(b)!);
  const phi = squares - 1;
  const corrected = Math.max(0, phi - ((left.size - 1) * (right.size - 1)) / (total - 1));
  const rows = left.size - (left.size - 1) ** 2 / (total - 1);
  const columns = right.size - (right.size - 1) ** 2 / (total - 1);
  const limit = Math.min(rows - 1, columns - 1);
  return limit > 0 ? Math.min(1, Math.sqrt(corrected / limit)) : null;
}

/** Correlation ratio η: the share of a number's spread that its category explains, as a root: 0 to 1. Groups as [count, mean]. */
export function correlationRatio(
  groups: readonly (readonly [number, number])[],
  variancePopulation: number,
): number | null {
  const total = groups.reduce((sum, [count]) => sum + count, 0);
  if (total < 2 || groups.length < 2 || variancePopulation <= 0) return null;
  const mean = groups.reduce((sum, [count, groupMean]) => sum + count * groupMean, 0) / total;
  const between = groups.reduce((sum, [count, groupMean]) => sum + count * (groupMean - mean) ** 2, 0);
  return Math.sqrt(Math.min(1, between / (total * variancePopulation)));
}
