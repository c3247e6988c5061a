/**
 * Puts word scores and similarities on one scale and adds them: words as a share of the best one's, similarities as a share of the way
 * from the least one given to the best. (Convex combination of normalised scores; it keeps how far apart two are, which rank fusion
 * throws away: Bruch, Gai and Ingber 2023.) `vectorWeight` is what the best similarity counts beside the best word score.
 */
export function fuseScores(
  words: ReadonlyMap<string, number>,
  similarities: ReadonlyMap<string, number>,
  vectorWeight: number,
): Map<string, number> {
  const fused = new Map<string, number>();
  let bestWord = 0;
  for (const score of words.values()) bestWord = Math.max(bestWord, score);
  for (const [id, score] of words) fused.set(id, score / bestWord);
  let best = 0;
  let least = 1;
  for (const similarity of similarities.values()) {
    best = Math.max(best, similarity);
    least = Math.min(least, similarity);
  }
  // A single hit, or all alike: each is as good as the best.
  const range = best - least || 1;
  for (const [id, similarity] of similarities) {
    const share = best === least ? 1 : (similarity - least) / range;
    fused.set(id, (fused.get(id) ?? 0) + vectorWeight * share);
  }
  return fused;
}
