import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { EventKind, JobEvent } from '../contracts/events.js';
import { isTerminalJobStatus } from '../contracts/job.js';
import type { ApiClient } from './api-client.js';
import { ApiProblemError, ApiUnreachableError } from './cli-error.js';
import { pause } from './pause.js';

/** An event as the stream carries it: the time of the row stays on the server. A union by kind. */
export type FollowedEvent = { [K in EventKind]: Omit<JobEvent<K>, 'at'> }[EventKind];

export interface FollowJobOptions {
  client: ApiClient;
  jobId: string;
  /** Events after this one. Default 0: all. */
  afterSeq?: number;
  signal?: AbortSignal;
  /** Give up when the API has been away for this long. Default 120 s. */
  giveUpAfterMs?: number;
  /** First wait before a reconnect; doubles up to 5 s; the server's own `retry:` wins. Default 250 ms. */
  reconnectDelayMs?: number;
  onReconnect?: (reason: unknown) => void;
}

const TERMINAL = new Set<string>(['job.succeeded', 'job.failed', 'job.cancelled']);
const MAX_DELAY_MS = 5_000;

/**
 * The events of a job from any point to its end, each once and in order, over as many connections as it takes.
 * A broken stream is opened again with `Last-Event-ID`. It ends after the terminal event, or when there is none left to come.
 * @throws ApiProblemError when the API refuses (unknown job, wrong key), ApiUnreachableError when it stays away,
 * the signal's reason when aborted.
 */
export async function* followJob(options: FollowJobOptions): AsyncGenerator<FollowedEvent, void> {
  const { client, jobId, signal, giveUpAfterMs = 120_000, reconnectDelayMs = 250 } = options;
  let lastSeq = options.afterSeq ?? 0;
  let serverDelayMs: number | undefined;
  let failures = 0;
  let awaySince: number | undefined;
  let hasEndedWithout = false;

  for (;;) {
    let broken: unknown = new Error('the stream ended');
    try {
      const response = await client.openEvents(jobId, {
        ...(lastSeq > 0 ? { lastEventId: lastSeq } : {}),
        ...(signal ? { signal } : {}),
      });
      awaySince = undefined;
      // The job has ended and all its events are known.
      if (response.status === 204) return;
      const onDelay = (waitMs: number) => {
        serverDelayMs = waitMs;
      };
      for await (const message of messagesOf(response, onDelay)) {
        const event = toEvent(jobId, message);
        if (!event || event.seq <= lastSeq) continue;
        lastSeq = event.seq;
        failures = 0;
        yield event;
        if (TERMINAL.has(event.kind)) return;
      }
      // The API ends a stream when it drains, and when there is nothing more to say: the job's row tells which.
      if (hasEndedWithout) return;
      hasEndedWithout = isTerminalJobStatus((await client.readJob(jobId)).status);
      if (hasEndedWithout) continue;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof ApiProblemError && error.problem.status < 500) throw error;
      broken = error;
      awaySince ??= Date.now();
      if (Date.now() - awaySince >= giveUpAfterMs) {
        throw error instanceof ApiProblemError ? error : new ApiUnreachableError(client.baseUrl, error);
      }
    }
    options.onReconnect?.(broken);
    const waitMs = serverDelayMs ?? Math.min(MAX_DELAY_MS, reconnectDelayMs * 2 ** failures);
    failures += 1;
    await pause(waitMs, signal);
  }
}

async function* messagesOf(
  response: Response,
  onDelay: (waitMs: number) => void,
): AsyncGenerator<EventSourceMessage, void> {
  if (!response.body) return;
  const ready: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => ready.push(message), onRetry: onDelay });
  const decoder = new TextDecoder();
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    yield* ready.splice(0);
  }
}

function toEvent(jobId: string, message: EventSourceMessage): FollowedEvent | undefined {
  const seq = Number(message.id);
  if (!Number.isInteger(seq) || !message.event) return undefined;
  try {
    return { jobId, seq, kind: message.event as EventKind, data: JSON.parse(message.data) } as FollowedEvent;
  } catch {
    return undefined;
  }
}
