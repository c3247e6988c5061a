import type { ChosenTable } from '../../contracts/question.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { EMPTY_WORDS, rootOf, splitIdentifier } from '../built-in-model/words.js';
import { Bm25Index, type RankedText } from './bm25.js';
import { closeJoinPaths } from './join-closure.js';
import { fuseRankings } from './rank-fusion.js';

const meaningfulWords = (text: string): string[] =>
  splitIdentifier(text).filter((word) => !EMPTY_WORDS.has(word));

/** Terms of a name, a comment or a question, as they are compared; words that say nothing are left out. */
const toTerms = (text: string): string[] => meaningfulWords(text).map(rootOf);

/** The table as BM25 sees it: its own name counts most, then its comment, then its columns. */
function toRankedText(table: SchemaContext['tables'][number]): RankedText {
  return {
    id: table.canonicalTableName,
    fields: [
      { terms: toTerms(table.tableName), weight: 4 },
      { terms: toTerms(table.schemaName), weight: 1 },
      { terms: toTerms(table.comment ?? ''), weight: 2 },
      { terms: table.columns.flatMap((column) => toTerms(column.name)), weight: 1 },
      { terms: table.columns.flatMap((column) => toTerms(column.comment ?? '')), weight: 0.5 },
    ],
  };
}

export const createTableIndex = (schema: SchemaContext): Bm25Index =>
  new Bm25Index(schema.tables.map(toRankedText));

export interface VectorHit {
  canonicalTableName: string;
  canonicalColumnName: string | null;
  similarity: number;
}

export interface ChooseTablesInput {
  question: string;
  schema: SchemaContext;
  index: Bm25Index;
  /** Best first; several may be of one table. */
  vectorHits: readonly VectorHit[];
  /** Ranked tables taken. Default 12. */
  maxTables?: number;
  /** Tables added to connect them. Default 6. */
  maxJoinTables?: number;
}

const CANDIDATES = 100;

/**
 * The tables for a question: BM25 and vectors fused by rank, then the tables that join paths between them need. Each says why.
 * Empty when neither words nor vectors have anything.
 */
export function chooseTables(input: ChooseTablesInput): ChosenTable[] {
  // Reasons are told in the question's own words, not in their roots.
  const spelled = new Map(meaningfulWords(input.question).map((word) => [rootOf(word), word]));
  const words = input.index.search(toTerms(input.question), CANDIDATES);
  const wordsOf = new Map(words.map((hit) => [hit.id, hit.terms]));
  const nearest = new Map<string, VectorHit>();
  for (const hit of input.vectorHits) {
    if (hit.similarity > 0 && !nearest.has(hit.canonicalTableName)) nearest.set(hit.canonicalTableName, hit);
  }
  const ranked = fuseRankings([
    { ids: words.map((hit) => hit.id), weight: 1 },
    { ids: [...nearest.keys()], weight: 1 },
  ]).slice(0, input.maxTables ?? 12);

  const chosen = ranked.map(({ id, score }, index): ChosenTable => {
    const hit = nearest.get(id);
    const reasons: string[] = [];
    if (wordsOf.has(id))
      reasons.push(
        `words: ${wordsOf
          .get(id)!
          .map((term) => spelled.get(term) ?? term)
          .join(', ')}`,
      );
    if (hit) reasons.push(`${hit.canonicalColumnName ?? 'table'} is near (${hit.similarity.toFixed(2)})`);
    return { canonicalTableName: id, rank: index + 1, score, reasons };
  });
  const joins = closeJoinPaths(
    chosen.map((table) => table.canonicalTableName),
    input.schema.foreignKeys,
    input.maxJoinTables ?? 6,
  );
  for (const { table, connects } of joins) {
    chosen.push({
      canonicalTableName: table,
      rank: chosen.length + 1,
      score: 0,
      reasons: [`connects ${connects[0]} and ${connects[1]}`],
    });
  }
  return chosen;
}

/** The part of a schema that the chosen tables are, best first, with the foreign keys among them. */
export function narrowSchema(schema: SchemaContext, chosen: readonly ChosenTable[]): SchemaContext {
  const byName = new Map(schema.tables.map((table) => [table.canonicalTableName, table]));
  const names = new Set(chosen.map((table) => table.canonicalTableName));
  return {
    tables: chosen.map((table) => byName.get(table.canonicalTableName)!),
    foreignKeys: schema.foreignKeys.filter((key) => names.has(key.fromTable) && names.has(key.toTable)),
  };
}
