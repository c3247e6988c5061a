import type { IncomingMessage, ServerResponse } from 'node:http';
import { OpenAiError } from './openai-error.js';
import type { Behaviour, RecordedRequest } from './types.js';

/** One request and the ways of answering it. Ends by an answer, by the client going away, or by the server closing. */
export class Exchange {
  private readonly closed = new AbortController();
  private settled = false;

  constructor(
    private readonly incoming: IncomingMessage,
    private readonly response: ServerResponse,
    readonly request: RecordedRequest,
    /** Called once, before the client can know that the answer is complete. */
    private readonly onSettled: () => void,
  ) {
    response.on('close', () => {
      this.settle();
      this.closed.abort();
    });
  }

  get gone(): boolean {
    return this.closed.signal.aborted;
  }

  /** Neither answered in full nor cut off. */
  get pending(): boolean {
    return !this.settled;
  }

  private settle(): void {
    if (this.settled) return;
    this.settled = true;
    this.onSettled();
  }

  async readBody(): Promise<string> {
    this.incoming.setEncoding('utf8');
    let text = '';
    for await (const chunk of this.incoming) text += chunk as string;
    return text;
  }

  /** Waits, or less if the other side goes. */
  wait(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return this.until((done) => {
      const timer = setTimeout(done, ms);
      return () => clearTimeout(timer);
    });
  }

  /** Resolves when `done` is called or the other side goes; `start` returns what cleans up. */
  until(start: (done: () => void) => () => void): Promise<void> {
    if (this.gone) return Promise.resolve();
    return new Promise((resolve) => {
      let cleanUp: (() => void) | undefined;
      const done = (): void => {
        this.closed.signal.removeEventListener('abort', done);
        cleanUp?.();
        resolve();
      };
      this.closed.signal.addEventListener('abort', done, { once: true });
      cleanUp = start(done);
    });
  }

  send(status: number, body: string, headers: Record<string, string> = {}): void {
    if (this.gone) return;
    this.request.status = status;
    this.response.writeHead(status, {
      'content-type': 'application/json',
      'x-request-id': `req_${this.request.number}`,
      ...headers,
    });
    this.settle();
    this.response.end(body);
  }

  sendJson(body: unknown): void {
    this.send(200, JSON.stringify(body));
  }

  sendError(error: OpenAiError, headers: Record<string, string> = {}): void {
    this.send(error.status, JSON.stringify(error.body), headers);
  }

  /** Server-sent events. `cutAfterFirst`: RST, or silence, after the first of them. */
  sendEvents(events: readonly string[], cutAfterFirst?: 'reset' | 'hang'): void {
    if (this.gone) return;
    this.request.status = 200;
    this.response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    if (cutAfterFirst) {
      this.response.write(events[0] ?? '', () => {
        if (cutAfterFirst === 'reset') this.reset();
      });
      return;
    }
    for (const event of events.slice(0, -1)) this.response.write(event);
    this.settle();
    this.response.end(events.at(-1));
  }

  reset(): void {
    this.response.socket?.resetAndDestroy();
  }

  private sendHalf(afterwards: 'reset' | 'hang'): void {
    if (this.gone) return;
    this.request.status = 200;
    this.response.writeHead(200, { 'content-type': 'application/json', 'content-length': '4096' });
    this.response.write('{"object":"list","data":[', () => {
      if (afterwards === 'reset') this.reset();
    });
  }

  /** Carries out the behaviours that need no valid request. False: the endpoint has to answer. */
  misbehave(behaviour: Behaviour, streaming: boolean): boolean {
    switch (behaviour.kind) {
      case 'rate-limit':
        this.sendError(
          new OpenAiError(429, 'Rate limit reached for requests', {
            type: 'requests',
            code: 'rate_limit_exceeded',
          }),
          retryHeaders(behaviour),
        );
        return true;
      case 'quota':
        this.sendError(
          new OpenAiError(
            429,
            'You exceeded your current quota, please check your plan and billing details.',
            {
              type: 'insufficient_quota',
              code: 'insufficient_quota',
            },
          ),
        );
        return true;
      case 'error':
        this.sendError(
          new OpenAiError(behaviour.status, behaviour.message ?? `Scripted error ${behaviour.status}`, {
            code: behaviour.code ?? null,
            param: behaviour.param ?? null,
          }),
          behaviour.headers,
        );
        return true;
      case 'hang':
        return true;
      case 'malformed-json':
        this.send(200, '{"object": "list", "data": [{');
        return true;
      case 'html':
        this.send(200, '<html><body>Please sign in</body></html>', { 'content-type': 'text/html' });
        return true;
      case 'reset':
        this.reset();
        return true;
      case 'reset-in-body':
      case 'hang-in-body':
        if (streaming) return false;
        this.sendHalf(behaviour.kind === 'reset-in-body' ? 'reset' : 'hang');
        return true;
      default:
        return false;
    }
  }
}

const retryHeaders = ({
  retryAfter,
  retryAfterMs,
}: {
  retryAfter?: number | Date | string;
  retryAfterMs?: number;
}): Record<string, string> => ({
  ...(retryAfter === undefined
    ? {}
    : { 'retry-after': retryAfter instanceof Date ? retryAfter.toUTCString() : String(retryAfter) }),
  ...(retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) }),
});
