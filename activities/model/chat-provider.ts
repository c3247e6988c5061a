import type { ModelProvider } from '../../contracts/question.js';

export interface ChatMessage {
  role: 'user' | 'assistant';
  content: string;
}

export interface ChatRequest {
  system: string;
  messages: readonly ChatMessage[];
  /** Longest answer; default: the model's own. */
  maxTokens?: number;
  /** Default 0: the same question should give the same SQL. */
  temperature?: number;
  signal?: AbortSignal | undefined;
  /** Default, and at most: the provider's. */
  timeoutMs?: number | undefined;
}

export interface ChatCompletion {
  text: string;
  /** `stop`, `length` (cut off by `maxTokens`), `content_filter`, or another word of the endpoint's. */
  finishReason: string;
  /** As the endpoint counts them; 0 where it does not. */
  usage: { promptTokens: number; completionTokens: number };
}

/** A language model and its tokeniser. */
export interface ChatModel {
  provider: ChatProvider;
  /** Loads the tokeniser when it is first asked for: some 90 MB. */
  loadTokenCounter: () => Promise<(text: string) => number>;
}

export interface ChatProvider {
  readonly name: string;
  readonly kind: ModelProvider;
  /** Throws QuaestorError with a `model_…` code, or the reason of `signal` as it is. */
  complete(request: ChatRequest): Promise<ChatCompletion>;
}
