import OpenAI from 'openai';
import { createBuiltInEmbeddings } from '../../activities/model/built-in-embeddings.js';
import type { EmbeddingProvider } from '../../activities/model/embedding-provider.js';
import { createOpenAiEmbeddings } from '../../activities/model/openai-embeddings.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { familyItems } from '../../domain/index-items.js';
import type { VectorHit } from '../../domain/ranking/choose-tables.js';
import { groupFamilies } from '../../domain/table-families.js';
import type { BenchQuestion } from './load-warehouse.js';

export interface BenchEmbeddings {
  name: string;
  kind: EmbeddingProvider['kind'];
  /** The nearest of the given tables to a question, best first. */
  nearest(question: BenchQuestion, tables: ReadonlySet<string>, limit: number): VectorHit[];
}

const TEXTS_AT_ONCE = 256;

/** Vectors of one table for each family and of all questions, searched exactly in memory; undefined for `none`. */
export async function createBenchEmbeddings(
  options: { embeddings: string; model: string },
  schema: SchemaContext,
  questions: readonly BenchQuestion[],
  say: (text: string) => void,
): Promise<BenchEmbeddings | undefined> {
  if (options.embeddings === 'none') return undefined;
  const provider: EmbeddingProvider =
    options.embeddings === 'built-in'
      ? createBuiltInEmbeddings()
      : createOpenAiEmbeddings({
          client: new OpenAI({
            baseURL: options.embeddings,
            apiKey: process.env['OPENAI_API_KEY'] ?? 'none',
          }),
          model: options.model,
        });
  const embed = async (texts: readonly string[], what: string): Promise<Float32Array[]> => {
    const vectors: Float32Array[] = [];
    for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
      vectors.push(...(await provider.embed(texts.slice(start, start + TEXTS_AT_ONCE))).vectors);
      if (provider.kind !== 'built-in') say(`${vectors.length} of ${texts.length} ${what} embedded`);
    }
    return vectors.map(toUnit);
  };
  const heads = groupFamilies(schema.tables).map((family) => familyItems(family)[0]!);
  const tables = await embed(
    heads.map(({ content }) => content),
    'tables',
  );
  const asked = await embed(
    questions.map(({ question }) => question),
    'questions',
  );
  const vectorOf = new Map(questions.map((question, index) => [question, asked[index]!]));
  return {
    name: provider.name,
    kind: provider.kind,
    nearest: (question, allowed, limit) => {
      const vector = vectorOf.get(question)!;
      const hits: VectorHit[] = [];
      for (const [index, { canonicalTableName }] of heads.entries()) {
        if (!allowed.has(canonicalTableName)) continue;
        hits.push({ canonicalTableName, canonicalColumnName: null, similarity: dot(vector, tables[index]!) });
      }
      return hits.sort((a, b) => b.similarity - a.similarity).slice(0, limit);
    },
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function toUnit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return vector.map((value) => value / length);
}
