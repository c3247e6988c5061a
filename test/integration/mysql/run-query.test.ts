import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { QueryPlan, QueryResult } from '../../../activities/data-sources/connector.js';
import { createMysqlConnector } from '../../../activities/data-sources/mysql/mysql-connector.js';
import { LIMITS } from '../../../contracts/limits.js';
import {
  asMysqlUser,
  createMysqlSource,
  describeOnMariadb,
  type MysqlSource,
} from '../../support/mysql-sources.js';

const FIXTURE = `
  CREATE TABLE canary (id int PRIMARY KEY, note text);
  INSERT INTO canary VALUES (1, 'alive');
  CREATE TABLE numbers (n int PRIMARY KEY, filler varchar(100));
  INSERT INTO numbers SELECT seq, repeat('x', 100) FROM seq_1_to_20000;
  CREATE TABLE kinds (
    tiny tinyint, flag tinyint(1), whole int unsigned, big bigint, bigger bigint unsigned, amount decimal(38, 10), rate double,
    bits bit(40), few bit(3), born date, zero year, seen timestamp(6) NULL, written datetime(3), lasted time, words varchar(50), latin varchar(50) CHARACTER SET latin1,
    prose mediumtext, bytes varbinary(10), blobs blob, status enum('open', 'paid'), tags set('a', 'b'), doc json, place point);
  SET time_zone = '+05:30';
  INSERT INTO kinds VALUES (-128, 1, 4294967295, -9223372036854775808, 18446744073709551615, 1234567890123456789012345678.0123456789, 0.1,
    b'1000000000000000000000000000000000000001', b'101', '0044-03-15', 2024, '2024-03-01 12:00:00.123456', '2024-03-01 12:00:00.125', '-838:59:59', ' ünï 📦 ', 'größe',
    '', x'00ff10', x'c3a4', 'paid', 'a,b', '{"b": 9007199254740993}', point(1, 2));
  INSERT INTO kinds () VALUES ();`;

