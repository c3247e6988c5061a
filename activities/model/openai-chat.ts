import type OpenAI from 'openai';
import { BadRequestError } from 'openai';
import pLimit from 'p-limit';
import { TASK_QUEUES } from '../../contracts/task-queues.js';
import { callModel } from './call-model.js';
import type { ChatCompletion, ChatProvider, ChatRequest } from './chat-provider.js';
import { malformedAnswer } from './model-error.js';

export interface OpenAiChatOptions {
  client: OpenAI;
  model: string;
  /** Requests at once from this process. Default 15, as the `generation` queue. */
  maxConcurrency?: number;
  /** One request. Default 50 s, under the 60 s of one attempt of the `generation` queue. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 50_000;

/** What this model was found not to take; learned from its refusals, kept for the life of the process. */
interface Dialect {
  temperature: boolean;
  maxTokensName: 'max_tokens' | 'max_completion_tokens';
}

/**
 * Chat completions from an OpenAI-compatible endpoint. Reasoning models refuse `temperature` and `max_tokens` with a 400 that
 * names the parameter: the request is then sent once more in the model's way, and all later ones at once so.
 */
export const createOpenAiChat = ({
  client,
  model,
  maxConcurrency = TASK_QUEUES.generation.concurrency,
  timeoutMs: defaultTimeoutMs = DEFAULT_TIMEOUT_MS,
}: OpenAiChatOptions): ChatProvider => {
  const limit = pLimit(maxConcurrency);
  const dialect: Dialect = { temperature: true, maxTokensName: 'max_tokens' };

  const send = async (request: ChatRequest, signal: AbortSignal): Promise<unknown> => {
    // At most two parameters can be refused, so this ends.
    for (;;) {
      const sent = { ...dialect };
      try {
        return await client.chat.completions.create(
          {
            model,
            messages: [{ role: 'system', content: request.system }, ...request.messages],
            ...(sent.temperature ? { temperature: request.temperature ?? 0 } : {}),
            ...(request.maxTokens === undefined ? {} : { [sent.maxTokensName]: request.maxTokens }),
          },
          { signal },
        );
      } catch (error) {
        if (!learn(dialect, sent, error)) throw error;
      }
    }
  };

  return {
    name: model,
    kind: 'openai-compatible',
    complete: async (request) => {
      const { signal } = request;
      const timeoutMs = Math.min(defaultTimeoutMs, request.timeoutMs ?? defaultTimeoutMs);
      return readCompletion(await callModel({ limit, timeoutMs, signal }, (inner) => send(request, inner)));
    },
  };
};

/** True where the refusal taught something that the refused request did not yet heed. */
const learn = (dialect: Dialect, sent: Dialect, error: unknown): boolean => {
  if (!(error instanceof BadRequestError)) return false;
  if (error.param === 'temperature' && sent.temperature) {
    dialect.temperature = false;
    return true;
  }
  if (error.param === 'max_tokens' && sent.maxTokensName === 'max_tokens') {
    dialect.maxTokensName = 'max_completion_tokens';
    return true;
  }
  return false;
};

interface Answer {
  choices?: {
    message?: { content?: unknown; refusal?: unknown } | null;
    finish_reason?: unknown;
  }[];
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
}

const readCompletion = (answer: unknown): ChatCompletion => {
  const { choices, usage } = (answer ?? {}) as Answer;
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  if (!choice?.message) throw malformedAnswer('it has no choices');
  const { content, refusal } = choice.message;
  return {
    // A model that declines says so in `refusal`; its words are an answer too, only without SQL.
    text: typeof content === 'string' ? content : typeof refusal === 'string' ? refusal : '',
    finishReason: typeof choice.finish_reason === 'string' ? choice.finish_reason : 'unknown',
    usage: { promptTokens: count(usage?.prompt_tokens), completionTokens: count(usage?.completion_tokens) },
  };
};

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
