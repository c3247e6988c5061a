import type { Logger } from '../logger.js';
import { createMemoryBuckets } from './memory-buckets.js';
import { connectRedisBuckets } from './redis-buckets.js';

/** How a bucket stands after a request has asked for a token. */
export interface Take {
  isAllowed: boolean;
  /** Whole tokens left. */
  remaining: number;
  /** Until the next token is there; 0 while one is left. */
  retryAfterMs: number;
  /** Until the bucket is full again. */
  resetMs: number;
}

/**
 * Token buckets: each holds `perMinute` tokens, refilled evenly over a minute, and a request takes one. So a user may spend a
 * whole minute's budget at once and then goes on at the even rate.
 */
export interface RateLimiter {
  take(key: string, perMinute: number): Promise<Take>;
  /** True when Redis is configured and away: each process then counts for itself. */
  isDegraded(): boolean;
  close(): void;
}

export interface RateLimiterOptions {
  /** Default: counted in this process alone. */
  redisUrl?: string | undefined;
  logger?: Logger;
}

/** Buckets in Redis, shared by all processes, or in this process; when Redis fails, in this process until it is back. */
export function createRateLimiter({ redisUrl, logger }: RateLimiterOptions = {}): RateLimiter {
  const memory = createMemoryBuckets();
  const redis = redisUrl === undefined ? undefined : connectRedisBuckets(redisUrl, logger);
  return {
    async take(key, perMinute) {
      const tokens = (await redis?.take(key, perMinute)) ?? memory.take(key, perMinute);
      return toTake(tokens, perMinute);
    },
    isDegraded: () => redis?.isDegraded() ?? false,
    close: () => redis?.close(),
  };
}

const MINUTE_MS = 60_000;

/** `tokens` before the request took one; less than one refuses it. */
function toTake(tokens: number, perMinute: number): Take {
  const isAllowed = tokens >= 1;
  const left = isAllowed ? tokens - 1 : tokens;
  const msPerToken = MINUTE_MS / perMinute;
  return {
    isAllowed,
    remaining: Math.floor(left),
    retryAfterMs: left >= 1 ? 0 : Math.ceil((1 - left) * msPerToken),
    resetMs: Math.ceil((perMinute - left) * msPerToken),
  };
}
