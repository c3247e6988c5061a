import { EventEmitter } from 'node:events';
import type { Logger } from './logger.js';
import { connectRedisBus } from './redis-event-bus.js';

/**
 * Wakes readers of a job's events. It carries no events: rows in Postgres are the truth, and readers also poll,
 * so that a lost wake-up costs a moment and never an event.
 */
export interface EventBus {
  /** Never throws and never waits. */
  publish(jobId: string): void;
  /** Returns the function that ends the subscription. */
  subscribe(jobId: string, wake: () => void): () => void;
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
  const emit = (jobId: string): void => {
    wakes.emit(jobId);
  };
  const redis = options.redisUrl ? connectRedisBus(options.redisUrl, emit, options.logger) : undefined;
  return {
    kind: redis ? 'redis' : 'in-process',
    publish(jobId) {
      emit(jobId);
      redis?.publish(jobId);
    },
    subscribe(jobId, wake) {
      wakes.on(jobId, wake);
      return () => wakes.off(jobId, wake);
    },
    isDegraded: () => redis?.isDegraded() ?? false,
    async close() {
      wakes.removeAllListeners();
      redis?.close();
    },
  };
}
