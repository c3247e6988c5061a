import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { sendStream } from '../../../cli/send-stream.js';

const PIECE = Buffer.alloc(64 * 1024, 'x');

/** Gives what `use` gives for the address of a server with this listener. */
async function withServer<Result>(
  listener: RequestListener,
  use: (url: string) => Promise<Result>,
): Promise<Result> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const pieces = (count: number): Readable => Readable.from(Array.from({ length: count }, () => PIECE));
const send = (url: string, bytes: Readable, sizeBytes: number, signal?: AbortSignal): Promise<Response> =>
  sendStream(url, {
    method: 'PATCH',
    headers: { 'content-length': String(sizeBytes), 'x-one': 'two' },
    bytes,
    ...(signal ? { signal } : {}),
  });

test('every byte arrives, and the reply comes back with its status, headers and body', async () => {
  let received = 0;
  const reply = await withServer(
    (request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.length));
      request.on('end', () =>
        response.writeHead(201, { 'quaestor-job': request.headers['x-one'] }).end('{"ok":true}'),
      );
    },
    (url) => send(url, pieces(50), 50 * PIECE.length),
  );
  expect(received).toBe(50 * PIECE.length);
  expect([reply.status, reply.headers.get('quaestor-job')]).toEqual([201, 'two']);
  expect(await reply.json()).toEqual({ ok: true });
});

test('a reply without a body is one', async () => {
  const reply = await withServer(
    (request, response) => request.resume().on('end', () => response.writeHead(204).end()),
    (url) => send(url, pieces(1), PIECE.length),
  );
  expect([reply.status, reply.body]).toEqual([204, null]);
});

test('a refusal before the last byte is told, and the rest is not sent', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield PIECE;
    })(),
  );
  const reply = await withServer(
    (_request, response) => response.writeHead(409).end('{"code":"upload_offset_mismatch"}'),
    (url) => send(url, endless, Number.MAX_SAFE_INTEGER),
  );
  expect([reply.status, await reply.json()]).toEqual([409, { code: 'upload_offset_mismatch' }]);
  expect(endless.destroyed).toBe(true);
});

test('a connection that breaks is an error', async () => {
  const sending = withServer(
    (request) => request.once('data', () => request.socket.destroy()),
    (url) => send(url, pieces(500), 500 * PIECE.length),
  );
  await expect(sending).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
});

test('a connection that breaks behind the last byte, before the reply, is an error', async () => {
  const sending = withServer(
    (request) => request.resume().on('end', () => request.socket.destroy()),
    (url) => send(url, pieces(1), PIECE.length),
  );
  await expect(sending).rejects.toThrow(/ECONNRESET|EPIPE|socket hang up/);
});

test('a file that cannot be read is an error', async () => {
  const broken = new Readable({ read: (): void => void broken.destroy(new Error('no such sector')) });
  await expect(
    withServer(
      () => undefined,
      (url) => send(url, broken, 10),
    ),
  ).rejects.toThrow('no such sector');
});

test('one that is aborted ends with the reason, also while the reply is waited for', async () => {
  const reason = new Error('enough');
  const silent = new Readable({ read: () => undefined });
  silent.push('x');
  for (const [bytes, sizeBytes] of [
    [silent, 10],
    [pieces(1), PIECE.length],
  ] as const) {
    const stop = new AbortController();
    const sending = withServer(
      (request) => {
        if (sizeBytes === 10) stop.abort(reason);
        else request.resume().on('end', () => stop.abort(reason));
      },
      (url) => send(url, bytes, sizeBytes, stop.signal),
    );
    await expect(sending).rejects.toBe(reason);
  }
});
