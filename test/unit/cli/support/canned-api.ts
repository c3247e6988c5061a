import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
}

export type Reply = (request: SeenRequest, response: ServerResponse) => void;

export interface CannedApi {
  url: string;
  /** In the order in which they came. */
  seen: SeenRequest[];
  /** Replies by `METHOD /path`; a list is used up one by one, its last reply stays. */
  on(route: string, ...replies: Reply[]): void;
  close(): Promise<void>;
}

/** A server on 127.0.0.1 that says what it was told to say. */
export async function startCannedApi(): Promise<CannedApi> {
  const routes = new Map<string, Reply[]>();
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const entry: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
      seen.push(entry);
      const replies = routes.get(`${entry.method} ${entry.path}`);
      const reply = replies && (replies.length > 1 ? replies.shift() : replies[0]);
      (reply ?? problem({ title: 'There is no such thing here', status: 404, code: 'not_found' }))(
        entry,
        response,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    on: (route, ...replies) => {
      routes.set(route, replies);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Reply =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

export const problem = (
  body: { title: string; status: number } & Record<string, unknown>,
  headers: Record<string, string> = {},
): Reply => json(body, body.status, { 'content-type': 'application/problem+json', ...headers });

export interface CannedEvent {
  seq: number;
  kind: string;
  data?: unknown;
}

/** An event stream; `end` says how it stops: cleanly, by a broken connection, or not at all. */
export const events =
  (list: CannedEvent[], end: 'end' | 'break' | 'stay' = 'end'): Reply =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const text = list.map(
      ({ seq, kind, data = {} }) => `id: ${seq}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`,
    );
    // Half an event before the break: it must not be taken for a whole one.
    response.write(
      `retry: 5\n\n: hello\n\n${text.join('')}${end === 'break' ? 'id: 99\nevent: job.succ' : ''}`,
      () => {
        if (end === 'end') response.end();
        if (end === 'break') response.destroy();
      },
    );
  };
