import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRateLimiter, type RateLimiter } from '../../../platform/rate-limit/rate-limiter.js';
import { hasRedis, type RedisServer, startRedisServer } from '../../support/redis-server.js';
import { waitUntil } from '../../support/wait-until.js';

// Without redis-server on the PATH these are skipped, and the run says so.
(hasRedis() ? describe : describe.skip)('rate limits in Redis', () => {
  let redis: RedisServer;
  let limiters: RateLimiter[];
  beforeAll(async () => {
    redis = await startRedisServer();
    limiters = [createRateLimiter({ redisUrl: redis.url }), createRateLimiter({ redisUrl: redis.url })];
    await untilDegraded(false);
  });
  afterAll(async () => {
    for (const limiter of limiters) limiter.close();
    await redis.kill();
  });
  const untilDegraded = (isDegraded: boolean) =>
    waitUntil('all limiters have noticed', () =>
      limiters.every((limiter) => limiter.isDegraded() === isDegraded),
    );

  test('processes share one budget, also when they ask at the same moment', async () => {
    const takes = await Promise.all(
      Array.from({ length: 30 }, (_, index) => limiters[index % 2]!.take('together', 10)),
    );
    expect(takes.filter(({ isAllowed }) => isAllowed)).toHaveLength(10);
  });

  test('while Redis is away each process goes on for itself, says that it is degraded, and comes back', async () => {
    await redis.kill();
    await untilDegraded(true);
    const takes = await Promise.all(Array.from({ length: 3 }, () => limiters[0]!.take('alone', 2)));
    expect(takes.map(({ isAllowed }) => isAllowed)).toEqual([true, true, false]);
    await redis.start();
    await untilDegraded(false);
    expect((await limiters[0]!.take('alone', 2)).isAllowed).toBe(true);
  });
});
