import { EventEmitter } from 'node:events';
import type { Logger } from './logger.js';
import type { News } from './news.js';
import { connectRedisBus } from './redis-event-bus.js';

/**
 * Wakes readers of a job's events. It carries no events: rows in Postgres are the truth, and readers also poll,
 * so that a lost wake-up costs a moment and never an event.
 */
export interface EventBus {
  /** Never throws and never waits. */
  publish(jobId: string, news?: News): void;
  /** Returns the function that ends the subscription. Default: every news. */
  subscribe(jobId: string, wake: () => void, only?: 'turn'): () => void;
  close(): Promise<void>;
  readonly kind: 'in-process' | 'redis';
  /** True when other processes are not woken now, though they should be. */
  isDegraded(): boolean;
}

export interface EventBusOptions {
  /** Default: in process only. */
  redisUrl?: string | undefined;
  logger?: Logger;
}

export function createEventBus(options: EventBusOptions = {}): EventBus {
  const wakes = new EventEmitter().setMaxListeners(0);
  const emit = (jobId: string, news: News): void => {
    wakes.emit(jobId);
    if (news === 'turn') wakes.emit(turnsOf(jobId));
  };
  const redis = options.redisUrl ? connectRedisBus(options.redisUrl, emit, options.logger) : undefined;
  return {
    kind: redis ? 'redis' : 'in-process',
    publish(jobId, news = 'turn') {
      emit(jobId, news);
      redis?.publish(jobId, news);
    },
    subscribe(jobId, wake, only) {
      const name = only === 'turn' ? turnsOf(jobId) : jobId;
      wakes.on(name, wake);
      return () => wakes.off(name, wake);
    },
    isDegraded: () => redis?.isDegraded() ?? false,
    async close() {
      wakes.removeAllListeners();
      redis?.close();
    },
  };
}

/** No job's id begins so. */
const turnsOf = (jobId: string): string => `turns of ${jobId}`;