describeOnMariadb('a query on MariaDB', () => {
  let source: MysqlSource;
  const connector = createMysqlConnector({ poolSize: 2 });

  beforeAll(async () => {
    source = await createMysqlSource(FIXTURE);
  });
  afterAll(async () => {
    await connector.close();
    await source?.drop();
  });

  const explain = async (
    sql: string,
    { shouldRun = (_: QueryPlan): boolean => true, statementTimeoutMs = 30_000, url = source.url } = {},
  ) =>
    await connector.explainAndRun(
      {
        connectionString: url,
        sql,
        limitedSql: sql,
        statementTimeoutMs,
        signal: new AbortController().signal,
      },
      shouldRun,
    );
  const run = async (sql: string, url?: string): Promise<QueryResult> =>
    (await explain(sql, url === undefined ? {} : { url })).result!;

  test('has exact cells, with their types', async () => {
    const { columns, rows } = await run('SELECT * FROM kinds ORDER BY tiny IS NULL');
    const cells = Object.fromEntries(columns.map(({ name, type }, i) => [name, [rows[0]![i], type]]));
    expect(cells).toEqual({
      tiny: [-128, 'tinyint'],
      flag: [1, 'tinyint'],
      whole: [4_294_967_295, 'int unsigned'],
      big: ['-9223372036854775808', 'bigint'],
      bigger: ['18446744073709551615', 'bigint unsigned'],
      amount: ['1234567890123456789012345678.0123456789', 'decimal'],
      rate: [0.1, 'double'],
      bits: ['549755813889', 'bit'],
      few: [5, 'bit'],
      born: ['0044-03-15', 'date'],
      zero: [2024, 'year'],
      seen: ['2024-03-01 06:30:00.123456', 'timestamp'],
      written: ['2024-03-01 12:00:00.125', 'datetime'],
      lasted: ['-838:59:59', 'time'],
      words: [' ünï 📦 ', 'varchar'],
      latin: ['größe', 'varchar'],
      prose: ['', 'text'],
      bytes: ['0x00ff10', 'varbinary'],
      blobs: ['0xc3a4', 'blob'],
      status: ['paid', 'enum'],
      tags: ['a,b', 'set'],
      doc: ['{"b": 9007199254740993}', 'text'],
      place: [expect.stringMatching(/^0x0{8}01/), 'geometry'],
    });
    expect(rows[1]).toEqual(columns.map(() => null));
  });

  test('keeps columns of the same name apart, and its order', async () => {
    const { columns, rows } = await run('SELECT n AS id, -n AS id FROM numbers WHERE n <= 3 ORDER BY n DESC');
    expect(columns.map(({ name }) => name)).toEqual(['id', 'id']);
    expect(rows).toEqual([
      [3, '-3'],
      [2, '-2'],
      [1, '-1'],
    ]);
  });

  test('without rows still has its columns', async () => {
    expect(await run('SELECT id, note FROM canary WHERE id = 7')).toEqual({
      columns: [
        { name: 'id', type: 'int' },
        { name: 'note', type: 'text' },
      ],
      rows: [],
      truncated: false,
    });
  });

  test.each(['SELECT n FROM numbers', 'SELECT n FROM numbers LIMIT 15000'])(
    'of more rows than are kept is cut: %s',
    async (sql) => {
      const { rows, truncated } = await run(sql);
      expect(rows).toHaveLength(LIMITS.resultRows);
      expect(truncated).toBe(true);
      // And the connections are fit for more.
      expect((await run('SELECT count(*) FROM numbers')).rows).toEqual([['20000']]);
    },
  );

  test('of exactly as many rows as are kept is whole', async () => {
    const { rows, truncated } = await run(`SELECT n FROM numbers LIMIT ${LIMITS.resultRows}`);
    expect([rows.length, truncated]).toEqual([LIMITS.resultRows, false]);
  });

  test('of more bytes than are kept is cut', async () => {
    const { rows, truncated } = await run(`SELECT repeat('x', 1000000) FROM numbers LIMIT 100`);
    expect(truncated).toBe(true);
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.length).toBeLessThan(17);
    expect((await run('SELECT 1')).rows).toHaveLength(1);
  });

  test('says 1 + 1 = 2 in utf8mb4, UTC, with texts in double quotes, and || joins', async () => {
    const { rows } = await run(`SELECT @@time_zone, "a" || 'b', '\\'', @@character_set_results, @@sql_mode`);
    expect(rows).toEqual([['+00:00', 'ab', "'", 'utf8mb4', expect.stringContaining('ONLY_FULL_GROUP_BY')]]);
  });

  test('is priced before it runs, and does not run when the price is too high', async () => {
    const plans: QueryPlan[] = [];
    const shouldRun = (plan: QueryPlan) => {
      plans.push(plan);
      return false;
    };
    await explain('SELECT n FROM numbers WHERE n = 5', { shouldRun });
    const explained = await explain('SELECT count(*) FROM numbers a CROSS JOIN numbers b', { shouldRun });
    expect(explained.result).toBeUndefined();
    expect(plans[0]!.estimatedCost).toBeLessThan(100);
    expect(plans[1]!.estimatedCost).toBeGreaterThan(10_000_000);
  });

  test.each([
    ['SELECT nothing FROM canary', 'query_failed'],
    ['SELECT id FROM nowhere', 'query_failed'],
    ['SELECT 1; SELECT 2', 'query_failed'],
    ["LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE canary", 'query_failed'],
    ['SELECT n, count(*) FROM numbers', 'query_failed'],
  ])('%s is refused as %s', async (sql, code) => {
    await expect(run(sql)).rejects.toMatchObject({ code });
    expect((await run('SELECT 1')).rows).toHaveLength(1);
  });

  test('that takes too long is ended by the server', async () => {
    const slow = 'SELECT count(*) FROM numbers a CROSS JOIN numbers b CROSS JOIN numbers c';
    await expect(explain(slow, { statementTimeoutMs: 200 })).rejects.toMatchObject({
      code: 'query_timed_out',
    });
  });

  test('says who may not read, who may not log in, and which database there is not', async () => {
    await source.execute(`CREATE OR REPLACE USER 'reader_${source.schema}'@'%' IDENTIFIED BY 'reader';
      GRANT SELECT ON ${source.schema}.canary TO 'reader_${source.schema}'@'%'`);
    const url = asMysqlUser(source.url, `reader_${source.schema}`, 'reader');
    expect((await run('SELECT note FROM canary', url)).rows).toEqual([['alive']]);
    await expect(run('SELECT n FROM numbers', url)).rejects.toMatchObject({
      code: 'data_source_permission_denied',
    });
    await expect(run('SELECT 1', asMysqlUser(url, 'nobody', 'x'))).rejects.toMatchObject({
      code: 'data_source_auth_failed',
    });
    await expect(run('SELECT 1', url.replace(/[^/]*$/, 'nowhere'))).rejects.toMatchObject({
      code: expect.stringMatching(/^data_source_(database_missing|permission_denied)$/),
    });
    await expect(run('SELECT 1', source.url.replace(/[^/]*$/, 'nowhere'))).rejects.toMatchObject({
      code: 'data_source_database_missing',
    });
    await source.execute(`DROP USER 'reader_${source.schema}'@'%'`);
  });

  test('has nobody to ask where no server listens', async () => {
    await expect(run('SELECT 1', 'mysql://a:b@127.0.0.1:1/x')).rejects.toMatchObject({
      code: 'data_source_unreachable',
    });
  });
});
