/** The usual constant: it flattens the difference between the first ranks. */
const K = 60;

/**
 * Reciprocal rank fusion (Cormack, Clarke, Büttcher 2009): each list gives an id `weight / (60 + rank)`; the sums are sorted,
 * best first, equal ones by id. Scores of different scales need not be made comparable.
 */
export function fuseRankings(
  lists: readonly { ids: readonly string[]; weight: number }[],
): { id: string; score: number }[] {
  const scores = new Map<string, number>();
  for (const { ids, weight } of lists) {
    for (const [index, id] of ids.entries()) scores.set(id, (scores.get(id) ?? 0) + weight / (K + index + 1));
  }
  return [...scores]
    .map(([id, score]) => ({ id, score }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
