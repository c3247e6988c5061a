import type { ChosenTable } from '../../contracts/question.js';
import type { RegistryTable, SchemaContext } from '../../contracts/schema-registry.js';
import type { Preferences } from '../mapping/preferences.js';
import { pickMember, type TableFamily } from '../table-families.js';
import type { ValueHit } from '../values/value-index.js';
import { cutRanking } from './cut-ranking.js';
import { fuseScores } from './fuse-scores.js';
import { closeJoinPaths } from './join-closure.js';
import { joinedTerms, type SpelledTerm, spelledTerms, synonymsOf } from './question-terms.js';
import { lendToRelated } from './related-tables.js';
import { liftBySchema } from './schema-prior.js';
import type { TableIndex } from './table-index.js';
import { varyRanking } from './vary-ranking.js';

export interface VectorHit {
  canonicalTableName: string;
  canonicalColumnName: string | null;
  similarity: number;
}

export interface ChooseTablesInput {
  question: string;
  schema: SchemaContext;
  index: TableIndex;
  /** Best first; several may be of one table. */
  vectorHits: readonly VectorHit[];
  /** What the best vector counts beside the best word score; see VECTOR_WEIGHTS. Default that of the built-in embeddings. */
  vectorWeight?: number;
  /** Ranked tables taken at most. Default 30. */
  maxTables?: number;
  /** Tokens of the prompt that are for tables; see cut-ranking.ts. Default 6,000. */
  tokenBudget?: number | undefined;
  /** Takes `maxTables` whatever their scores and sizes: for measurements of the ranking itself. Default false. */
  isUncut?: boolean;
  /** Tables added to connect them. Default 6. */
  maxJoinTables?: number;
  /** Stored values that the question names, by canonical table name. */
  valueHits?: ReadonlyMap<string, ValueHit>;
  /** Pins, excludes and subject area. Default: all are allowed, none is pinned. */
  preferences?: Preferences | undefined;
}

/**
 * The built-in embeddings know a text by its words and their letters, which BM25 has seen already: they only break ties. Those of a
 * model know what words mean, and count nearly as much as words.
 */
export const VECTOR_WEIGHTS = { 'built-in': 0.25, 'openai-compatible': 0.75 } as const;
/** A table that stores what the question names counts so much more, beside 1 for the best word score. */
const VALUE_WEIGHT = 0.3;
const MAX_TABLES = 30;
const TOKEN_BUDGET = 6_000;
/** Pinned tables come no later, so that a tight budget of tokens does not drop them. */
const PIN_RANK = 6;
/** A word that may stand for one of the question's counts this much of it. */
const SYNONYM_WEIGHT = 0.2;
/** A number or a single letter is mostly a value or a mark of a list (`2)`, `the top 5`), seldom part of a name. */
const MARK_WEIGHT = 0.5;
const MARK = /^(\d+|\p{L})$/u;

/**
 * The tables for a question: words (BM25F) and vectors fused by score, lifted by the schema that they are in, cut by scores and tokens
 * (cut-ranking.ts); then the tables that join paths between them need. Of a family (tables alike but for numbers in their names) the member that
 * the question means stands for all. Each says why. Empty when neither words nor vectors have anything.
 */
export function chooseTables(input: ChooseTablesInput): ChosenTable[] {
  const { index, question, preferences } = input;
  const allowed = allowedMembers(index, preferences);
  const isAllowed = (id: string) => allowed(id).length > 0;
  const terms = questionTerms(question, index);
  const words = new Map(
    index.words
      .search(terms.weights)
      .filter((hit) => isAllowed(hit.id))
      .map((hit) => [hit.id, hit]),
  );
  const nearest = nearestByFamily(input.vectorHits, index, isAllowed);
  const fused = fuseScores(
    new Map([...words.values()].map(({ id, score }) => [id, score])),
    new Map([...nearest].map(([id, hit]) => [id, hit.similarity])),
    input.vectorWeight ?? VECTOR_WEIGHTS['built-in'],
  );
  const named = valuesByFamily(input.valueHits, index, isAllowed);
  for (const id of named.keys()) fused.set(id, (fused.get(id) ?? 0) + VALUE_WEIGHT);
  const { scores, lenders } = lendToRelated(fused, index.related, isAllowed);
  const ranked = varyRanking(liftBySchema(scores, index, isAllowed), index.shapeOf);
  const maxTables = input.maxTables ?? MAX_TABLES;
  const candidates = ranked.map(({ id, score }) => ({
    id,
    score,
    table: index.families.get(id)!.members.at(-1)!,
  }));
  const kept = input.isUncut
    ? candidates.slice(0, maxTables)
    : cutRanking(candidates, { maxTables, tokenBudget: input.tokenBudget ?? TOKEN_BUDGET });
  const bestOfSchema = new Map<string, string>();

  const picked: Omit<ChosenTable, 'rank'>[] = [];
  const memberOf = (id: string) =>
    pickMember({ ...index.families.get(id)!, members: allowed(id) }, question).canonicalTableName;
  for (const { id, score } of kept) {
    const family = index.families.get(id)!;
    const canonicalTableName = memberOf(id);
    const reasons: string[] = [];
    const hit = nearest.get(id);
    const word = words.get(id);
    if (word)
      reasons.push(`words: ${[...new Set(word.terms.map((term) => terms.spelled.get(term)))].join(', ')}`);
    const value = named.get(id);
    if (value) reasons.push(`${value.canonicalColumnName} has “${value.value}”`);
    if (hit) reasons.push(`${hit.canonicalColumnName ?? 'table'} is near (${hit.similarity.toFixed(2)})`);
    const lender = lenders.get(id);
    if (lender !== undefined) reasons.push(`can be joined to ${memberOf(lender)}`);
    const schemaName = index.schemaOf(id);
    const neighbour = bestOfSchema.get(schemaName);
    if (reasons.length === 0)
      reasons.push(neighbour ? `in the schema of ${neighbour}` : 'in a schema related to a better table’s');
    if (family.members.length > 1) reasons.push(`one of ${family.members.length} alike`);
    if (!neighbour) bestOfSchema.set(schemaName, canonicalTableName);
    const legs = {
      ...(word ? { words: word.score } : {}),
      ...(hit ? { vector: hit.similarity } : {}),
      ...(value ? { value: VALUE_WEIGHT } : {}),
    };
    picked.push({ canonicalTableName, score, reasons, legs });
  }
  const chosen = withPinned(picked, input);
  const joins = closeJoinPaths(
    chosen.map((table) => table.canonicalTableName),
    allowedKeys(input),
    input.maxJoinTables ?? 6,
  );
  for (const { table, connects } of joins) {
    const reasons = [`connects ${connects[0]} and ${connects[1]}`];
    chosen.push({ canonicalTableName: table, score: 0, reasons });
  }
  return chosen.map((table, index) => ({ ...table, rank: index + 1 }));
}

