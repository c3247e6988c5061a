import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createOpenAiChat } from '../../../activities/model/openai-chat.js';
import { createOpenAiClient } from '../../../activities/model/openai-client.js';
import { createOpenAiEmbeddings } from '../../../activities/model/openai-embeddings.js';
import type { ErrorCode } from '../../../contracts/errors.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import { type Behaviour, type ModelServer, startModelServer } from '../../support/model-server.js';

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({ apiKey: 'sk-right', dimensions: 8 });
});
afterEach(() => server.reset());
afterAll(() => server.close());

const clientOf = (apiKey = 'sk-right') => createOpenAiClient({ apiKey, baseUrl: server.baseUrl });
const embeddings = (timeoutMs = 10_000) =>
  createOpenAiEmbeddings({ client: clientOf(), model: 'text-embedding-3-small', timeoutMs });
const chat = (timeoutMs = 10_000) =>
  createOpenAiChat({ client: clientOf(), model: 'gpt-4o-mini', timeoutMs });
const question = { system: 'rules', messages: [{ role: 'user' as const, content: 'how many?' }] };

const failureOf = async (work: Promise<unknown>): Promise<QuaestorError> => {
  const outcome = await work.then(
    () => 'no failure',
    (error: unknown) => error,
  );
  expect(outcome).toBeInstanceOf(QuaestorError);
  return outcome as QuaestorError;
};

const faults: [string, Behaviour, ErrorCode][] = [
  ['429', { kind: 'rate-limit' }, 'model_rate_limited'],
  ['429 without quota', { kind: 'quota' }, 'model_rejected_request'],
  ['408', { kind: 'error', status: 408 }, 'model_unavailable'],
  ['409', { kind: 'error', status: 409 }, 'model_unavailable'],
  ['500', { kind: 'error', status: 500 }, 'model_unavailable'],
  ['503', { kind: 'error', status: 503 }, 'model_unavailable'],
  ['400', { kind: 'error', status: 400 }, 'model_rejected_request'],
  ['401', { kind: 'error', status: 401 }, 'model_rejected_request'],
  ['403', { kind: 'error', status: 403 }, 'model_rejected_request'],
  ['404', { kind: 'error', status: 404 }, 'model_rejected_request'],
  ['422', { kind: 'error', status: 422 }, 'model_rejected_request'],
  ['malformed JSON', { kind: 'malformed-json' }, 'model_unavailable'],
  ['an HTML page', { kind: 'html' }, 'model_unavailable'],
  ['a connection reset', { kind: 'reset' }, 'model_unavailable'],
  ['a reset within the body', { kind: 'reset-in-body' }, 'model_unavailable'],
];

describe('faults of the endpoint', () => {
  test.each(faults)('%s becomes its code for embeddings, after one request', async (_, behaviour, code) => {
    server.script('embeddings', behaviour);
    expect((await failureOf(embeddings().embed(['a']))).code).toBe(code);
    expect(server.stats.requests).toBe(1);
  });

  test.each(faults)('%s becomes its code for chat, after one request', async (_, behaviour, code) => {
    server.script('chat', behaviour);
    expect((await failureOf(chat().complete(question))).code).toBe(code);
    expect(server.stats.requests).toBe(1);
  });

  test.each<Behaviour>([{ kind: 'hang' }, { kind: 'hang-in-body' }])(
    'silence ($kind) ends as model_timed_out, and the connection is given up',
    async (behaviour) => {
      server.script('embeddings', behaviour);
      const error = await failureOf(embeddings(80).embed(['a']));
      expect([error.code, error.details]).toEqual(['model_timed_out', { timeoutMs: 80 }]);
      await server.waitUntil(({ inFlight }) => inFlight === 0);
    },
  );

  test('no server at all is model_unavailable and names the network’s code', async () => {
    const probe = createServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    const { port } = probe.address() as AddressInfo;
    await new Promise((resolve) => probe.close(resolve));
    const client = createOpenAiClient({ baseUrl: `http://127.0.0.1:${port}/v1` });
    const error = await failureOf(createOpenAiEmbeddings({ client, model: 'm' }).embed(['a']));
    expect(error.code).toBe('model_unavailable');
    expect(error.message).toContain('ECONNREFUSED');
  });

  test('a wrong key is refused with the endpoint’s own words', async () => {
    const provider = createOpenAiEmbeddings({ client: clientOf('sk-wrong'), model: 'm' });
    const error = await failureOf(provider.embed(['a']));
    expect(error.code).toBe('model_rejected_request');
    expect(error.message).toContain('Incorrect API key provided.');
    expect(error.details).toMatchObject({ status: 401, endpointCode: 'invalid_api_key' });
  });

  test('a key that the endpoint repeats is blotted out', async () => {
    server.script('chat', { kind: 'error', status: 401, message: 'Key sk-proj-abc123DEF456 is unknown' });
    const error = await failureOf(chat().complete(question));
    expect(JSON.stringify([error.message, error.details])).not.toContain('abc123');
    expect(error.message).toContain('Key sk-… is unknown');
  });
});

