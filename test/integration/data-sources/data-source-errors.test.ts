import { createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { SourcePools } from '../../../activities/data-sources/postgres/source-pools.js';
import { createTestSource, queryRows, type TestSource } from '../../support/databases.js';
import { sharedServers } from '../../support/shared-servers.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

const STRANGER = `stranger_${process.pid}`;
const signal = new AbortController().signal;

let source: TestSource;
let pools: SourcePools;

beforeAll(async () => {
  source = await createTestSource(`
    CREATE TABLE secrets (id int);
    CREATE FUNCTION fails() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no luck today'; END $$;
    CREATE ROLE ${STRANGER} LOGIN PASSWORD 'p'`);
});

beforeEach(() => {
  pools = new SourcePools({ poolSize: 2, acquireTimeoutMs: 1_000 });
});

afterEach(async () => {
  await pools.close();
});

afterAll(async () => {
  await source.drop();
});

const changed = (change: (url: URL) => void): string => {
  const url = new URL(source.url);
  change(url);
  return url.href;
};
const query = (url: string, sql: string) => pools.withClient(url, signal, (client) => client.query(sql));
const fault = (code: string) => ({ name: 'QuaestorError', code });

test('a port where nobody listens is unreachable', async () => {
  const proxy = await startTcpProxy({ target: source.url });
  await proxy.cut();
  await expect(query(proxy.url, 'SELECT 1')).rejects.toMatchObject(fault('data_source_unreachable'));
});

test('a host that there is not is unreachable', async () => {
  const url = changed((one) => {
    one.hostname = 'no-such-host.invalid';
  });
  await expect(query(url, 'SELECT 1')).rejects.toMatchObject(fault('data_source_unreachable'));
});

/** A server of our own on a free port, and the way to it as if it were the data source. */
async function startServer(
  onConnection: (socket: Socket) => void,
): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: changed((url) => Object.assign(url, { port: String(port) })),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

test('a host that says nothing is unreachable after the wait, however small the pool', async () => {
  const silent = await startServer(() => undefined);
  pools = new SourcePools({ poolSize: 1, acquireTimeoutMs: 300 });
  await expect(query(silent.url, 'SELECT 1')).rejects.toMatchObject(fault('data_source_unreachable'));
  await silent.close();
});

test('a server that is no Postgres is told, not waited for', async () => {
  const web = await startServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await expect(query(web.url, 'SELECT 1')).rejects.toMatchObject({ name: 'QuaestorError' });
  await web.close();
});

test('a wrong password, a user that there is not and a missing password are refused logins', async () => {
  for (const change of [
    (url: URL) => Object.assign(url, { password: 'wrong' }),
    (url: URL) => Object.assign(url, { username: 'nobody' }),
    (url: URL) => Object.assign(url, { password: '' }),
  ]) {
    await expect(query(changed(change), 'SELECT 1')).rejects.toMatchObject(fault('data_source_auth_failed'));
  }
});

test('no error tells the password', async () => {
  const url = changed((one) => {
    one.password = 'hunter2';
  });
  const error = await query(url, 'SELECT 1').catch((thrown: unknown) => thrown as Error);
  expect(JSON.stringify([error, (error as Error).message])).not.toContain('hunter2');
});

test('a database that there is not is told as missing', async () => {
  const url = changed((one) => {
    one.pathname = '/no_such_database';
  });
  await expect(query(url, 'SELECT 1')).rejects.toMatchObject(fault('data_source_database_missing'));
});

test('a table that the user may not read is a matter of permission', async () => {
  const url = changed((one) => {
    one.username = STRANGER;
    one.password = 'p';
  });
  await expect(query(url, 'SELECT * FROM secrets')).rejects.toMatchObject({
    ...fault('data_source_permission_denied'),
    details: { sqlState: '42501' },
  });
});

test.each([
  ['a missing column', 'SELECT nope FROM secrets', '42703'],
  ['a syntax error', 'SELECT FROM FROM', '42601'],
  ['a division by zero', 'SELECT 1 / 0', '22012'],
  ['a cast that fails', `SELECT 'x'::int`, '22P02'],
  ['an exception of a function', 'SELECT fails()', 'P0001'],
  [
    'a lock that is not to be had',
    `SET lock_timeout = 1; SET statement_timeout = 0; SELECT pg_advisory_lock(77)`,
    '55P03',
  ],
])('%s is a failed query in the database’s own words', async (_, sql, sqlState) => {
  const held = await holdLock();
  try {
    await expect(query(source.url, sql)).rejects.toMatchObject({
      ...fault('query_failed'),
      details: { sqlState },
    });
  } finally {
    await held();
  }
});

/** Holds an advisory lock until the returned function is called. */
async function holdLock(): Promise<() => Promise<void>> {
  let release: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => {
    release = resolve;
  });
  let taken = false;
  const holder = new SourcePools();
  const holding = holder.withClient(source.url, signal, async (client) => {
    await client.query('SELECT pg_advisory_lock(77)');
    taken = true;
    await wait;
  });
  await waitUntil('the lock is held', () => taken);
  return async () => {
    release();
    await holding;
    await holder.close();
  };
}

