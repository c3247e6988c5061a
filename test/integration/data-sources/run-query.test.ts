import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { QueryResult } from '../../../activities/data-sources/connector.js';
import { explainAndRun } from '../../../activities/data-sources/postgres/run-query.js';
import { SourcePools } from '../../../activities/data-sources/postgres/source-pools.js';
import { createTestSource, type TestSource } from '../../support/databases.js';

let source: TestSource;
let pools: SourcePools;

beforeAll(async () => {
  source = await createTestSource(`
    CREATE TYPE mood AS ENUM ('happy', 'sad');
    CREATE TYPE pair AS (a int, b text);
    CREATE DOMAIN positive AS int CHECK (VALUE > 0);
    CREATE TABLE canary (id int, note text);
    INSERT INTO canary VALUES (1, 'alive');
    CREATE SCHEMA shadow;
    CREATE TABLE shadow.canary (id int, note text);
    INSERT INTO shadow.canary VALUES (2, 'not this one');
    CREATE FUNCTION fails() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no luck'; END $$;
    CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS $$ UPDATE canary SET note = 'dead' RETURNING id $$`);
  pools = new SourcePools({ poolSize: 2 });
});

afterAll(async () => {
  await pools.close();
  await source.drop();
});

const run = async (sql: string, limitedSql = sql): Promise<QueryResult> => {
  const explained = await explainAndRun(
    pools,
    {
      connectionString: source.url,
      sql,
      limitedSql,
      statementTimeoutMs: 30_000,
      signal: new AbortController().signal,
    },
    () => true,
  );
  return explained.result!;
};

/** The one row's one cell and its type. */
const cell = async (expression: string) => {
  const { rows, columns } = await run(`SELECT ${expression}`);
  return [rows[0]![0], columns[0]!.type];
};

