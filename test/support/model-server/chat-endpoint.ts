import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { splitForTokenizer } from '../../../domain/tokens/split-for-tokenizer.js';
import { modelNotFound } from './embeddings-endpoint.js';
import { OpenAiError } from './openai-error.js';
import type { ChatMessage } from './types.js';

export interface ChatCompletionRequest {
  model: string;
  messages: ChatMessage[];
  tokens: number;
  stream: boolean;
  includeUsage: boolean;
}

const PLAIN = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };

const tokensOf = (text: string): number => {
  let tokens = 0;
  for (const piece of splitForTokenizer(text)) tokens += countTokens(piece, PLAIN);
  return tokens;
};

/** Reads a request for a chat completion; throws OpenAiError as OpenAI would refuse it. */
export const readChatRequest = (
  body: unknown,
  { models, unsupported }: { models: readonly string[] | undefined; unsupported: readonly string[] },
): ChatCompletionRequest => {
  const fields = (body ?? {}) as Record<string, unknown>;
  const { model, messages, stream, stream_options } = fields;
  if (typeof model !== 'string') throw new OpenAiError(400, 'you must provide a model parameter');
  if (models && !models.includes(model)) throw modelNotFound(model);
  for (const param of unsupported) {
    if (fields[param] === undefined) continue;
    throw new OpenAiError(400, `Unsupported parameter: '${param}' is not supported with this model.`, {
      param,
      code: 'unsupported_parameter',
    });
  }
  const valid =
    Array.isArray(messages) &&
    messages.length > 0 &&
    messages.every(
      (m: Partial<ChatMessage> | null) => typeof m?.role === 'string' && typeof m.content === 'string',
    );
  if (!valid)
    throw new OpenAiError(400, "Invalid 'messages': a list of messages is required.", { param: 'messages' });
  const list = messages as ChatMessage[];
  return {
    model,
    messages: list,
    tokens: list.reduce((sum, { content }) => sum + tokensOf(content) + 4, 3),
    stream: stream === true,
    includeUsage: (stream_options as { include_usage?: boolean } | undefined)?.include_usage === true,
  };
};

export interface Reply {
  id: string;
  text: string;
  finishReason: 'stop' | 'length';
  empty: boolean;
}

const usageOf = (request: ChatCompletionRequest, text: string): Record<string, number> => {
  const completion = tokensOf(text);
  return {
    prompt_tokens: request.tokens,
    completion_tokens: completion,
    total_tokens: request.tokens + completion,
  };
};

/** The answer in one piece. */
export const chatAnswer = (request: ChatCompletionRequest, reply: Reply): unknown => ({
  id: reply.id,
  object: 'chat.completion',
  created: 1_700_000_000,
  model: request.model,
  choices: reply.empty
    ? []
    : [
        {
          index: 0,
          message: { role: 'assistant', content: reply.text, refusal: null },
          logprobs: null,
          finish_reason: reply.finishReason,
        },
      ],
  usage: usageOf(request, reply.text),
});

/** The answer as server-sent events, the last one `[DONE]`. */
export const chatEvents = (request: ChatCompletionRequest, reply: Reply): string[] => {
  const chunk = (choices: unknown[], more: Record<string, unknown> = {}): string =>
    JSON.stringify({
      id: reply.id,
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: request.model,
      choices,
      ...more,
    });
  const delta = (value: Record<string, string>, finish_reason: string | null = null): string =>
    chunk([{ index: 0, delta: value, logprobs: null, finish_reason }]);
  const pieces = reply.empty ? [] : (reply.text.match(/\s*\S+|\s+/g) ?? []);
  const events = reply.empty
    ? []
    : [
        delta({ role: 'assistant', content: '' }),
        ...pieces.map((content) => delta({ content })),
        delta({}, reply.finishReason),
      ];
  if (request.includeUsage) events.push(chunk([], { usage: usageOf(request, reply.text) }));
  return [...events, '[DONE]'].map((data) => `data: ${data}\n\n`);
};
