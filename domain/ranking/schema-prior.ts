import { splitIdentifier } from '../built-in-model/words.js';
import type { TableIndex } from './table-index.js';

/** How much the schema counts beside the table itself: as much, for its best table. */
const WEIGHT = 1;
/** The schema counts half for its table of this place: so one schema does not fill a ranking while others fit nearly as well. */
const HALVED_AT = 40;
/** Schemas of up to so many tables are candidates whole when one of their tables fits: the others may be needed and cost little. */
const SMALL_SCHEMA = 25;
/** What a schema gets of the best of its relatives: those whose names begin with the same word (`sales_raw`, `sales_mart`). */
const RELATIVE_SHARE = 0.9;

/**
 * Lifts tables by the schema that they are in, which is judged by its best table, or nearly as well by the best of a related schema.
 * A question is mostly about one database; tables whose neighbours fit it are likelier than equal ones among strangers, even where
 * their own names say nothing. (Resource selection in distributed retrieval: a collection is judged by its best documents; Si and
 * Callan 2003. The best alone, because a sum favours large schemas.) Each further table of a schema is lifted a little less.
 * @returns Tables with a score, and all of small schemas with a lift, best first; equal ones by id.
 */
export function liftBySchema(
  scores: ReadonlyMap<string, number>,
  { schemaOf, bySchema }: Pick<TableIndex, 'schemaOf' | 'bySchema'>,
  isAllowed: (id: string) => boolean = () => true,
): { id: string; score: number }[] {
  const best = new Map<string, number>();
  for (const [id, score] of scores) {
    const schema = schemaOf(id);
    best.set(schema, Math.max(score, best.get(schema) ?? 0));
  }
  const bestOfKin = new Map<string, number>();
  for (const [schema, score] of best) {
    const kin = firstWord(schema);
    bestOfKin.set(kin, Math.max(score, bestOfKin.get(kin) ?? 0));
  }
  const lifted: { id: string; score: number }[] = [];
  for (const [schema, ids] of bySchema) {
    const lift = Math.max(best.get(schema) ?? 0, RELATIVE_SHARE * (bestOfKin.get(firstWord(schema)) ?? 0));
    if (lift <= 0) continue;
    const candidates = ids
      .filter((id) => isAllowed(id) && (scores.has(id) || ids.length <= SMALL_SCHEMA))
      .map((id) => ({ id, score: scores.get(id) ?? 0 }))
      .sort(byScore);
    for (const [place, { id, score }] of candidates.entries())
      lifted.push({ id, score: score + (WEIGHT * lift) / (1 + place / HALVED_AT) });
  }
  return lifted.sort(byScore);
}

const byScore = (a: { id: string; score: number }, b: { id: string; score: number }): number =>
  b.score - a.score || (a.id < b.id ? -1 : 1);

const firstWord = (schema: string): string => splitIdentifier(schema)[0] ?? schema;
