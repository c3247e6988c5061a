import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { LIMITS } from '../../../contracts/limits.js';
import { splitForTokenizer } from '../../../domain/tokens/split-for-tokenizer.js';
import { deterministicEmbedding } from './deterministic.js';
import { OpenAiError } from './openai-error.js';
import type { Behaviour } from './types.js';

export interface EmbeddingsRequest {
  model: string;
  texts: string[];
  tokens: number;
  dimensions: number | undefined;
  encodingFormat: 'float' | 'base64';
}

const PLAIN = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

const tokensOf = (input: string | number[]): number => {
  if (typeof input !== 'string') return input.length;
  let tokens = 0;
  for (const piece of splitForTokenizer(input)) tokens += countTokens(piece, PLAIN);
  return tokens;
};

/** Reads a request for embeddings and holds it to OpenAI's limits; throws OpenAiError as OpenAI would refuse it. */
export const readEmbeddingsRequest = (
  body: unknown,
  models: readonly string[] | undefined,
): EmbeddingsRequest => {
  const { model, input, dimensions, encoding_format } = (body ?? {}) as Record<string, unknown>;
  if (typeof model !== 'string') throw new OpenAiError(400, 'you must provide a model parameter');
  if (models && !models.includes(model)) throw modelNotFound(model);
  if (encoding_format !== undefined && encoding_format !== 'float' && encoding_format !== 'base64') {
    throw new OpenAiError(400, `'${String(encoding_format)}' is not one of ['float', 'base64']`, {
      param: 'encoding_format',
    });
  }
  if (dimensions !== undefined && !(Number.isInteger(dimensions) && (dimensions as number) > 0)) {
    throw new OpenAiError(400, `Invalid value for 'dimensions': ${String(dimensions)}`, {
      param: 'dimensions',
    });
  }
  const inputs = normaliseInput(input);
  if (inputs.length > LIMITS.embeddingInputs) {
    throw new OpenAiError(
      400,
      `Invalid 'input': array too long. Expected an array with maximum length ${LIMITS.embeddingInputs}, but got an array with length ${inputs.length} instead.`,
      { param: 'input', code: 'array_above_max_length' },
    );
  }
  let tokens = 0;
  for (const item of inputs) {
    const itemTokens = tokensOf(item);
    if (itemTokens > LIMITS.embeddingInputTokens) {
      throw new OpenAiError(
        400,
        `This model's maximum context length is ${LIMITS.embeddingInputTokens} tokens, however you requested ${itemTokens} tokens. Please reduce the length of the input.`,
        { param: 'input', code: 'context_length_exceeded' },
      );
    }
    tokens += itemTokens;
  }
  if (tokens > LIMITS.embeddingTokens) {
    throw new OpenAiError(
      400,
      `Requested ${tokens} tokens, max ${LIMITS.embeddingTokens} tokens per request`,
      { type: 'max_tokens_per_request', code: 'max_tokens_per_request' },
    );
  }
  return {
    model,
    texts: inputs.map((item) => (typeof item === 'string' ? item : item.join(' '))),
    tokens,
    dimensions: dimensions as number | undefined,
    encodingFormat: encoding_format === 'base64' ? 'base64' : 'float',
  };
};

/** A text, texts, the tokens of one text, or the tokens of several. */
const normaliseInput = (input: unknown): (string | number[])[] => {
  const list = Array.isArray(input) && typeof input[0] !== 'number' ? input : [input];
  const valid = list.every(
    (item) =>
      (typeof item === 'string' && item.length > 0) ||
      (Array.isArray(item) && item.length > 0 && item.every((token) => Number.isInteger(token))),
  );
  if (list.length === 0 || !valid) {
    throw new OpenAiError(400, "'$.input' is invalid. Inputs must be texts that are not empty.", {
      param: 'input',
    });
  }
  return list as (string | number[])[];
};

export const modelNotFound = (model: string): OpenAiError =>
  new OpenAiError(404, `The model \`${model}\` does not exist or you do not have access to it.`, {
    code: 'model_not_found',
  });

/** The answer to a request for embeddings, with the faults that concern vectors. */
export const embeddingsAnswer = (
  request: EmbeddingsRequest,
  behaviour: Behaviour,
  { dimensions: defaultDimensions, seed }: { dimensions: number; seed: number },
): unknown => {
  const right = request.dimensions ?? defaultDimensions;
  const lengthAt = (index: number): number => {
    if (behaviour.kind !== 'wrong-dimensions') return right;
    return behaviour.only === 'last' && index < request.texts.length - 1 ? right : behaviour.dimensions;
  };
  const texts = behaviour.kind === 'missing-vector' ? request.texts.slice(1) : request.texts;
  return {
    object: 'list',
    data: texts.map((text, index) => {
      const vector = deterministicEmbedding(text, lengthAt(index), seed);
      return {
        object: 'embedding',
        index,
        embedding: request.encodingFormat === 'base64' ? toBase64(vector) : Array.from(vector),
      };
    }),
    model: request.model,
    usage: { prompt_tokens: request.tokens, total_tokens: request.tokens },
  };
};

const toBase64 = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
