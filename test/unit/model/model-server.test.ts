import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createOpenAiClient } from '../../../activities/model/openai-client.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer({ dimensions: 4 });
});
afterEach(() => server.close());

interface Answer {
  error: { type: string; code: string; param: string };
  data: { embedding: unknown }[];
  usage: { total_tokens: number };
}
const post = async (path: string, body: unknown): Promise<{ status: number; json: Answer }> => {
  const response = await fetch(`${server.baseUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, json: (await response.json()) as Answer };
};
const embed = (input: unknown, more = {}) => post('/embeddings', { model: 'm', input, ...more });

describe('the model server', () => {
  test('refuses more than 2,048 inputs, takes exactly 2,048', async () => {
    expect((await embed(Array.from({ length: 2_048 }, () => 'a'))).status).toBe(200);
    const { status, json } = await embed(Array.from({ length: 2_049 }, () => 'a'));
    expect([status, json.error.type, json.error.code, json.error.param]).toEqual([
      400,
      'invalid_request_error',
      'array_above_max_length',
      'input',
    ]);
  });

  test('refuses an input of more than 8,191 tokens, takes exactly 8,191', async () => {
    const words = (count: number): string => Array.from({ length: count }, () => 'a').join(' ');
    const right = await embed(words(8_191));
    expect([right.status, right.json.usage.total_tokens]).toEqual([200, 8_191]);
    const { status, json } = await embed(words(8_192));
    expect([status, json.error.code]).toEqual([400, 'context_length_exceeded']);
  });

  test('refuses more than 300,000 tokens in one request', async () => {
    // Token ids are inputs too, and cheap to count.
    const input = (tokens: number): number[] => Array.from({ length: tokens }, () => 1);
    const most = [...Array.from({ length: 37 }, () => input(8_000)), input(4_000)];
    expect((await embed(most)).status).toBe(200);
    const { status, json } = await embed([...most, [1]]);
    expect([status, json.error.code]).toEqual([400, 'max_tokens_per_request']);
  });

  test('refuses empty inputs, unknown models and broken JSON as OpenAI does', async () => {
    expect((await embed('')).status).toBe(400);
    expect((await embed([])).status).toBe(400);
    const response = await fetch(`${server.baseUrl}/embeddings`, { method: 'POST', body: '{' });
    expect([response.status, ((await response.json()) as Answer).error.type]).toEqual([
      400,
      'invalid_request_error',
    ]);
    const picky = await startModelServer({ models: ['only'] });
    try {
      const body = JSON.stringify({ model: 'other', input: 'a' });
      expect((await fetch(`${picky.baseUrl}/embeddings`, { method: 'POST', body })).status).toBe(404);
    } finally {
      await picky.close();
    }
  });

  test('gives the same text the same vector, as numbers or base64, and near vectors to texts that share words', async () => {
    const base64 = (await embed('total orders', { encoding_format: 'base64' })).json.data[0]!
      .embedding as string;
    const floats = (await embed('total orders')).json.data[0]!.embedding as number[];
    const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
    expect([...new Float32Array(bytes.buffer)]).toEqual(floats);
    const wide = (await embed(['total orders by day', 'total orders by week', 'shelf'], { dimensions: 512 }))
      .json.data;
    const dot = (a: number[], b: number[]): number => a.reduce((sum, value, n) => sum + value * b[n]!, 0);
    const [day, week, shelf] = wide.map(({ embedding }) => embedding as number[]) as [
      number[],
      number[],
      number[],
    ];
    expect(dot(day, week)).toBeGreaterThan(dot(day, shelf) + 0.3);
    expect(dot(day, day)).toBeCloseTo(1, 4);
  });

  test('streams a reply whose pieces make the whole, with usage at the end', async () => {
    server.setReply(() => 'SELECT 1,\n  2');
    const client = createOpenAiClient({ baseUrl: server.baseUrl });
    const stream = await client.chat.completions.create({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    let usage: unknown;
    let reason: string | null | undefined;
    for await (const chunk of stream) {
      pieces.push(chunk.choices[0]?.delta.content ?? '');
      reason = chunk.choices[0]?.finish_reason ?? reason;
      usage = chunk.usage ?? usage;
    }
    expect([pieces.join(''), reason]).toEqual(['SELECT 1,\n  2', 'stop']);
    expect(usage).toMatchObject({ prompt_tokens: server.requests[0]!.tokens });
  });

  test('a stream can break in the middle', async () => {
    server.script('chat', { kind: 'reset-in-body' });
    const client = createOpenAiClient({ baseUrl: server.baseUrl });
    const read = async (): Promise<void> => {
      const messages = [{ role: 'user' as const, content: 'hi' }];
      for await (const _ of await client.chat.completions.create({ model: 'm', messages, stream: true }));
    };
    await expect(read()).rejects.toThrow();
  });

  test('follows the script in order, then `always`, then answers rightly again after a reset', async () => {
    server.always('embeddings', { kind: 'error', status: 503 });
    server.script('embeddings', { kind: 'rate-limit', retryAfter: 1 }, { kind: 'ok' });
    const seen: number[] = [];
    for (let n = 0; n < 3; n += 1) seen.push((await embed('a')).status);
    expect(seen).toEqual([429, 200, 503]);
    expect(server.requests.map(({ behaviour, status }) => [behaviour, status])).toEqual([
      ['rate-limit', 429],
      ['ok', 200],
      ['error', 503],
    ]);
    server.reset();
    expect((await embed('a')).status).toBe(200);
    expect(server.stats).toMatchObject({ requests: 1, embeddedInputs: 1, embeddedTokens: 1 });
  });

  test('random faults are the same for the same seed', async () => {
    const run = async (): Promise<number[]> => {
      server.reset();
      server.faults({
        probability: 0.4,
        behaviours: [{ kind: 'error', status: 500 }, { kind: 'rate-limit' }],
      });
      const statuses: number[] = [];
      for (let n = 0; n < 30; n += 1) statuses.push((await embed('a')).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([200, 429, 500]));
    expect(await run()).toEqual(first);
  });

  test('keeps the last requests only', async () => {
    const small = await startModelServer({ keepRequests: 2 });
    try {
      for (let n = 0; n < 3; n += 1) await fetch(`${small.baseUrl}/models`);
      expect(small.requests.map(({ number }) => number)).toEqual([2, 3]);
      expect(small.stats.byEndpoint.models).toBe(3);
    } finally {
      await small.close();
    }
  });

  test('closing cuts what hangs and what is held', async () => {
    server.script('embeddings', { kind: 'hang' }, { kind: 'hold' }, { kind: 'ok', latencyMs: 600_000 });
    const work = Promise.allSettled([embed('a'), embed('b'), embed('c')]);
    await server.waitUntil(({ inFlight, held }) => inFlight === 3 && held === 1);
    await server.close();
    expect((await work).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    server = await startModelServer();
  });
});