/** Members of a family that may be chosen. */
function allowedMembers(
  index: TableIndex,
  preferences: Preferences | undefined,
): (id: string) => TableFamily['members'] {
  const members = (id: string) => index.families.get(id)!.members;
  if (!preferences?.isRestricting) return members;
  const known = new Map<string, TableFamily['members']>();
  return (id) => {
    let list = known.get(id);
    if (!list) {
      list = members(id).filter((table) => preferences.isAllowed(table));
      known.set(id, list);
    }
    return list;
  };
}

/** What is pinned and there joins the chosen ones; a table that was chosen says so as well. */
function withPinned(
  picked: readonly Omit<ChosenTable, 'rank'>[],
  { preferences, index }: ChooseTablesInput,
): Omit<ChosenTable, 'rank'>[] {
  const chosen = [...picked];
  for (const name of preferences?.pinned ?? []) {
    const place = chosen.findIndex(({ canonicalTableName }) => canonicalTableName === name);
    const known = chosen[place];
    if (known) chosen[place] = { ...known, reasons: [...known.reasons, 'pinned'] };
    else {
      const family = index.families.get(index.familyOf.get(name) ?? '');
      const table = family?.members.find(({ canonicalTableName }) => canonicalTableName === name);
      if (!table || !preferences?.isAllowed(table)) continue;
      chosen.splice(PIN_RANK - 1, 0, { canonicalTableName: name, score: 0, reasons: ['pinned'] });
    }
  }
  return chosen;
}

/** Keys between tables that may be chosen. */
function allowedKeys({ schema, preferences }: ChooseTablesInput): SchemaContext['foreignKeys'] {
  if (!preferences?.isRestricting) return schema.foreignKeys;
  const names = new Set(
    schema.tables
      .filter((table) => preferences.isAllowed(table))
      .map(({ canonicalTableName }) => canonicalTableName),
  );
  return schema.foreignKeys.filter((key) => names.has(key.fromTable) && names.has(key.toTable));
}

/** The question's words, neighbours written together, and synonyms, with weights; and how each term was spelled, for the reasons. */
function questionTerms(question: string, index: TableIndex) {
  const weights = new Map<string, number>();
  const spelled = new Map<string, string>();
  const add = ({ term, spelled: text }: SpelledTerm, weight: number) => {
    if (weights.has(term)) return;
    weights.set(term, weight);
    spelled.set(term, text);
  };
  for (const term of spelledTerms(question)) add(term, MARK.test(term.term) ? MARK_WEIGHT : 1);
  for (const term of joinedTerms(question))
    if (index.words.has(term.term) && !MARK.test(term.term)) add(term, 1);
  for (const [term, text] of [...spelled]) {
    for (const [synonym, word] of synonymsOf(term)) {
      if (index.words.has(synonym)) add({ term: synonym, spelled: `${word} (for ${text})` }, SYNONYM_WEIGHT);
    }
  }
  return { weights, spelled };
}

function valuesByFamily(
  hits: ReadonlyMap<string, ValueHit> | undefined,
  index: TableIndex,
  isAllowed: (id: string) => boolean,
): Map<string, ValueHit> {
  const named = new Map<string, ValueHit>();
  for (const [table, hit] of hits ?? []) {
    const id = index.familyOf.get(table);
    if (id !== undefined && isAllowed(id) && !named.has(id)) named.set(id, hit);
  }
  return named;
}

function nearestByFamily(
  hits: readonly VectorHit[],
  index: TableIndex,
  isAllowed: (id: string) => boolean,
): Map<string, VectorHit> {
  const nearest = new Map<string, VectorHit>();
  for (const hit of hits) {
    const id = index.familyOf.get(hit.canonicalTableName);
    if (id === undefined || hit.similarity <= 0 || !isAllowed(id)) continue;
    const known = nearest.get(id);
    if (!known || known.similarity < hit.similarity) nearest.set(id, hit);
  }
  return nearest;
}

/** The part of a schema that the chosen tables are, best first, with the foreign keys among them. */
export function narrowSchema(schema: SchemaContext, chosen: readonly ChosenTable[]): SchemaContext {
  const names = new Set(chosen.map((table) => table.canonicalTableName));
  const byName = new Map<string, RegistryTable>();
  for (const table of schema.tables)
    if (names.has(table.canonicalTableName)) byName.set(table.canonicalTableName, table);
  return {
    tables: chosen.map((table) => byName.get(table.canonicalTableName)!),
    foreignKeys: schema.foreignKeys.filter((key) => names.has(key.fromTable) && names.has(key.toTable)),
  };
}
