import { Redis } from 'ioredis';
import type { Logger } from '../logger.js';
import { IMPATIENT_REDIS } from '../redis-options.js';

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
  const redis = new Redis(url, { ...IMPATIENT_REDIS, commandTimeout: COMMAND_TIMEOUT_MS }) as Buckets;
  redis.defineCommand('takeToken', { numberOfKeys: 1, lua: TAKE });
  let wasAway = false;
  const note = (isAway: boolean, error?: unknown): void => {
    if (isAway === wasAway) return;
    wasAway = isAway;
    if (isAway) logger?.warn({ err: error }, 'Redis is away: each process limits rates for itself');
    else logger?.info('Redis is back: rates are limited together');
  };
  // Without a listener an error would end the process.
  redis.on('error', (error: Error) => note(true, error));
  return {
    async take(key, perMinute) {
      if (redis.status !== 'ready') return undefined;
      try {
        const tokens = Number(await redis.takeToken(`quaestor:rate:${key}`, perMinute));
        note(false);
        return tokens;
      } catch (error) {
        note(true, error);
        return undefined;
      }
    },
    isDegraded: () => redis.status !== 'ready' || wasAway,
    close: () => redis.disconnect(),
  };
}
