import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { QueryRequest } from '../../../activities/data-sources/connector.js';
import { explainAndRun } from '../../../activities/data-sources/postgres/run-query.js';
import { SourcePools } from '../../../activities/data-sources/postgres/source-pools.js';
import { LIMITS } from '../../../contracts/limits.js';
import { limitFromOutside } from '../../../domain/guard/limit-from-outside.js';
import { createTestSource, queryRows, type TestSource } from '../../support/databases.js';
import { sharedServers } from '../../support/shared-servers.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

/** Runs for hours, but looks for interrupts. */
const ENDLESS = 'SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b';

let source: TestSource;
let pools: SourcePools;

beforeAll(async () => {
  source = await createTestSource('SELECT 1');
});

beforeEach(() => {
  pools = new SourcePools({ poolSize: 1, acquireTimeoutMs: 500 });
});

afterAll(async () => {
  await source.drop();
});

const run = (
  limitedSql: string,
  options: Pick<Partial<QueryRequest>, 'signal' | 'statementTimeoutMs' | 'countsWanted'> & {
    url?: string;
  } = {},
) =>
  explainAndRun(
    pools,
    {
      connectionString: options.url ?? source.url,
      sql: limitedSql,
      limitedSql,
      statementTimeoutMs: options.statementTimeoutMs ?? 30_000,
      signal: options.signal ?? new AbortController().signal,
      ...(options.countsWanted ? { countsWanted: options.countsWanted } : {}),
    },
    () => true,
  );

/** Quaestor's connections to this source that run a statement now, as the server sees them. */
const running = async (): Promise<string[]> =>
  (
    await queryRows<{ query: string }>(
      sharedServers().sourceAdminUrl,
      `SELECT query FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND application_name LIKE 'quaestor%'`,
      [new URL(source.url).pathname.slice(1)],
    )
  ).map((row) => row.query);

const connections = async (): Promise<number> =>
  (
    await queryRows<{ n: number }>(
      sharedServers().sourceAdminUrl,
      'SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = $1',
      [new URL(source.url).pathname.slice(1)],
    )
  )[0]!.n;

const stillWorks = async (): Promise<void> => {
  expect((await run('SELECT 1')).result?.rows).toEqual([[1]]);
  await pools.close();
  await waitUntil('no connection is left', async () => (await connections()) === 0);
};

describe('a result', () => {
  test('of as many rows as are kept is whole; of one more it is truncated', async () => {
    const rows = (n: number) => limitFromOutside(`SELECT i FROM generate_series(1, ${n}) i`);
    const whole = (await run(rows(LIMITS.resultRows))).result!;
    expect(whole.rows).toHaveLength(LIMITS.resultRows);
    expect(whole.truncated).toBe(false);
    const more = (await run(rows(1_000_000))).result!;
    expect(more.rows).toHaveLength(LIMITS.resultRows);
    expect(more.rows.at(-1)).toEqual([LIMITS.resultRows]);
    expect(more.truncated).toBe(true);
    await stillWorks();
  });

  test('of too many bytes is cut at a whole row, and its statement stopped on the server', async () => {
    // A hundred GB, were it read to the end.
    const { result } = await run(`SELECT i, repeat('x', 1000000) AS text FROM generate_series(1, 100000) i`);
    expect(result?.truncated).toBe(true);
    expect(result?.columns).toEqual([
      { name: 'i', type: 'int4' },
      { name: 'text', type: 'text' },
    ]);
    expect(result?.rows).toHaveLength(Math.floor(LIMITS.resultBytes / 1_000_010));
    expect(Buffer.byteLength(JSON.stringify(result?.rows))).toBeLessThanOrEqual(LIMITS.resultBytes + 100);
    await waitUntil('the server works no more', async () => (await running()).length === 0);
    await stillWorks();
  });

  test('with one cell larger than all that is kept does not fill this machine’s memory', async () => {
    const { result } = await run(`SELECT 1 AS small UNION ALL SELECT 2`);
    expect(result?.rows).toHaveLength(2);
    const before = process.memoryUsage.rss();
    const large = await run(`SELECT repeat('x', i) AS text FROM generate_series(200000000, 200000000) i`);
    expect(large.result).toMatchObject({ rows: [], truncated: true, columns: [{ name: 'text' }] });
    expect(process.memoryUsage.rss() - before).toBeLessThan(190_000_000);
    await stillWorks();
  });
});