test('a place and a hint of the database come with the error', async () => {
  await expect(query(source.url, 'SELECT idd FROM secrets')).rejects.toMatchObject({
    details: { position: 8, hint: expect.stringContaining('secrets.id') },
  });
});

test('a pool that is all taken is told as overloaded after the wait, and recovers', async () => {
  let release: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => {
    release = resolve;
  });
  let holders = 0;
  const holding = Array.from({ length: 2 }, () =>
    pools.withClient(source.url, signal, async (client) => {
      await client.query('SELECT 1');
      holders += 1;
      await wait;
    }),
  );
  await waitUntil('both connections are taken', () => holders === 2);
  await expect(query(source.url, 'SELECT 1')).rejects.toMatchObject(fault('data_source_overloaded'));
  release();
  await Promise.all(holding);
  await query(source.url, 'SELECT 1');
});

test('a server without a free connection is told as overloaded', async () => {
  const database = new URL(source.url).pathname.slice(1);
  await source.execute(
    `ALTER ROLE ${STRANGER} CONNECTION LIMIT 0; GRANT CONNECT ON DATABASE ${database} TO ${STRANGER}`,
  );
  const url = changed((one) => {
    one.username = STRANGER;
    one.password = 'p';
  });
  await expect(query(url, 'SELECT 1')).rejects.toMatchObject(fault('data_source_overloaded'));
});

test('a connection that breaks while a statement runs is told as lost, and the next one works', async () => {
  const proxy = await startTcpProxy({ target: source.url });
  const attempt = query(
    proxy.url,
    'SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b',
  );
  const outcome = expect(attempt).rejects.toMatchObject(fault('data_source_connection_lost'));
  await waitUntil('the statement runs', async () => {
    const rows = await queryRows(
      sharedServers().sourceAdminUrl,
      `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND state = 'active'`,
      [new URL(source.url).pathname.slice(1)],
    );
    return rows.length === 1;
  });
  await proxy.cut();
  await outcome;
  await proxy.restore();
  await query(proxy.url, 'SELECT 1');
  await pools.close();
  await proxy.close();
});

test('a connection that breaks between two statements is told as lost, and does not end the process', async () => {
  const proxy = await startTcpProxy({ target: source.url });
  const attempt = pools.withClient(proxy.url, signal, async (client) => {
    await client.query('SELECT 1');
    await proxy.cut();
    await new Promise((resolve) => client.once('end', resolve));
    await client.query('SELECT 2');
  });
  await expect(attempt).rejects.toMatchObject(fault('data_source_connection_lost'));
  await proxy.restore();
  await query(proxy.url, 'SELECT 1');
  await pools.close();
  await proxy.close();
});

test('a backend that the server ends is told as lost', async () => {
  await expect(query(source.url, 'SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toMatchObject(
    fault('data_source_connection_lost'),
  );
  await query(source.url, 'SELECT 1');
});

test('an error that is not the database’s comes out as it is', async () => {
  const own = new TypeError('a defect');
  await expect(pools.withClient(source.url, signal, () => Promise.reject(own))).rejects.toBe(own);
});

test('more data sources than pools are kept still work', async () => {
  pools = new SourcePools({ pools: 1 });
  const other = changed((one) => one.searchParams.set('fallback_application_name', 'other'));
  const slow = pools.withClient(source.url, signal, async (client) => {
    await query(other, 'SELECT 1');
    return (await client.query<{ n: number }>('SELECT 7 AS n')).rows[0]?.n;
  });
  expect(await slow).toBe(7);
});
