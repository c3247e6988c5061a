import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BehaviourPlan } from './behaviour-plan.js';
import { chatAnswer, chatEvents, type Reply, readChatRequest } from './chat-endpoint.js';
import { embeddingsAnswer, readEmbeddingsRequest } from './embeddings-endpoint.js';
import { Exchange } from './exchange.js';
import { OpenAiError } from './openai-error.js';
import type {
  Behaviour,
  Endpoint,
  ModelServer,
  ModelServerOptions,
  ModelServerStats,
  RecordedRequest,
} from './types.js';

const DEFAULT_REPLY = '```sql\nSELECT 1 AS one\n```';
const DEFAULT_MODELS = ['text-embedding-3-small', 'gpt-4o-mini'];

const ENDPOINTS: Record<string, Endpoint> = {
  'POST /v1/embeddings': 'embeddings',
  'POST /v1/chat/completions': 'chat',
  'GET /v1/models': 'models',
};

const emptyStats = (): ModelServerStats => ({
  requests: 0,
  byEndpoint: { embeddings: 0, chat: 0, models: 0, unknown: 0 },
  embeddedInputs: 0,
  embeddedTokens: 0,
  held: 0,
  connections: 0,
  inFlight: 0,
  maxInFlight: 0,
});

/**
 * Starts an OpenAI-compatible server on 127.0.0.1: `/v1/embeddings`, `/v1/chat/completions` (whole and as a stream) and
 * `/v1/models`, with OpenAI's own limits (2,048 inputs, 300,000 tokens a request, 8,191 an input) and error bodies, and with
 * scripted faults. Vectors depend on the text only; chat replies come from a callback.
 */