describe('a count beside a query', () => {
  const counted = async (...statements: string[]) => {
    const { counts, result } = await run('SELECT 1', { countsWanted: async () => statements });
    expect(result?.rows).toEqual([[1]]);
    await stillWorks();
    return [...counts!.values()];
  };

  test('is left out where it would be dear, takes long, or is refused, and the rows are there all the same', async () => {
    expect(await counted(ENDLESS, 'SELECT 3, 4')).toEqual([[3, 4]]);
    expect(await counted('SELECT 1 FROM pg_sleep(600)')).toEqual([]);
    expect(await counted('SELECT 3', 'SELECT count(*) FROM nowhere')).toEqual([[3]]);
    expect(await counted('SELECT 3; SELECT 4')).toEqual([]);
  });

  test('whose caller gives up is cancelled on the server, and is no answer', async () => {
    const controller = new AbortController();
    const reason = new Error('nobody wants it');
    const attempt = run('SELECT 1', {
      signal: controller.signal,
      countsWanted: async () => {
        controller.abort(reason);
        return ['SELECT 1 FROM pg_sleep(600)'];
      },
    });
    await expect(attempt).rejects.toBe(reason);
    await waitUntil('the server works no more', async () => (await running()).length === 0);
    await stillWorks();
  });
});

describe('a statement', () => {
  test('that runs into its time limit is ended by the server', async () => {
    await expect(run(ENDLESS, { statementTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'query_timed_out',
    });
    expect(await running()).toEqual([]);
    await stillWorks();
  });

  test('whose caller gives up is cancelled on the server, and its connection is not used again', async () => {
    const controller = new AbortController();
    const reason = new Error('nobody wants it');
    const attempt = run(ENDLESS, { signal: controller.signal });
    const outcome = expect(attempt).rejects.toBe(reason);
    await waitUntil('the statement runs', async () =>
      (await running()).some((query) => query.includes(ENDLESS)),
    );
    controller.abort(reason);
    await outcome;
    await waitUntil('the server works no more', async () => (await running()).length === 0);
    await waitUntil('the connection is gone', async () => (await connections()) === 0);
    await stillWorks();
  });

  test('whose caller has given up before is not begun', async () => {
    const reason = new Error('too late');
    await expect(run(ENDLESS, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await connections()).toBe(0);
  });

  test('whose caller gives up while it waits for a connection does not take one', async () => {
    const first = new AbortController();
    const second = new AbortController();
    const reason = new Error('enough');
    const holding = expect(run(ENDLESS, { signal: first.signal })).rejects.toBe(reason);
    await waitUntil('the only connection is taken', async () => (await running()).length === 1);
    const waiting = expect(run('SELECT 1', { signal: second.signal })).rejects.toBe(reason);
    second.abort(reason);
    await waiting;
    first.abort(reason);
    await holding;
    await stillWorks();
  });

  test('whose caller gives up ends even when the server can no longer be reached to cancel it', async () => {
    const proxy = await startTcpProxy({ target: source.url });
    const controller = new AbortController();
    const reason = new Error('nobody wants it');
    const outcome = expect(run(ENDLESS, { signal: controller.signal, url: proxy.url })).rejects.toBe(reason);
    await waitUntil('the statement runs', async () => (await running()).length === 1);
    await proxy.refuse();
    controller.abort(reason);
    await outcome;
    await proxy.close();
    await queryRows(
      sharedServers().sourceAdminUrl,
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1',
      [new URL(source.url).pathname.slice(1)],
    );
    await stillWorks();
  });

  test('that many give up at once leaves no connection behind', async () => {
    pools = new SourcePools({ poolSize: 5 });
    const controller = new AbortController();
    setMaxListeners(50, controller.signal);
    const reason = new Error('all of it');
    const outcomes = Array.from({ length: 5 }, () =>
      expect(run(ENDLESS, { signal: controller.signal })).rejects.toBe(reason),
    );
    await waitUntil('all run', async () => (await running()).length === 5);
    controller.abort(reason);
    await Promise.all(outcomes);
    await waitUntil('the server works no more', async () => (await running()).length === 0);
    await stillWorks();
  });
});
