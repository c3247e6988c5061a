import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import pg from 'pg';
import { findFreePort } from '../../../platform/embedded/free-port.js';
import { type PgliteServer, startPgliteServer } from '../../../platform/embedded/pglite-server.js';

jest.setTimeout(60_000);

async function withClient<T>(connectionString: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

describe('one PGlite', () => {
  let server: PgliteServer;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pglite-'));
    const port = await findFreePort({ preferred: 29_100 });
    server = await startPgliteServer({
      inMemory: true,
      port,
      waitTimeoutMs: 300,
      logFile: join(folder, 'pglite.log'),
    });
    await withClient(server.connectionString, (client) => client.query('create table kept (v text)'));
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const as = (user: string, password?: string): string => {
    const url = new URL(server.connectionString);
    url.username = user;
    if (password) url.password = password;
    return url.href;
  };

  test('has pgvector with halfvec', async () => {
    await withClient(server.connectionString, async (client) => {
      await client.query('create extension if not exists vector');
      const { rows } = await client.query(`select '[1,2]'::halfvec(2) <=> $1::halfvec as distance`, [
        '[1,2]',
      ]);
      expect(rows[0].distance).toBeCloseTo(0);
    });
  });

  test('a message of several megabytes and a long result pass whole', async () => {
    await withClient(server.connectionString, async (client) => {
      const { rows } = await client.query('select length($1::text) as n', ['x'.repeat(3_000_000)]);
      expect(rows[0].n).toBe(3_000_000);
      const many = await client.query('select i, repeat($1, 100) from generate_series(1, 20000) i', ['a']);
      expect(many.rows).toHaveLength(20_000);
    });
  });

  test('200 concurrent callers of a pool of one each get their own rows, failures among them', async () => {
    const pool = new pg.Pool({ connectionString: server.connectionString, max: 1 });
    const caller = async (i: number): Promise<unknown> => {
      if (i % 4 === 0) {
        const client = await pool.connect();
        try {
          await client.query('begin');
          const { rows } = await client.query('select $1::int as x', [i]);
          await client.query(i % 8 ? 'commit' : 'rollback');
          return rows[0].x;
        } finally {
          client.release();
        }
      }
      if (i % 4 === 1) return pool.query('select 1 / $1::int', [0]).catch((error) => error.code);
      if (i % 4 === 2) return pool.query(`selec ${i}`).catch((error) => error.code);
      return (await pool.query('select $1::int as x', [i])).rows[0].x;
    };
    const expected = (i: number) => (i % 4 === 1 ? '22012' : i % 4 === 2 ? '42601' : i);
    const callers = Array.from({ length: 200 }, (_, i) => i);
    try {
      await expect(Promise.all(callers.map(caller))).resolves.toEqual(callers.map(expected));
    } finally {
      await pool.end();
    }
  });

  test('the next connection finds nothing of the session before it', async () => {
    await withClient(server.connectionString, async (client) => {
      await client.query(`select set_config('app.tenant_id', 'A', false), pg_advisory_lock(42)`);
      await client.query('create temp table left_behind (a int)');
      await client.query(`prepare left_prepared as select 1`);
      await client.query(`set statement_timeout = '7s'`);
    });
    await withClient(server.connectionString, async (client) => {
      const { rows } =
        await client.query(`select coalesce(current_setting('app.tenant_id', true), '') as tenant,
        to_regclass('left_behind') as temp, current_setting('statement_timeout') as timeout,
        (select count(*)::int from pg_prepared_statements where name = 'left_prepared') as prepared,
        (select count(*)::int from pg_locks where locktype = 'advisory') as locks`);
      expect(rows[0]).toEqual({ tenant: '', temp: null, timeout: '0', prepared: 0, locks: 0 });
    });
  });

  test('a client killed with -9 in a transaction leaves no trace', async () => {
    const pgPath = createRequire(import.meta.url).resolve('pg');
    const script = `const pg = require(${JSON.stringify(pgPath)});
      const client = new pg.Client({ connectionString: process.env.URL });
      client.connect().then(() => client.query('begin')).then(() => client.query("insert into kept values ('ghost')"))
        .then(() => console.log('inserted'));`;
    const child = spawn(process.execPath, ['-e', script], {
      env: { URL: server.connectionString },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => reject(new Error('the client ended early')));
    });
    child.kill('SIGKILL');
    await withClient(server.connectionString, async (client) => {
      const { rows } =
        await client.query(`select count(*)::int as ghosts, now() = statement_timestamp() as fresh
        from kept where v = 'ghost'`);
      expect(rows[0]).toEqual({ ghosts: 0, fresh: true });
    });
  });

  test('the session is that of the user named, so that its rights hold', async () => {
    await withClient(server.connectionString, (client) => client.query('create role reader nologin'));
    await withClient(as('reader'), async (client) => {
      const { rows } = await client.query('select current_user as who, session_user as session');
      expect(rows[0]).toEqual({ who: 'reader', session: 'reader' });
      await expect(client.query('select * from kept')).rejects.toMatchObject({ code: '42501' });
    });
    await withClient(server.connectionString, async (client) => {
      expect((await client.query('select current_user as who')).rows[0].who).toBe('postgres');
    });
    await expect(withClient(as('nobody_known'), async () => {})).rejects.toMatchObject({ code: '28000' });
  });

  test('a wrong password is refused', async () => {
    await expect(withClient(as('postgres', 'wrong'), async () => {})).rejects.toMatchObject({
      code: '28P01',
    });
  });

  test('a second connection waits for the first, and is told so when that takes too long', async () => {
    await withClient(server.connectionString, async (first) => {
      await first.query('select 1');
      await expect(withClient(server.connectionString, async () => {})).rejects.toMatchObject({
        code: '53300',
      });
      const second = withClient(server.connectionString, (client) => client.query('select 2 as x'));
      await first.end();
      expect((await second).rows).toEqual([{ x: 2 }]);
    });
  });

  test('bytes that are no Postgres protocol end only their own connection', async () => {
    const { port } = new URL(server.connectionString);
    const socket = connect(Number(port), '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await closed;
    await withClient(server.connectionString, (client) => client.query('select 1'));
  });
});

test('what was committed survives kill -9 of the store, and the folder opens again at once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pglite-kill-'));
  const options = { dataDir: join(folder, 'data'), port: await findFreePort({ preferred: 29_200 }) };
  let server = await startPgliteServer(options);
  try {
    await withClient(server.connectionString, async (client) => {
      await client.query(`create table kept (v text)`);
      await client.query(`insert into kept values ('committed')`);
      await client.query('begin');
      await client.query(`insert into kept values ('not committed')`);
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    });
    server = await startPgliteServer(options);
    const read = () => withClient(server.connectionString, (client) => client.query('select v from kept'));
    expect((await read()).rows).toEqual([{ v: 'committed' }]);
    await server.stop();
    await expect(server.exited).resolves.toMatchObject({ code: 0 });
    server = await startPgliteServer(options);
    expect((await read()).rows).toEqual([{ v: 'committed' }]);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
