import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { findFreePort } from '../../../platform/embedded/free-port.js';

const held: Server[] = [];
afterEach(async () => {
  for (const server of held.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function holdAnyPort(): Promise<number> {
  const server = createServer();
  held.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as { port: number }).port;
}

test('a taken port is passed over for a higher one that can be bound', async () => {
  const taken = await holdAnyPort();
  const port = await findFreePort({ preferred: taken });
  expect(port).toBeGreaterThan(taken);
  const server = createServer();
  held.push(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
});

test('two askers who share a set never get the same port', async () => {
  const taken = new Set<number>();
  const preferred = 28_000 + Math.floor(Math.random() * 1_000);
  const first = await findFreePort({ preferred, taken });
  const second = await findFreePort({ preferred, taken });
  expect(second).not.toBe(first);
  expect(taken).toEqual(new Set([first, second]));
});

test('a range without a free port is an error that names it', async () => {
  const taken = new Set(Array.from({ length: 36 }, (_, i) => 65_500 + i));
  await expect(findFreePort({ preferred: 65_500, taken })).rejects.toMatchObject({
    code: 'embedded_server_failed',
    message: expect.stringContaining('65500'),
  });
});
