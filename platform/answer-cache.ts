import { LRUCache } from 'lru-cache';
import type { Answer } from '../contracts/question.js';
import { connectImpatientRedis } from './impatient-redis.js';
import type { Logger } from './logger.js';

/** An answer as it is shown, and the question that made it. It never changes. */
export interface CachedAnswer {
  questionId: string;
  answer: Answer;
}

/**
 * Answers by their key (platform/answer-cache-key.ts, hex), in this process and behind it in Redis, so that one process finds what
 * another has read. It may forget anything at any time, and what it holds may be out of date: whoever takes an answer out of it has
 * the store confirm it (docs/decisions/0018).
 */
export interface AnswerCache {
  find(key: string): Promise<CachedAnswer | undefined>;
  /** Never waits. */
  remember(key: string, cached: CachedAnswer): void;
  /** Never waits. */
  forget(key: string): void;
  /** True when Redis is configured and away: each process then remembers for itself. */
  isDegraded(): boolean;
  close(): void;
}

export interface AnswerCacheOptions {
  /** Of this process, by the length of the answers as JSON. */
  maxBytes: number;
  /** 0: nothing is kept. */
  ttlMs: number;
  /** Default: in this process alone. */
  redisUrl?: string | undefined;
  logger?: Logger;
}

/** A question waits no longer than this for Redis; then the store is asked. */
const COMMAND_TIMEOUT_MS = 50;
/** A chart brings its rows along; an answer larger than this is read from the store by each process. */
const REDIS_MAX_CHARS = 256 * 1_024;

export function createAnswerCache({ maxBytes, ttlMs, redisUrl, logger }: AnswerCacheOptions): AnswerCache {
  const isOn = ttlMs > 0 && maxBytes > 0;
  const near = isOn ? new LRUCache<string, CachedAnswer>({ maxSize: maxBytes, ttl: ttlMs }) : undefined;
  const far =
    isOn && redisUrl !== undefined
      ? connectImpatientRedis({
          url: redisUrl,
          commandTimeoutMs: COMMAND_TIMEOUT_MS,
          logger,
          messages: {
            away: 'Redis is away: each process remembers answers for itself',
            back: 'Redis is back: answers are remembered together',
          },
        })
      : undefined;
  const farKey = (key: string): string => `quaestor:answer:${key}`;

  const keep = (key: string, cached: CachedAnswer, json: string): void => {
    // Strings take a byte or two a character; an entry of its own some hundred.
    if (json.length < maxBytes) near?.set(key, cached, { size: json.length + 200 });
  };
  return {
    async find(key) {
      const found = near?.get(key);
      if (found) return found;
      const json = await far?.attempt(async (redis) => await redis.get(farKey(key)));
      if (!json) return undefined;
      const cached = JSON.parse(json) as CachedAnswer;
      keep(key, cached, json);
      return cached;
    },
    remember(key, cached) {
      if (!near) return;
      const json = JSON.stringify(cached);
      keep(key, cached, json);
      if (json.length <= REDIS_MAX_CHARS)
        void far?.attempt(async (redis) => await redis.set(farKey(key), json, 'PX', ttlMs));
    },
    forget(key) {
      near?.delete(key);
      void far?.attempt(async (redis) => await redis.del(farKey(key)));
    },
    isDegraded: () => far?.isDegraded() ?? false,
    close: () => far?.close(),
  };
}
