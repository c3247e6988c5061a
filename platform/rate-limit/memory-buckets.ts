import { LRUCache } from 'lru-cache';

const MINUTE_MS = 60_000;

/** Buckets kept; a bucket that was not used for a minute is full and can be forgotten. */
const MAX_BUCKETS = 100_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Token buckets of one process. `take` returns the tokens that were there; from one on, one is taken. */
export function createMemoryBuckets(now: () => number = () => performance.now()): {
  take(key: string, perMinute: number): number;
} {
  const buckets = new LRUCache<string, Bucket>({ max: MAX_BUCKETS, ttl: 2 * MINUTE_MS });
  return {
    take(key, perMinute) {
      const atMs = now();
      const bucket = buckets.get(key);
      const refilled = bucket ? ((atMs - bucket.atMs) * perMinute) / MINUTE_MS : 0;
      const tokens = Math.min(perMinute, (bucket?.tokens ?? perMinute) + refilled);
      buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, atMs });
      return tokens;
    },
  };
}
