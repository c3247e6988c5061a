export type Endpoint = 'embeddings' | 'chat' | 'models';

/** What the server does with one request. `latencyMs` comes before anything else and replaces the server's own. */
export type Behaviour = { latencyMs?: number } & (
  | { kind: 'ok' }
  /** Waits until `server.release()`, then answers as usual: for tests of what happens meanwhile. */
  | { kind: 'hold' }
  /** 429. `retryAfter`: seconds as a number, an HTTP date from a Date, a string as it is; neither: no header. */
  | { kind: 'rate-limit'; retryAfter?: number | Date | string; retryAfterMs?: number }
  /** 429 with the code `insufficient_quota`. */
  | { kind: 'quota' }
  | {
      kind: 'error';
      status: number;
      message?: string;
      code?: string;
      param?: string;
      headers?: Record<string, string>;
    }
  /** Never answers; the socket stays open until the client or `server.close()` ends it. */
  | { kind: 'hang' }
  /** Sends headers and the beginning of the body, then nothing. */
  | { kind: 'hang-in-body' }
  | { kind: 'malformed-json' }
  /** 200 with an HTML page, as a captive portal does. */
  | { kind: 'html' }
  /** Closes the connection with RST before any answer. */
  | { kind: 'reset' }
  /** RST after the beginning of the body. */
  | { kind: 'reset-in-body' }
  /** Embeddings: all vectors, or only the last, have this length. */
  | { kind: 'wrong-dimensions'; dimensions: number; only?: 'last' }
  /** Embeddings: one vector fewer than texts. */
  | { kind: 'missing-vector' }
  /** Chat: 200 with `choices: []`. */
  | { kind: 'empty-choices' }
  /** Chat: the reply cut in half, `finish_reason: length`. */
  | { kind: 'finish-length' }
  /** Chat: this reply instead of the callback's. */
  | { kind: 'text'; text: string }
);

export interface ChatMessage {
  role: string;
  content: string;
}

export interface RecordedRequest {
  /** 1 for the first request since the start or the last `reset()`. */
  number: number;
  endpoint: Endpoint | 'unknown';
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed JSON; undefined where there was none. */
  body: unknown;
  /** Texts (embeddings) or messages (chat). */
  inputs: number;
  /** Tokens of the inputs; 0 for requests that were refused before counting. */
  tokens: number;
  behaviour: Behaviour['kind'];
  /** Status sent; undefined while pending and where the connection was cut instead. */
  status: number | undefined;
}

export interface ModelServerStats {
  requests: number;
  byEndpoint: Record<Endpoint | 'unknown', number>;
  /** Texts that were embedded. */
  embeddedInputs: number;
  embeddedTokens: number;
  /** TCP connections accepted. */
  connections: number;
  /** Waiting for `release()`. */
  held: number;
  inFlight: number;
  maxInFlight: number;
}

export interface ModelServerOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Of the vectors and of `faults`. Default 1. */
  seed?: number;
  /** When set, requests without this bearer key get 401. */
  apiKey?: string;
  /** Before every answer, for both endpoints or each. Default 0. */
  latencyMs?: number | Partial<Record<Endpoint, number>>;
  /** Of vectors where the request does not say. Default 1,536. */
  dimensions?: number;
  /** Names that exist; others get 404. Default: every name exists. */
  models?: readonly string[];
  /** Parameters of chat requests that are refused with 400, as reasoning models do with `temperature`. */
  unsupportedParameters?: readonly string[];
  /** The chat model. Default: a fixed SELECT in a fenced block. */
  reply?: (messages: readonly ChatMessage[], request: RecordedRequest) => string | Promise<string>;
  /** Requests kept in `server.requests`. Default 1,000. */
  keepRequests?: number;
}

export interface ModelServer {
  /** With `/v1`, as OPENAI_BASE_URL wants it. */
  readonly baseUrl: string;
  readonly port: number;
  /** The last requests, oldest first. */
  readonly requests: readonly RecordedRequest[];
  readonly stats: Readonly<ModelServerStats>;
  /** Adds behaviours for the next requests of an endpoint, one each, in order. They come before `always` and `faults`. */
  script(endpoint: Endpoint, ...behaviours: Behaviour[]): void;
  /** From now on, for every request of an endpoint that the script does not take; a function may pick by request. */
  always(
    endpoint: Endpoint,
    behaviour: Behaviour | ((request: RecordedRequest) => Behaviour | undefined),
  ): void;
  /** Each request fails with this probability in one of these ways, picked by the seed. Probability 0 ends it. */
  faults(options: { endpoint?: Endpoint; probability: number; behaviours: readonly Behaviour[] }): void;
  /** Replaces the chat callback. */
  setReply(reply: NonNullable<ModelServerOptions['reply']>): void;
  /** Lets all held requests go on, and says how many. */
  release(): number;
  /** Resolves as soon as the condition holds; looked at after every change. Rejects when the server closes. */
  waitUntil(condition: (stats: Readonly<ModelServerStats>) => boolean): Promise<void>;
  /** Forgets requests, counts, script, `always`, `faults` and the reply; releases what is held and cuts what hangs. */
  reset(): void;
  /** Stops listening and cuts every connection, the hanging ones too. */
  close(): Promise<void>;
}
