import type { ForeignKey, RegistryTable } from '../../contracts/schema-registry.js';
import { singular, splitIdentifier } from '../built-in-model/words.js';
import { isKeyWord } from '../joins/key-words.js';

/** A key column that more tables of a schema have says nothing of any two of them (`tenant_id`). */
const MAX_SHARING = 10;
/** What a table gets of the score of the best one that it can be joined to: less than a table with words of its own mostly has. */
const LENT_SHARE = 1 / 3;

/** A candidate of the ranking: a family, by its newest member. */
interface Candidate {
  id: string;
  table: RegistryTable;
}

/**
 * Tables that can be joined, by id: a declared key leads from one to the other; or, in one schema, a column is named after the other table
 * (`owner_user_id`, `tags`), or both have a key column of one name (`order_id`). Names alone, without a look at types and data: enough to
 * look at a table, not to join by it.
 */
export function* relateTablesInSteps(
  candidates: readonly Candidate[],
  keys: readonly ForeignKey[],
  idOf: ReadonlyMap<string, string>,
): Generator<void, Map<string, Set<string>>> {
  const related = new Map<string, Set<string>>();
  const link = (a: string | undefined, b: string | undefined) => {
    if (a === undefined || b === undefined || a === b) return;
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      const known = related.get(from);
      if (known) known.add(to);
      else related.set(from, new Set([to]));
    }
  };
  for (const { fromTable, toTable } of keys) link(idOf.get(fromTable), idOf.get(toTable));
  const bySchema = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const list = bySchema.get(candidate.table.schemaName);
    if (list) list.push(candidate);
    else bySchema.set(candidate.table.schemaName, [candidate]);
  }
  const meanings = new Map<string, Meaning>();
  for (const list of bySchema.values()) {
    if (list.length > 1) yield* linkByNames(list, meanings, link);
  }
  return related;
}

function* linkByNames(
  candidates: readonly Candidate[],
  meanings: Map<string, Meaning>,
  link: (a: string, b: string | undefined) => void,
): Generator<void, void> {
  const tables = byName(candidates);
  const sharing = new Map<string, Set<string>>();
  for (const { id, table } of candidates) {
    yield;
    for (const { name } of table.columns) {
      let meaning = meanings.get(name);
      if (!meaning) {
        meaning = meaningOf(name);
        meanings.set(name, meaning);
      }
      const { whole, last, key } = meaning;
      link(id, tables.get(whole) ?? (key === undefined ? undefined : tables.get(last)));
      if (key === undefined) continue;
      const ids = sharing.get(key);
      if (ids) ids.add(id);
      else sharing.set(key, new Set([id]));
    }
  }
  for (const ids of sharing.values()) {
    if (ids.size > MAX_SHARING) continue;
    const list = [...ids];
    for (const [place, a] of list.entries()) for (const b of list.slice(place + 1)) link(a, b);
  }
}

/** What a column's name may point to. */
interface Meaning {
  /** Its words in the singular, written together, without `id` and the like: `owneruser`. */
  whole: string;
  /** The last of them: `user`. */
  last: string;
  /** All of its words, where the name is that of a key. */
  key: string | undefined;
}

function meaningOf(column: string): Meaning {
  const words = splitIdentifier(column).map(singular);
  const glued = words.length === 1 ? /^(\p{L}{3,})id$/u.exec(words[0]!)?.[1] : undefined;
  if (glued !== undefined) return { whole: glued, last: glued, key: words[0]! };
  const isKey = words.length > 1 && isKeyWord(words.at(-1)!);
  const things = isKey ? words.slice(0, -1) : words;
  return { whole: things.join(''), last: things.at(-1) ?? '', key: isKey ? words.join('') : undefined };
}

/** By the words of the tables' names, singular, written together; also without the first word, where most of the schema begin with it. */
function byName(candidates: readonly Candidate[]): Map<string, string> {
  const named = candidates.map(({ id, table }) => ({
    id,
    words: splitIdentifier(table.tableName).map(singular),
  }));
  const firsts = new Map<string, number>();
  for (const { words } of named)
    if (words.length > 1) firsts.set(words[0]!, (firsts.get(words[0]!) ?? 0) + 1);
  const names = new Map<string, string>();
  const add = (words: readonly string[], id: string) => {
    const name = words.join('');
    if (name !== '' && !names.has(name)) names.set(name, id);
  };
  for (const { id, words } of named) add(words, id);
  for (const { id, words } of named)
    if (words.length > 1 && firsts.get(words[0]!)! > candidates.length / 2) add(words.slice(1), id);
  return names;
}

/**
 * The scores, where a table has a third of the best of those that it can be joined to if its own is lower: a question names the ends of a
 * chain of joins, seldom what lies between.
 * @returns also who lent it, by id
 */
export function lendToRelated(
  scores: ReadonlyMap<string, number>,
  related: ReadonlyMap<string, ReadonlySet<string>>,
  isAllowed: (id: string) => boolean = () => true,
): { scores: Map<string, number>; lenders: Map<string, string> } {
  const lent = new Map(scores);
  const lenders = new Map<string, string>();
  for (const [id, score] of scores) {
    for (const other of related.get(id) ?? []) {
      if (LENT_SHARE * score <= (lent.get(other) ?? 0) || !isAllowed(other)) continue;
      lent.set(other, LENT_SHARE * score);
      lenders.set(other, id);
    }
  }
  return { scores: lent, lenders };
}
