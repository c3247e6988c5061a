import { setTimeout as pause } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import type { ApiClient } from '../../cli/api-client.js';
import { waitUntil } from './wait-until.js';

export interface WatchedEvent {
  seq: number;
  kind: string;
  data: Record<string, unknown>;
}

export interface JobWatch {
  /** As they came, over all connections. */
  readonly events: readonly WatchedEvent[];
  /** Streams that were opened. */
  readonly connections: number;
  /** All events, when the last has come. Rejects on an event that is repeated, missing or out of order. */
  readonly done: Promise<readonly WatchedEvent[]>;
  /** Resolves when so many events of this kind have come. */
  until(kind: string, count?: number): Promise<void>;
  /** Breaks the connection of now, as a client does that loses its network; the watch goes on with another. */
  disconnect(): void;
}

const TERMINAL = new Set(['job.succeeded', 'job.failed', 'job.cancelled']);

class BrokenOrder extends Error {}

/**
 * Reads a job's event stream as a strict client does: every connection is opened with the last event's id, and must go on with the
 * very next number. (cli/follow-job.ts would forgive a repetition, so it cannot prove that there is none.)
 */
export function watchJob(client: ApiClient, jobId: string): JobWatch {
  const events: WatchedEvent[] = [];
  let connections = 0;
  let current = new AbortController();

  const read = async (): Promise<boolean> => {
    current = new AbortController();
    const lastSeq = events.at(-1)?.seq;
    const response = await client.openEvents(jobId, {
      signal: current.signal,
      ...(lastSeq === undefined ? {} : { lastEventId: lastSeq }),
    });
    connections += 1;
    if (response.status === 204) throw new BrokenOrder('The stream ended without a last event');
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        const seq = Number(id);
        const expected = (events.at(-1)?.seq ?? 0) + 1;
        if (seq !== expected) throw new BrokenOrder(`Event ${seq} came where ${expected} was due`);
        events.push({ seq, kind: event ?? '', data: JSON.parse(data) as Record<string, unknown> });
      },
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
    return TERMINAL.has(events.at(-1)?.kind ?? '');
  };

  const done = (async () => {
    for (;;) {
      try {
        if (await read()) return events;
      } catch (error) {
        if (error instanceof BrokenOrder) throw error;
        // Away or cut: again, from where it was.
      }
      await pause(100);
    }
  })();
  // Whoever awaits `done` hears of it.
  done.catch(() => undefined);
  return {
    events,
    get connections() {
      return connections;
    },
    done,
    until: async (kind, count = 1) => {
      await waitUntil(
        `${count} × ${kind} in the stream`,
        () => events.filter((event) => event.kind === kind).length >= count,
        60_000,
      );
    },
    disconnect: () => current.abort(),
  };
}
