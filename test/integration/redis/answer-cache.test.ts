import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type AnswerCache, createAnswerCache } from '../../../platform/answer-cache.js';
import { hasRedis, type RedisServer, startRedisServer } from '../../support/redis-server.js';
import { waitUntil } from '../../support/wait-until.js';

const answer = {
  ...{ sql: 'SELECT 1', columns: [], rowCount: 0, truncated: false, tables: [], interpretation: null },
  ...{ chart: null, explanation: null, warnings: [], timings: [], repairs: 0 },
  model: { provider: 'built-in' as const, name: 'built-in-translator' },
  answeredAt: '2026-11-28T00:00:00.000Z',
};

// Without redis-server on the PATH these are skipped, and the run says so.
(hasRedis() ? describe : describe.skip)('answers in Redis', () => {
  let redis: RedisServer;
  let caches: AnswerCache[];
  const create = () => createAnswerCache({ maxBytes: 100_000, ttlMs: 60_000, redisUrl: redis.url });
  beforeAll(async () => {
    redis = await startRedisServer();
    caches = [create(), create()];
    await untilDegraded(false);
  });
  afterAll(async () => {
    for (const cache of caches) cache.close();
    await redis.kill();
  });
  const untilDegraded = (isDegraded: boolean) =>
    waitUntil('all caches have noticed', () => caches.every((cache) => cache.isDegraded() === isDegraded));

  test('what one process remembers another one finds, and what one forgets a third does not find', async () => {
    const [one, other] = caches as [AnswerCache, AnswerCache];
    one.remember('key', { questionId: 'q1', answer });
    await waitUntil('the other has it', async () => (await other.find('key')) !== undefined);
    expect(await other.find('key')).toEqual({ questionId: 'q1', answer });
    one.forget('key');
    const third = create();
    await waitUntil('the third is connected', () => !third.isDegraded());
    expect(await third.find('key')).toBeUndefined();
    third.close();
  });

  test('while Redis is away each process remembers for itself, says that it is degraded, and comes back', async () => {
    const [one, other] = caches as [AnswerCache, AnswerCache];
    await redis.kill();
    await untilDegraded(true);
    one.remember('alone', { questionId: 'q2', answer });
    expect(await one.find('alone')).toMatchObject({ questionId: 'q2' });
    expect(await other.find('alone')).toBeUndefined();
    await redis.start();
    await untilDegraded(false);
    one.remember('together', { questionId: 'q3', answer });
    await waitUntil('the other has it', async () => (await other.find('together')) !== undefined);
  });
});
