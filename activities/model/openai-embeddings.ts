import type OpenAI from 'openai';
import pLimit from 'p-limit';
import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { TASK_QUEUES } from '../../contracts/task-queues.js';
import { callModel } from './call-model.js';
import type { EmbeddingProvider, Embeddings } from './embedding-provider.js';
import { malformedAnswer } from './model-error.js';

export interface OpenAiEmbeddingsOptions {
  client: OpenAI;
  /** For example `text-embedding-3-small`. */
  model: string;
  /** Asks for shorter vectors (text-embedding-3 models); default: the model's own length. */
  dimensions?: number | undefined;
  /** Requests at once from this process. Default 10, as the `embedding` queue. */
  maxConcurrency?: number;
  /** One request. Default 30 s. */
  timeoutMs?: number;
}

/**
 * Embeddings from an OpenAI-compatible endpoint, asked for as base64 (a quarter of the bytes of JSON numbers); an endpoint
 * that answers in numbers all the same is understood. An answer with too few or broken vectors is `model_unavailable`;
 * vectors of unequal length in one answer are `model_dimensions_changed`. Many endpoints give vectors of their own length whatever
 * was asked for: whoever keeps vectors has to look at `dimensions`.
 */
export const createOpenAiEmbeddings = ({
  client,
  model,
  dimensions,
  maxConcurrency = TASK_QUEUES.embedding.concurrency,
  timeoutMs = LIMITS.embeddingTimeoutMs,
}: OpenAiEmbeddingsOptions): EmbeddingProvider => {
  const limit = pLimit(maxConcurrency);
  return {
    // Vectors of another length are another model's: changing the length means embedding anew.
    name: dimensions === undefined ? model : `${model}@${dimensions}`,
    kind: 'openai-compatible',
    embed: async (texts, { signal } = {}) => {
      if (texts.length === 0) return { vectors: [], tokens: 0, dimensions: 0 };
      const answer: unknown = await callModel({ limit, timeoutMs, signal }, (requestSignal) =>
        client.embeddings.create(
          {
            model,
            input: [...texts],
            encoding_format: 'base64',
            ...(dimensions === undefined ? {} : { dimensions }),
          },
          { signal: requestSignal },
        ),
      );
      return readEmbeddings(answer, texts.length);
    },
  };
};

const readEmbeddings = (answer: unknown, count: number): Embeddings => {
  const { data, usage } = (answer ?? {}) as { data?: unknown; usage?: { total_tokens?: unknown } };
  if (!Array.isArray(data)) throw malformedAnswer('it has no list of embeddings');
  if (data.length !== count) throw malformedAnswer(`${data.length} embeddings for ${count} texts`);

  const vectors = new Array<Float32Array | undefined>(count);
  for (const [position, item] of (data as ({ index?: unknown; embedding?: unknown } | null)[]).entries()) {
    const index = typeof item?.index === 'number' ? item.index : position;
    if (!Number.isInteger(index) || index < 0 || index >= count)
      throw malformedAnswer(`an embedding has the index ${index}`);
    if (vectors[index] !== undefined) throw malformedAnswer(`two embeddings have the index ${index}`);
    vectors[index] = readVector(item?.embedding);
  }

  const complete = vectors as Float32Array[];
  const dimensions = complete[0]!.length;
  const odd = complete.find((vector) => vector.length !== dimensions);
  if (odd) {
    throw new QuaestorError(
      'model_dimensions_changed',
      `The embedding model sent ${odd.length} dimensions where ${dimensions} were expected.`,
      { details: { expected: dimensions, received: odd.length } },
    );
  }
  const tokens = usage?.total_tokens;
  return { vectors: complete, tokens: typeof tokens === 'number' ? tokens : 0, dimensions };
};

const readVector = (embedding: unknown): Float32Array => {
  const vector =
    typeof embedding === 'string'
      ? fromBase64(embedding)
      : Array.isArray(embedding)
        ? Float32Array.from(embedding as number[])
        : undefined;
  if (!vector || vector.length === 0) throw malformedAnswer('an embedding is empty or no vector');
  if (!vector.every(Number.isFinite)) throw malformedAnswer('an embedding holds a value that is no number');
  return vector;
};

/** Little-endian 32-bit floats, as OpenAI packs them (and as every machine that runs Node keeps them). */
const fromBase64 = (text: string): Float32Array | undefined => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  // Copied, because a Buffer may begin anywhere in a shared block.
  return new Float32Array(new Uint8Array(bytes).buffer);
};
