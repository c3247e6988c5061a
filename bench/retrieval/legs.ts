import type { ChosenTable } from '../../contracts/question.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { parseCanonicalName } from '../../domain/canonical-names.js';
import { fitSchema } from '../../domain/prompt/fit-schema.js';
import {
  chooseTables,
  narrowSchema,
  VECTOR_WEIGHTS,
  type VectorHit,
} from '../../domain/ranking/choose-tables.js';
import { fuseScores } from '../../domain/ranking/fuse-scores.js';
import { toTerms } from '../../domain/ranking/question-terms.js';
import { createTableIndex, type TableIndex } from '../../domain/ranking/table-index.js';
import type { BenchEmbeddings } from './bench-embeddings.js';
import type { BenchQuestion } from './load-warehouse.js';

/** Words alone, vectors alone, both added up, and all that chooseTables does. */
export const LEGS = ['BM25', 'vectors', 'both', 'full'] as const;
export type Leg = (typeof LEGS)[number];

interface Context {
  question: string;
  schema: SchemaContext;
  chosen: ChosenTable[];
  names: string[];
}

interface Ranked {
  /** For each question its tables, best first, unquoted. */
  legs: Partial<Record<Leg, string[][]>>;
  /** What a question is answered with: cut by score. */
  contexts: Context[];
  timesMs: number[];
}

const DEPTH = 50;
const VECTOR_HITS = 200;

export function rankAll(input: {
  schema: SchemaContext;
  questions: readonly BenchQuestion[];
  scope: 'own' | 'pooled';
  embeddings: BenchEmbeddings | undefined;
}): Ranked {
  const result: Ranked = { legs: { BM25: [], full: [] }, contexts: [], timesMs: [] };
  if (input.embeddings) Object.assign(result.legs, { vectors: [], both: [] });
  const vectorWeight = VECTOR_WEIGHTS[input.embeddings?.kind ?? 'built-in'];
  const sources = new Map<string, { schema: SchemaContext; index: TableIndex; names: Set<string> }>();
  for (const question of input.questions) {
    const key = input.scope === 'own' ? question.database.toLowerCase() : '';
    let source = sources.get(key);
    if (!source) {
      const tables = input.schema.tables.filter(({ schemaName }) => schemaName.toLowerCase().startsWith(key));
      const schema = { tables, foreignKeys: input.schema.foreignKeys };
      source = {
        schema,
        index: createTableIndex(schema),
        names: new Set(tables.map(({ canonicalTableName }) => canonicalTableName)),
      };
      sources.set(key, source);
    }
    const { schema, index } = source;
    const started = performance.now();
    const vectorHits = input.embeddings?.nearest(question, source.names, VECTOR_HITS) ?? [];
    const chosen = chooseTables({ question: question.question, schema, index, vectorHits, vectorWeight });
    result.timesMs.push(performance.now() - started);
    const names = chosen.map(({ canonicalTableName }) => unquoted(canonicalTableName));
    result.contexts.push({ question: question.question, schema, chosen, names });

    const all = chooseTables({
      question: question.question,
      schema,
      index,
      vectorHits,
      vectorWeight,
      maxTables: DEPTH,
      isUncut: true,
    });
    result.legs.full!.push(all.map(({ canonicalTableName }) => unquoted(canonicalTableName)));
    addSimpleLegs(result.legs, question.question, index, vectorHits, vectorWeight);
  }
  return result;
}

function addSimpleLegs(
  legs: Ranked['legs'],
  question: string,
  index: TableIndex,
  vectorHits: readonly VectorHit[],
  vectorWeight: number,
): void {
  const words = new Map(
    index.words
      .search(new Map(toTerms(question).map((term) => [term, 1])))
      .map(({ id, score }) => [id, score]),
  );
  const similar = new Map<string, number>();
  for (const { canonicalTableName, similarity } of vectorHits) {
    const id = index.familyOf.get(canonicalTableName)!;
    if (!similar.has(id)) similar.set(id, similarity);
  }
  const best = (scores: ReadonlyMap<string, number>) =>
    [...scores]
      .sort((a, b) => b[1] - a[1])
      .slice(0, DEPTH)
      .map(([id]) => unquoted(index.families.get(id)!.members.at(-1)!.canonicalTableName));
  legs.BM25!.push(best(words));
  legs.vectors?.push(best(similar));
  legs.both?.push(best(fuseScores(words, similar, vectorWeight)));
}

/** The schema part of a prompt, without a limit. */
export function countContextTokens(
  { question, schema, chosen }: Context,
  countTokens: (text: string) => number,
): number {
  const { text } = fitSchema({
    context: narrowSchema(schema, chosen),
    chosen,
    tokenBudget: Number.MAX_SAFE_INTEGER,
    countTokens,
    question,
  });
  return countTokens(text);
}

function unquoted(canonicalName: string): string {
  const name = parseCanonicalName(canonicalName);
  return name ? `${name.schema}.${name.table}` : canonicalName;
}
