/** Of tables alike the one of this place, from 0, counts half. */
const HALVED_AT = 20;

/**
 * The same ranking with tables of one schema that have the same columns (one for each state, one for each release) a little lower the more
 * of them stand before: the one that is meant comes first among them, and the others must not fill the places of what is joined to it.
 * @param ranked best first
 * @param shapeOf the same for tables of one schema with the same columns
 */
export function varyRanking<Ranked extends { id: string; score: number }>(
  ranked: readonly Ranked[],
  shapeOf: ReadonlyMap<string, number>,
): Ranked[] {
  const before = new Map<number | undefined, number>();
  return ranked
    .map((one) => {
      const shape = shapeOf.get(one.id);
      const place = before.get(shape) ?? 0;
      before.set(shape, place + 1);
      return { ...one, score: one.score / (1 + place / HALVED_AT) };
    })
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
