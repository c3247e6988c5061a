import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { findFreePort } from '../../../platform/embedded/free-port.js';
import { startEmbeddedPostgres } from '../../../platform/embedded/native-postgres.js';
import type { PostgresServer } from '../../../platform/embedded/postgres-cluster.js';

jest.setTimeout(60_000);

let folder: string;
let extra: Set<string>;
let server: PostgresServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'native-postgres-'));
  extra = new Set();
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  for (const path of [folder, ...extra]) rmSync(path, { recursive: true, force: true });
});

async function start(more: object = {}): Promise<PostgresServer> {
  const port = await findFreePort({ preferred: 29_300 });
  const options = { dataDir: join(folder, 'data'), port, user: 'owner', password: 'p@ss/w:rd' };
  server = await startEmbeddedPostgres({ ...options, ...more });
  extra.add(server.dataDir);
  return server;
}
async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

test('a folder is used again after a stop and after kill -9, with what was committed', async () => {
  let running = await start();
  await running.createDatabase('shop é');
  await running.createDatabase('shop é');
  await query(running.connectionString('shop é'), 'create table t as select 7 as a');
  await running.stop();
  running = await start();
  await query(running.connectionString('shop é'), 'update t set a = 8');
  process.kill(running.pid, 'SIGKILL');
  await running.exited;
  await running.stop();
  running = await start();
  await expect(query(running.connectionString('shop é'), 'select a from t')).resolves.toEqual([{ a: 8 }]);
});

test('another password than the folder was made with is an error that says so', async () => {
  await (await start()).stop();
  await expect(start({ password: 'another' })).rejects.toMatchObject({
    code: 'embedded_server_failed',
    message: expect.stringContaining('another user or password'),
  });
});

test('run by root below a folder that nobody else may enter, it finds another place and says where', async () => {
  chmodSync(folder, 0o700);
  const messages: string[] = [];
  const running = await start({ onProgress: (message: string) => messages.push(message) });
  await expect(query(running.connectionString('postgres'), 'select 1 as a')).resolves.toEqual([{ a: 1 }]);
  if (process.getuid?.() === 0) {
    expect(running.dataDir.startsWith(folder)).toBe(false);
    expect(messages).toContainEqual(expect.stringContaining(running.dataDir));
  } else {
    expect(running.dataDir).toBe(join(folder, 'data'));
  }
});
