import type { Redis } from 'ioredis';
import { connectImpatientRedis } from '../impatient-redis.js';
import type { Logger } from '../logger.js';

/** A request waits no longer than this for Redis; then it is counted in this process. */
const COMMAND_TIMEOUT_MS = 250;

/**
 * One step on the server, by the server's clock. A refused request takes nothing and does not make the wait longer.
 * Numbers come back as text: Redis would cut them to whole ones.
 */
const TAKE = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local perMinute = tonumber(ARGV[1])
  local saved = redis.call('HMGET', KEYS[1], 'tokens', 'at')
  local refilled = saved[2] and math.max(0, now - tonumber(saved[2])) * perMinute / 60000 or 0
  local tokens = math.min(perMinute, (tonumber(saved[1]) or perMinute) + refilled)
  local left = tokens >= 1 and tokens - 1 or tokens
  redis.call('HSET', KEYS[1], 'tokens', tostring(left), 'at', now)
  redis.call('PEXPIRE', KEYS[1], 120000)
  return tostring(tokens)`;

interface Buckets extends Redis {
  takeToken(key: string, perMinute: number): Promise<string>;
}

/** Token buckets in Redis. `take` returns the tokens that were there, or undefined while Redis is away. */
export function connectRedisBuckets(
  url: string,
  logger?: Logger,
): {
  take(key: string, perMinute: number): Promise<number | undefined>;
  isDegraded(): boolean;
  close(): void;
} {
  const { redis, attempt, isDegraded, close } = connectImpatientRedis({
    url,
    commandTimeoutMs: COMMAND_TIMEOUT_MS,
    logger,
    messages: {
      away: 'Redis is away: each process limits rates for itself',
      back: 'Redis is back: rates are limited together',
    },
  });
  redis.defineCommand('takeToken', { numberOfKeys: 1, lua: TAKE });
  return {
    take: async (key, perMinute) =>
      await attempt(async () =>
        Number(await (redis as Buckets).takeToken(`quaestor:rate:${key}`, perMinute)),
      ),
    isDegraded,
    close,
  };
}
