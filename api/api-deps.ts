import type { Database } from '../db/database.js';
import type { AnswerCache } from '../platform/answer-cache.js';
import type { Config } from '../platform/config.js';
import type { DatasetStore } from '../platform/dataset-store/dataset-store.js';
import type { EventBus } from '../platform/event-bus.js';
import type { Health } from '../platform/health.js';
import type { JobEngine } from '../platform/job-engine.js';
import type { Logger } from '../platform/logger.js';
import type { Metrics } from '../platform/metrics.js';
import type { RateLimiter } from '../platform/rate-limit/rate-limiter.js';

/** What the API works with; it owns none of it and closes none of it. */
export interface ApiDeps {
  config: Pick<Config, 'encryptionKey' | 'answerCacheTtlMs' | 'model' | 'rateLimits' | 'uploadBytes'>;
  db: Database;
  engine: JobEngine;
  bus: EventBus;
  limiter: RateLimiter;
  answers: AnswerCache;
  files: DatasetStore;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  /** Aborted when the process stops: open event streams end (clients resume elsewhere) and waiting requests answer. */
  stopping?: AbortSignal;
  /** Times of event streams; the defaults are for everything but tests. */
  streams?: Partial<StreamTimes>;
}

export interface StreamTimes {
  /** How often the store is asked without a wake-up. Default 250. */
  pollMs: number;
  /** Comment lines that keep proxies from closing a quiet stream. Default 15,000. */
  heartbeatMs: number;
  /** How often a stream asks the engine whether its job still lives. Default 10,000. */
  reconcileMs: number;
}

export const STREAM_TIMES: StreamTimes = { pollMs: 250, heartbeatMs: 15_000, reconcileMs: 10_000 };
