import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Logger } from './logger.js';
import type { News } from './news.js';
import { IMPATIENT_REDIS } from './redis-options.js';

const CHANNEL = 'quaestor:jobs';

interface Message {
  jobId: string;
  /** Absent in messages of older versions. */
  news?: News;
  from: string;
}

/** The part of the event bus that reaches other processes. When Redis is away nothing waits and nothing throws. */
export function connectRedisBus(
  url: string,
  onWake: (jobId: string, news: News) => void,
  logger?: Logger,
): { publish(jobId: string, news: News): void; isDegraded(): boolean; close(): void } {
  const self = randomUUID();
  const options = { ...IMPATIENT_REDIS, autoResubscribe: false };
  const publisher = new Redis(url, options);
  const subscriber = new Redis(url, options);
  let isSubscribed = false;
  let wasDegraded = false;

  const note = (isDegraded: boolean, error?: Error): void => {
    if (isDegraded === wasDegraded) return;
    wasDegraded = isDegraded;
    if (isDegraded) logger?.warn({ err: error }, 'Redis is away: readers in other processes poll');
    else logger?.info('Redis is back');
  };
  // Without listeners an error would end the process.
  publisher.on('error', (error: Error) => note(true, error));
  subscriber.on('error', (error: Error) => note(true, error));
  subscriber.on('close', () => {
    isSubscribed = false;
  });
  subscriber.on('ready', () => {
    subscriber.subscribe(CHANNEL).then(
      () => {
        isSubscribed = true;
        note(false);
      },
      (error: Error) => note(true, error),
    );
  });
  subscriber.on('message', (_channel, text) => {
    const message = parse(text);
    if (message && message.from !== self) onWake(message.jobId, message.news === 'step' ? 'step' : 'turn');
  });

  return {
    publish(jobId, news) {
      if (publisher.status !== 'ready') return;
      const message: Message = { jobId, news, from: self };
      publisher.publish(CHANNEL, JSON.stringify(message)).catch((error: Error) => note(true, error));
    },
    isDegraded: () => publisher.status !== 'ready' || !isSubscribed,
    close() {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

function parse(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Message;
    return typeof message.jobId === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