describe('how long to wait', () => {
  const waitFor = async (behaviour: Behaviour): Promise<number | undefined> => {
    server.script('embeddings', behaviour);
    return (await failureOf(embeddings().embed(['a']))).retryAfterMs;
  };

  test('seconds, fractions of a second and milliseconds are honoured', async () => {
    expect(await waitFor({ kind: 'rate-limit', retryAfter: 7 })).toBe(7_000);
    expect(await waitFor({ kind: 'rate-limit', retryAfter: '0.25' })).toBe(250);
    expect(await waitFor({ kind: 'rate-limit', retryAfter: 7, retryAfterMs: 120 })).toBe(120);
  });

  test('a date is held against the endpoint’s own clock', async () => {
    const headers = {
      date: 'Tue, 01 Jan 2030 00:00:00 GMT',
      'retry-after': 'Tue, 01 Jan 2030 00:00:20 GMT',
    };
    expect(await waitFor({ kind: 'error', status: 429, headers })).toBe(20_000);
    expect(await waitFor({ kind: 'error', status: 503, headers })).toBe(20_000);
  });

  test('a date that is over means at once; nonsense and silence mean nothing', async () => {
    expect(await waitFor({ kind: 'rate-limit', retryAfter: new Date(0) })).toBe(0);
    expect(await waitFor({ kind: 'rate-limit', retryAfter: 'soon' })).toBeUndefined();
    expect(await waitFor({ kind: 'rate-limit' })).toBeUndefined();
  });
});

describe('the caller’s abort', () => {
  test('comes back as the signal’s own reason, and reaches the endpoint', async () => {
    server.always('chat', { kind: 'hang' });
    const controller = new AbortController();
    const reason = new Error('cancelled by the engine');
    const work = chat().complete({ ...question, signal: controller.signal });
    await server.waitUntil(({ inFlight }) => inFlight === 1);
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    await server.waitUntil(({ inFlight }) => inFlight === 0);
  });

  test('is heeded while waiting for a slot, and takes no slot', async () => {
    server.always('embeddings', { kind: 'hold' });
    const provider = createOpenAiEmbeddings({ client: clientOf(), model: 'm', maxConcurrency: 1 });
    const first = provider.embed(['first']);
    await server.waitUntil(({ held }) => held === 1);
    const controller = new AbortController();
    const second = provider.embed(['second'], { signal: controller.signal });
    controller.abort(new Error('gone'));
    await expect(second).rejects.toThrow('gone');
    server.release();
    await first;
    expect(server.stats.requests).toBe(1);
  });

  test('that came before the call sends nothing', async () => {
    await expect(
      embeddings().embed(['a'], { signal: AbortSignal.abort(new Error('early')) }),
    ).rejects.toThrow('early');
    expect(server.stats.requests).toBe(0);
  });
});