export const startModelServer = async (options: ModelServerOptions = {}): Promise<ModelServer> => {
  const { seed = 1, dimensions = 1_536, keepRequests = 1_000, latencyMs = 0 } = options;
  const defaultReply = options.reply ?? (() => DEFAULT_REPLY);
  const plan = new BehaviourPlan(seed);
  const stats = emptyStats();
  const requests: RecordedRequest[] = [];
  const held = new Set<() => void>();
  const hanging = new Set<Exchange>();
  const waiters = new Set<{ check: () => void; reject: (error: Error) => void }>();
  let reply = defaultReply;

  const changed = (): void => {
    for (const { check } of [...waiters]) check();
  };

  const latencyOf = (endpoint: Endpoint, behaviour: Behaviour): number =>
    behaviour.latencyMs ?? (typeof latencyMs === 'number' ? latencyMs : (latencyMs[endpoint] ?? 0));

  const answerEmbeddings = (exchange: Exchange, behaviour: Behaviour): void => {
    const { request } = exchange;
    const asked = readEmbeddingsRequest(request.body, options.models);
    request.inputs = asked.texts.length;
    request.tokens = asked.tokens;
    stats.embeddedInputs += asked.texts.length;
    stats.embeddedTokens += asked.tokens;
    exchange.sendJson(embeddingsAnswer(asked, behaviour, { dimensions, seed }));
  };

  const answerChat = async (exchange: Exchange, behaviour: Behaviour): Promise<void> => {
    const { request } = exchange;
    const asked = readChatRequest(request.body, {
      models: options.models,
      unsupported: options.unsupportedParameters ?? [],
    });
    request.inputs = asked.messages.length;
    request.tokens = asked.tokens;
    const full = behaviour.kind === 'text' ? behaviour.text : await reply(asked.messages, request);
    const cut = behaviour.kind === 'finish-length';
    const answer: Reply = {
      id: `chatcmpl-${request.number}`,
      text: cut ? full.slice(0, Math.ceil(full.length / 2)) : full,
      finishReason: cut ? 'length' : 'stop',
      empty: behaviour.kind === 'empty-choices',
    };
    if (!asked.stream) exchange.sendJson(chatAnswer(asked, answer));
    else
      exchange.sendEvents(
        chatEvents(asked, answer),
        behaviour.kind === 'reset-in-body' ? 'reset' : behaviour.kind === 'hang-in-body' ? 'hang' : undefined,
      );
  };

  const answerModels = (exchange: Exchange): void =>
    exchange.sendJson({
      object: 'list',
      data: (options.models ?? DEFAULT_MODELS).map((id) => ({ id, object: 'model', owned_by: 'test' })),
    });

  const serve = async (exchange: Exchange): Promise<void> => {
    const { request } = exchange;
    const text = await exchange.readBody();
    if (text !== '') request.body = parse(text);
    if (options.apiKey !== undefined && bearerOf(request.headers['authorization']) !== options.apiKey) {
      throw new OpenAiError(401, 'Incorrect API key provided.', { code: 'invalid_api_key' });
    }
    if (request.endpoint === 'unknown') {
      throw new OpenAiError(404, `Invalid URL (${request.method} ${request.path})`, { code: 'unknown_url' });
    }
    const behaviour = plan.next(request.endpoint, request);
    request.behaviour = behaviour.kind;
    changed();
    await exchange.wait(latencyOf(request.endpoint, behaviour));
    if (behaviour.kind === 'hold') {
      await exchange.until((done) => {
        held.add(done);
        stats.held = held.size;
        changed();
        return () => {
          held.delete(done);
          stats.held = held.size;
        };
      });
    }
    if (exchange.gone) return;
    const streaming =
      request.endpoint === 'chat' && (request.body as { stream?: boolean } | undefined)?.stream === true;
    if (exchange.misbehave(behaviour, streaming)) {
      if (exchange.pending) hanging.add(exchange);
      return;
    }
    if (request.endpoint === 'embeddings') answerEmbeddings(exchange, behaviour);
    else if (request.endpoint === 'chat') await answerChat(exchange, behaviour);
    else answerModels(exchange);
  };

  const server = createServer((incoming, response) => {
    const path = (incoming.url ?? '/').replace(/\?.*$/, '');
    const endpoint = ENDPOINTS[`${incoming.method} ${path}`] ?? 'unknown';
    stats.requests += 1;
    stats.byEndpoint[endpoint] += 1;
    stats.inFlight += 1;
    stats.maxInFlight = Math.max(stats.maxInFlight, stats.inFlight);
    const request: RecordedRequest = {
      number: stats.requests,
      endpoint,
      method: incoming.method ?? 'GET',
      path,
      headers: incoming.headers,
      body: undefined,
      inputs: 0,
      tokens: 0,
      behaviour: 'ok',
      status: undefined,
    };
    requests.push(request);
    if (requests.length > keepRequests) requests.shift();
    const exchange = new Exchange(incoming, response, request, () => {
      hanging.delete(exchange);
      stats.inFlight -= 1;
      changed();
    });
    changed();
    serve(exchange).catch((error: unknown) => {
      exchange.sendError(
        error instanceof OpenAiError ? error : new OpenAiError(500, `Model server: ${String(error)}`),
      );
    });
  });
  server.on('connection', () => {
    stats.connections += 1;
  });
  // A keep-alive socket of a client must not end at the moment of its next request.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  const release = (): number => {
    const count = held.size;
    for (const done of [...held]) done();
    return count;
  };

  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    port,
    requests,
    stats,
    script: (endpoint, ...behaviours) => plan.script(endpoint, behaviours),
    always: (endpoint, behaviour) => plan.always(endpoint, behaviour),
    faults: (rule) => plan.faults(rule),
    setReply: (next) => {
      reply = next;
    },
    release,
    waitUntil: (condition) =>
      new Promise((resolve, reject) => {
        const waiter = {
          check: (): void => {
            if (!condition(stats)) return;
            waiters.delete(waiter);
            resolve();
          },
          reject,
        };
        waiters.add(waiter);
        waiter.check();
      }),
    reset: () => {
      plan.reset();
      reply = defaultReply;
      release();
      for (const exchange of [...hanging]) exchange.reset();
      requests.length = 0;
      // What is still in flight (a client that has not closed yet) keeps its place.
      Object.assign(stats, { ...emptyStats(), inFlight: stats.inFlight });
      changed();
    },
    close: () =>
      new Promise((resolve, reject) => {
        for (const waiter of waiters) waiter.reject(new Error('The model server was closed.'));
        waiters.clear();
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new OpenAiError(400, 'We could not parse the JSON body of your request.');
  }
};

const bearerOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? /^Bearer (.+)$/.exec(header)?.[1] : undefined;
