import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createOpenAiChat } from '../../../activities/model/openai-chat.js';
import { createOpenAiClient } from '../../../activities/model/openai-client.js';
import { createOpenAiEmbeddings } from '../../../activities/model/openai-embeddings.js';
import { deterministicEmbedding } from '../../support/model-server/deterministic.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';

let server: ModelServer;
beforeAll(async () => {
  server = await startModelServer({ dimensions: 16 });
});
afterEach(() => server.reset());
afterAll(() => server.close());

const client = () => createOpenAiClient({ baseUrl: server.baseUrl });
const model = 'text-embedding-3-small';
const question = { system: 'rules', messages: [{ role: 'user' as const, content: 'how many?' }] };

describe('embeddings', () => {
  test('come back exactly, in the order of the texts, with the endpoint’s count of tokens', async () => {
    const provider = createOpenAiEmbeddings({ client: client(), model });
    const { vectors, tokens, dimensions } = await provider.embed(['orders', 'customers', 'orders']);
    expect(vectors).toEqual(['orders', 'customers', 'orders'].map((t) => deterministicEmbedding(t, 16, 1)));
    expect([tokens, dimensions]).toEqual([server.requests[0]!.tokens, 16]);
    expect(server.requests[0]!.body).toMatchObject({ encoding_format: 'base64' });
  });

  test('are asked for in the length wanted', async () => {
    const provider = createOpenAiEmbeddings({ client: client(), model, dimensions: 32 });
    expect((await provider.embed(['a'])).vectors[0]).toHaveLength(32);
  });

  test('no texts are no request', async () => {
    const provider = createOpenAiEmbeddings({ client: client(), model });
    expect(await provider.embed([])).toEqual({ vectors: [], tokens: 0, dimensions: 0 });
    expect(server.stats.requests).toBe(0);
  });

  test('of unequal length in one answer are model_dimensions_changed', async () => {
    server.script('embeddings', { kind: 'wrong-dimensions', dimensions: 8, only: 'last' });
    const provider = createOpenAiEmbeddings({ client: client(), model });
    await expect(provider.embed(['a', 'b'])).rejects.toMatchObject({
      code: 'model_dimensions_changed',
      details: { expected: 16, received: 8 },
    });
  });

  test('of another length than asked for are told in their own', async () => {
    server.script('embeddings', { kind: 'wrong-dimensions', dimensions: 8 });
    const provider = createOpenAiEmbeddings({ client: client(), model, dimensions: 16 });
    expect((await provider.embed(['a', 'b'])).dimensions).toBe(8);
  });

  test('a missing vector is never guessed', async () => {
    server.script('embeddings', { kind: 'missing-vector' });
    const provider = createOpenAiEmbeddings({ client: client(), model });
    await expect(provider.embed(['a', 'b'])).rejects.toMatchObject({ code: 'model_unavailable' });
  });

  test('at most ten requests are at the endpoint at once, and all are answered', async () => {
    server.always('embeddings', { kind: 'hold' });
    const provider = createOpenAiEmbeddings({ client: client(), model });
    const work = Promise.all(Array.from({ length: 25 }, (_, n) => provider.embed([`text ${n}`])));
    let answered = 0;
    while (answered < 25) {
      const expected = Math.min(10, 25 - answered);
      await server.waitUntil(({ held }) => held === expected);
      answered += server.release();
    }
    expect(await work).toHaveLength(25);
    expect(server.stats.maxInFlight).toBe(10);
  });

  test('requests one after the other share a connection', async () => {
    const provider = createOpenAiEmbeddings({ client: client(), model });
    for (const text of ['a', 'b', 'c', 'd']) await provider.embed([text]);
    expect(server.stats.connections).toBeLessThanOrEqual(1);
  });
});

describe('chat', () => {
  test('sends system and messages at temperature 0 and reads text, reason and usage', async () => {
    server.setReply((messages) => `seen ${messages.map(({ role }) => role).join(', ')}`);
    const provider = createOpenAiChat({ client: client(), model: 'gpt-4o-mini' });
    const completion = await provider.complete({ ...question, maxTokens: 200 });
    expect(completion).toMatchObject({ text: 'seen system, user', finishReason: 'stop' });
    expect(completion.usage.promptTokens).toBe(server.requests[0]!.tokens);
    expect(completion.usage.completionTokens).toBeGreaterThan(0);
    expect(server.requests[0]!.body).toMatchObject({ temperature: 0, max_tokens: 200, model: 'gpt-4o-mini' });
  });

  test('an answer cut by its length says so', async () => {
    server.script('chat', { kind: 'finish-length' });
    const provider = createOpenAiChat({ client: client(), model: 'm' });
    expect((await provider.complete(question)).finishReason).toBe('length');
  });

  test('an answer without choices is model_unavailable', async () => {
    server.script('chat', { kind: 'empty-choices' });
    const provider = createOpenAiChat({ client: client(), model: 'm' });
    await expect(provider.complete(question)).rejects.toMatchObject({ code: 'model_unavailable' });
  });

  test('at most fifteen requests are at the endpoint at once', async () => {
    server.always('chat', { kind: 'hold' });
    const provider = createOpenAiChat({ client: client(), model: 'm' });
    const work = Promise.all(Array.from({ length: 20 }, () => provider.complete(question)));
    await server.waitUntil(({ held }) => held === 15);
    server.release();
    await server.waitUntil(({ held }) => held === 5);
    server.release();
    await work;
    expect(server.stats.maxInFlight).toBe(15);
  });

  test('a model that refuses temperature and max_tokens is asked in its own way, and from then on at once', async () => {
    const strict = await startModelServer({ unsupportedParameters: ['temperature', 'max_tokens'] });
    try {
      const provider = createOpenAiChat({
        client: createOpenAiClient({ baseUrl: strict.baseUrl }),
        model: 'reasoner',
      });
      expect((await provider.complete({ ...question, maxTokens: 50 })).finishReason).toBe('stop');
      expect(strict.stats.requests).toBe(3);
      await provider.complete({ ...question, maxTokens: 50 });
      expect(strict.stats.requests).toBe(4);
      expect(strict.requests.at(-1)!.body).toMatchObject({ max_completion_tokens: 50 });
    } finally {
      await strict.close();
    }
  });
});
