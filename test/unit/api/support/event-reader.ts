import { createParser, type EventSourceMessage } from 'eventsource-parser';

export interface EventReader {
  status: number;
  headers: Headers;
  /** All events so far, as `seq kind`. */
  seen: string[];
  messages: EventSourceMessage[];
  comments: string[];
  /** Resolves when so many events are there, or the stream has ended. */
  until(count: number): Promise<void>;
  /** Resolves when the server has ended the stream. */
  ended: Promise<void>;
  /** Leaves, as a client does that closes its window. */
  leave(): void;
}

/** Follows a stream of events as EventSource does, but without reconnecting. */
export async function readEvents(
  url: string,
  options: { key: string; lastEventId?: number | string },
): Promise<EventReader> {
  const leaving = new AbortController();
  const response = await fetch(url, {
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${options.key}`,
      ...(options.lastEventId === undefined ? {} : { 'last-event-id': String(options.lastEventId) }),
    },
  });
  const seen: string[] = [];
  const messages: EventSourceMessage[] = [];
  const comments: string[] = [];
  let isOver = false;
  const waiting: (() => void)[] = [];
  const tell = () => {
    for (const resume of waiting.splice(0)) resume();
  };
  const parser = createParser({
    onEvent: (message) => {
      messages.push(message);
      seen.push(`${message.id} ${message.event}`);
      tell();
    },
    onComment: (comment) => {
      comments.push(comment);
      tell();
    },
  });
  const ended = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
        parser.feed(decoder.decode(chunk, { stream: true }));
      }
    } catch (error) {
      if (!leaving.signal.aborted) throw error;
    } finally {
      isOver = true;
      tell();
    }
  })();
  return {
    status: response.status,
    headers: response.headers,
    seen,
    messages,
    comments,
    until: async (count) => {
      while (seen.length < count && !isOver) {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    ended,
    leave: () => leaving.abort(),
  };
}
