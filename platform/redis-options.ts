import type { RedisOptions } from 'ioredis';

/** For connections that do without Redis when it is away: nothing waits, nothing is queued. */
export const IMPATIENT_REDIS: RedisOptions = {
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  // Nothing here needs RESP3, which not every server speaks.
  protocol: 2,
  connectTimeout: 2_000,
  retryStrategy: (attempt: number) => Math.min(attempt * 200, 2_000),
};
