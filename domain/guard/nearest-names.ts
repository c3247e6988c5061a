/** Names that somebody may have meant. */

/**
 * Edit distance with swaps of neighbours counted once (optimal string alignment: Damerau 1964, restricted form).
 * Stops early and returns a number above `limit` as soon as the distance must be above it.
 */
export const editDistance = (a: string, b: string, limit = Number.POSITIVE_INFINITY): number => {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
      least = Math.min(least, cost);
    }
    if (least > limit) return limit + 1;
    before = last;
    last = row;
  }
  return last[b.length]!;
};

/**
 * The candidates nearest to `wanted`, best first, none that is much farther than the best. Case does not count. A candidate that contains the wanted name, or is
 * contained in it, is near as well (`customer` and `customer_accounts`).
 *
 * @param textOf what of a candidate is compared
 */
export const nearestNames = <T>(
  wanted: string,
  candidates: Iterable<T>,
  textOf: (candidate: T) => string,
  count = 3,
): T[] => {
  const name = wanted.toLowerCase();
  const limit = Math.max(1, Math.floor((name.length + 1) / 3));
  const scored: { candidate: T; score: number; text: string }[] = [];
  for (const candidate of candidates) {
    const text = textOf(candidate).toLowerCase();
    let score = editDistance(name, text, limit);
    if (score > limit) {
      const [short, long] = name.length < text.length ? [name, text] : [text, name];
      if (short.length < 4 || !long.includes(short)) continue;
      score = limit + 1 - short.length / long.length;
    }
    scored.push({ candidate, score, text });
  }
  const best = Math.min(...scored.map(({ score }) => score));
  return scored
    .filter(({ score }) => score <= best + 1)
    .sort((a, b) => a.score - b.score || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .slice(0, count)
    .map(({ candidate }) => candidate);
};
