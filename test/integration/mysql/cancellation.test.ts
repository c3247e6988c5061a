import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMysqlConnector } from '../../../activities/data-sources/mysql/mysql-connector.js';
import { createMysqlSource, describeOnMariadb, type MysqlSource } from '../../support/mysql-sources.js';
import { waitUntil } from '../../support/wait-until.js';

const SLOW = 'SELECT count(*) FROM seq_1_to_1000000 a CROSS JOIN seq_1_to_1000000 b WHERE a.seq + b.seq < 0';

describeOnMariadb('a query on MariaDB that nobody waits for any more', () => {
  let source: MysqlSource;
  const connector = createMysqlConnector({ poolSize: 1 });

  beforeAll(async () => {
    source = await createMysqlSource('CREATE TABLE t (id int)');
  });
  afterAll(async () => {
    await connector.close();
    await source?.drop();
  });

  const running = async (): Promise<number> =>
    (
      await source.rows(
        `SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'SELECT count(*)%'`,
      )
    ).length;

  test('ends on the server, throws the reason, and leaves a pool that works', async () => {
    const cancelled = new AbortController();
    const query = connector.explainAndRun(
      {
        connectionString: source.url,
        sql: SLOW,
        limitedSql: SLOW,
        statementTimeoutMs: 600_000,
        signal: cancelled.signal,
      },
      () => true,
    );
    const ended = query.then(
      () => 'completed',
      (error: unknown) => error,
    );
    await waitUntil('the query runs', async () => (await running()) === 1);
    const reason = new Error('not wanted any more');
    cancelled.abort(reason);
    expect(await ended).toBe(reason);
    await waitUntil('nothing runs on the server', async () => (await running()) === 0);
    const again = await connector.explainAndRun(
      {
        connectionString: source.url,
        sql: 'SELECT 1',
        limitedSql: 'SELECT 1',
        statementTimeoutMs: 30_000,
        signal: new AbortController().signal,
      },
      () => true,
    );
    expect(again.result?.rows).toEqual([[1]]);
  });

  test('does not begin when it was cancelled before, or while it waited for a connection', async () => {
    const before = AbortSignal.abort(new Error('before'));
    const request = {
      connectionString: source.url,
      sql: SLOW,
      limitedSql: SLOW,
      statementTimeoutMs: 600_000,
    };
    await expect(connector.explainAndRun({ ...request, signal: before }, () => true)).rejects.toThrow(
      'before',
    );

    const first = new AbortController();
    const second = new AbortController();
    const holds = connector.explainAndRun({ ...request, signal: first.signal }, () => true);
    const waits = connector.explainAndRun({ ...request, signal: second.signal }, () => true);
    const ends = [holds, waits].map((each) => each.catch((error: Error) => error.message));
    await waitUntil('the first one runs', async () => (await running()) === 1);
    second.abort(new Error('second'));
    expect(await ends[1]).toBe('second');
    first.abort(new Error('first'));
    expect(await ends[0]).toBe('first');
    await waitUntil('nothing runs on the server', async () => (await running()) === 0);
  });
});
