/** How much the schema counts beside the table itself: as much. */
const WEIGHT = 1;

/**
 * Lifts tables by the schema that they are in, which is judged by its best table. A question is mostly about one database; tables
 * whose neighbours fit it are likelier than equal ones among strangers, even where their own names say nothing. (Resource selection
 * in distributed retrieval: a collection is judged by its best documents; Si and Callan 2003. The best alone, because a sum
 * favours large schemas.)
 * @returns Every candidate whose schema has a score, those without a score of their own too, best first; equal ones by id.
 */
export function liftBySchema(
  scores: ReadonlyMap<string, number>,
  candidates: Iterable<string>,
  schemaOf: (id: string) => string,
): { id: string; score: number }[] {
  const best = new Map<string, number>();
  for (const [id, score] of scores) {
    const schema = schemaOf(id);
    best.set(schema, Math.max(score, best.get(schema) ?? 0));
  }
  const lifted: { id: string; score: number }[] = [];
  for (const id of candidates) {
    const score = (scores.get(id) ?? 0) + WEIGHT * (best.get(schemaOf(id)) ?? 0);
    if (score > 0) lifted.push({ id, score });
  }
  return lifted.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
}
