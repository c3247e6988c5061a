import { Redis } from 'ioredis';
import type { Logger } from './logger.js';
import { IMPATIENT_REDIS } from './redis-options.js';

export interface ImpatientRedisOptions {
  url: string;
  /** What becomes of a call that takes longer is not known; it counts as failed. */
  commandTimeoutMs: number;
  logger?: Logger | undefined;
  /** Said once when Redis goes, and once when it is back. */
  messages: { away: string; back: string };
}

/** A connection for what can be done without Redis. */
export interface ImpatientRedis {
  readonly redis: Redis;
  /** The result of the call, or undefined while Redis is away or slow. Never throws. */
  attempt<Result>(call: (redis: Redis) => Promise<Result>): Promise<Result | undefined>;
  isDegraded(): boolean;
  close(): void;
}

export function connectImpatientRedis(options: ImpatientRedisOptions): ImpatientRedis {
  const { logger, messages } = options;
  const redis = new Redis(options.url, { ...IMPATIENT_REDIS, commandTimeout: options.commandTimeoutMs });
  let wasAway = false;
  const note = (isAway: boolean, error?: unknown): void => {
    if (isAway === wasAway) return;
    wasAway = isAway;
    if (isAway) logger?.warn({ err: error }, messages.away);
    else logger?.info(messages.back);
  };
  // Without a listener an error would end the process.
  redis.on('error', (error: Error) => note(true, error));
  return {
    redis,
    async attempt(call) {
      if (redis.status !== 'ready') return undefined;
      try {
        const result = await call(redis);
        note(false);
        return result;
      } catch (error) {
        note(true, error);
        return undefined;
      }
    },
    isDegraded: () => redis.status !== 'ready' || wasAway,
    close: () => redis.disconnect(),
  };
}