describe('a cell is exact:', () => {
  test.each([
    ['int4', '2147483647', 2_147_483_647, 'int4'],
    ['int8', '9223372036854775807', '9223372036854775807', 'int8'],
    ['negative int8', '(-9007199254740993)::int8', '-9007199254740993', 'int8'],
    [
      'numeric',
      '12345678901234567890.123456789012345678900',
      '12345678901234567890.123456789012345678900',
      'numeric',
    ],
    ['numeric NaN', `'NaN'::numeric`, 'NaN', 'numeric'],
    ['float8', '0.1::float8 + 0.2::float8', 0.1 + 0.2, 'float8'],
    ['float8 at its edge', '5e-324::float8', 5e-324, 'float8'],
    ['float8 NaN', `'NaN'::float8`, 'NaN', 'float8'],
    ['float8 infinity', `'-Infinity'::float8`, '-Infinity', 'float8'],
    ['float4', '0.1::float4', 0.1, 'float4'],
    ['boolean', 'true', true, 'bool'],
    ['null', 'NULL::int', null, 'int4'],
    [
      'timestamptz in UTC',
      `'2024-03-01 12:00:00.123456+05:30'::timestamptz`,
      '2024-03-01 06:30:00.123456+00',
      'timestamptz',
    ],
    ['timestamp', `'0044-03-15 12:00 BC'::timestamp`, '0044-03-15 12:00:00 BC', 'timestamp'],
    ['date', `'infinity'::date`, 'infinity', 'date'],
    ['interval', `'1 mon 2 days 03:00'::interval`, '1 mon 2 days 03:00:00', 'interval'],
    ['json as it was written', `'{"b":1,"a": 1.0,"b":2}'::json`, '{"b":1,"a": 1.0,"b":2}', 'json'],
    ['jsonb with numbers too large', `'{"a": 9007199254740993}'::jsonb`, '{"a": 9007199254740993}', 'jsonb'],
    ['array', `ARRAY['a,b', NULL, 'c"d']`, '{"a,b",NULL,"c\\"d"}', '_text'],
    ['array of int8', 'ARRAY[[1,2],[3,9223372036854775807]]', '{{1,2},{3,9223372036854775807}}', '_int8'],
    ['bytea', `'\\x00ff10'::bytea`, '\\x00ff10', 'bytea'],
    ['enum', `'sad'::mood`, 'sad', 'mood'],
    ['array of an enum', `ARRAY['sad', 'happy']::mood[]`, '{sad,happy}', '_mood'],
    ['composite', `ROW(1, 'x y')::pair`, '(1,"x y")', 'pair'],
    ['domain', '5::positive', 5, 'int4'],
    ['uuid', `'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'uuid'],
    ['money-like text', `' ünï 📦 '::text`, ' ünï 📦 ', 'text'],
    ['empty text', `''`, '', 'text'],
  ])('%s', async (_, expression, expected, type) => {
    expect(await cell(expression)).toEqual([expected, type]);
  });

  test('whatever the settings of the database are', async () => {
    const name = new URL(source.url).pathname.slice(1);
    await source.execute(`ALTER DATABASE ${name} SET datestyle = 'German'; ALTER DATABASE ${name} SET bytea_output = 'escape';
      ALTER DATABASE ${name} SET extra_float_digits = -5; ALTER DATABASE ${name} SET intervalstyle = 'sql_standard';
      ALTER DATABASE ${name} SET timezone = 'Asia/Tokyo'`);
    const fresh = new SourcePools();
    try {
      const { result } = await explainAndRun(
        fresh,
        {
          connectionString: source.url,
          sql: '',
          limitedSql: `SELECT date '2024-03-01', '\\x00ff'::bytea, 0.1::float8 + 0.2::float8, interval '1 day 2 hours',
            '2024-03-01 12:00+00'::timestamptz`,
          statementTimeoutMs: 30_000,
          signal: new AbortController().signal,
        },
        () => true,
      );
      expect(result?.rows).toEqual([
        ['2024-03-01', '\\x00ff', 0.1 + 0.2, '1 day 02:00:00', '2024-03-01 12:00:00+00'],
      ]);
    } finally {
      await fresh.close();
      await source.execute(`ALTER DATABASE ${name} RESET ALL`);
    }
  });
});

describe('a query', () => {
  test('keeps columns of the same name apart', async () => {
    const { columns, rows } = await run('SELECT 1 AS id, 2 AS id, 3 AS "ID", 4');
    expect(columns.map((column) => column.name)).toEqual(['id', 'id', 'ID', '?column?']);
    expect(rows).toEqual([[1, 2, 3, 4]]);
  });

  test('without rows still has its columns', async () => {
    expect(await run(`SELECT id, note, 'sad'::mood AS m FROM canary WHERE false`)).toEqual({
      columns: [
        { name: 'id', type: 'int4' },
        { name: 'note', type: 'text' },
        { name: 'm', type: 'mood' },
      ],
      rows: [],
      truncated: false,
    });
  });

  test('of more rows than are kept still has the types of its columns', async () => {
    const { columns, truncated } = await run(`SELECT 'sad'::mood AS m FROM generate_series(1, 10001)`);
    expect(columns).toEqual([{ name: 'm', type: 'mood' }]);
    expect(truncated).toBe(true);
  });

  test('without columns has its rows', async () => {
    expect(await run('SELECT FROM generate_series(1, 3)')).toEqual({
      columns: [],
      rows: [[], [], []],
      truncated: false,
    });
  });

  test('is priced, and not run when the price is refused', async () => {
    const prices: number[] = [];
    const explained = await explainAndRun(
      pools,
      {
        connectionString: source.url,
        sql: '',
        limitedSql: 'SELECT fails() FROM generate_series(1, 1000000)',
        statementTimeoutMs: 30_000,
        signal: new AbortController().signal,
      },
      (plan) => {
        prices.push(plan.estimatedCost, plan.estimatedRows);
        return false;
      },
    );
    expect(prices[0]).toBeGreaterThan(1_000);
    expect(prices[1]).toBe(1_000_000);
    expect(explained).not.toHaveProperty('result');
  });

  test('reads the tables that the guard looked up, whatever the user’s search path is', async () => {
    const url = new URL(source.url);
    url.searchParams.set('options', '-c search_path=shadow,public');
    const explained = await explainAndRun(
      pools,
      {
        connectionString: url.href,
        sql: '',
        limitedSql: 'SELECT note FROM canary',
        statementTimeoutMs: 30_000,
        signal: new AbortController().signal,
      },
      () => true,
    );
    expect(explained.result?.rows).toEqual([['alive']]);
  });

  test.each([
    ['an INSERT', `INSERT INTO canary VALUES (3, 'x') RETURNING id`],
    ['a function that writes', 'SELECT writes()'],
    ['a data-modifying CTE', 'WITH d AS (DELETE FROM canary RETURNING id) SELECT id FROM d'],
    ['CREATE TABLE AS', 'CREATE TABLE evil AS SELECT 1 AS a'],
    ['a second statement', 'SELECT 1; SELECT 2'],
    ['a way out of the transaction', `SELECT 1; COMMIT; DELETE FROM canary`],
    [
      'a way out that starts one anew',
      `SELECT 1; ROLLBACK; BEGIN READ WRITE; UPDATE canary SET note = 'dead'; COMMIT`,
    ],
    [
      'a change of its own rights',
      `SELECT 1; SET TRANSACTION READ WRITE; UPDATE canary SET note = 'dead'; COMMIT`,
    ],
  ])('that got past the guard with %s changes nothing', async (_, sql) => {
    await expect(run(sql)).rejects.toMatchObject({ name: 'QuaestorError', code: 'query_failed' });
    expect((await run('SELECT id, note FROM public.canary')).rows).toEqual([[1, 'alive']]);
  });

  test('that fails in the middle of its rows is an error, not a shorter result', async () => {
    await expect(run('SELECT 10 / (500 - i) FROM generate_series(1, 1000) i')).rejects.toMatchObject({
      code: 'query_failed',
      details: { sqlState: '22012' },
    });
  });

  test('that fails leaves a connection that works', async () => {
    for (let n = 0; n < 5; n++) {
      await expect(run('SELECT 1 / 0')).rejects.toMatchObject({ code: 'query_failed' });
      expect((await run('SELECT 1')).rows).toEqual([[1]]);
    }
  });

  test('does not leave its settings to the next', async () => {
    const alone = new SourcePools({ poolSize: 1 });
    try {
      const read = () =>
        alone.withClient(source.url, new AbortController().signal, async (client) => {
          const { rows } = await client.query(
            `SELECT pg_backend_pid() AS pid, current_setting('statement_timeout') AS timeout,
                    current_setting('transaction_read_only') AS read_only, current_setting('search_path') AS path`,
          );
          return rows[0] as { pid: number };
        });
      const before = await read();
      await explainAndRun(
        alone,
        {
          connectionString: source.url,
          sql: '',
          limitedSql: 'SELECT 1',
          statementTimeoutMs: 5_000,
          signal: new AbortController().signal,
        },
        () => true,
      );
      expect(await read()).toEqual(before);
    } finally {
      await alone.close();
    }
  });
});
