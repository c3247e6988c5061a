import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import type { TableSample } from '../../../activities/data-sources/connector.js';
import { readTables } from '../../../activities/data-sources/postgres/introspect.js';
import { readEnumTypes, sampleTable } from '../../../activities/data-sources/postgres/sample-values.js';
import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { createTestSource, type TestSource } from '../../support/databases.js';

let source: TestSource;
let client: pg.Client;
let tables: RegistryTable[];
let enums: ReadonlySet<string>;
const poolClient = () => client as unknown as pg.PoolClient;

beforeAll(async () => {
  source = await createTestSource(`
    CREATE TYPE size AS ENUM ('small', 'large');
    CREATE TABLE orders (id int, status text, size size, code char(6), serial text, note text, buyer text,
                         handled_by text, remark varchar(100), tags text[]);
    INSERT INTO orders SELECT n, (ARRAY['paid', 'open', NULL, ''])[1 + n % 4], (ARRAY['small', 'large'])[1 + n % 2]::size,
      'A' || n % 3, 'serial ' || n, repeat('long ', 20), 'Ada', 'Bob', CASE n WHEN 7 THEN 'ask ada@example.org' END, '{a}'
      FROM generate_series(1, 400) n;
    CREATE TABLE big (kind text); INSERT INTO big SELECT 'kind ' || n % 5 FROM generate_series(1, 100000) n; ANALYZE big;
    CREATE TABLE numbers (a int, b numeric);
    CREATE VIEW endless AS SELECT 'x' AS kind FROM generate_series(1, 100000) a, generate_series(1, 100000) b ORDER BY random();
    CREATE TABLE fine (kind text); INSERT INTO fine VALUES ('ok');`);
  client = new pg.Client({ connectionString: source.url });
  await client.connect();
  tables = [];
  for await (const page of readTables(poolClient(), [])) tables.push(...page);
  enums = await readEnumTypes(poolClient());
});

afterAll(async () => {
  await client.end();
  await source.drop();
});

const sample = async (name: string): Promise<TableSample | undefined> =>
  await sampleTable(poolClient(), tables.find(({ tableName }) => tableName === name)!, enums);

test('text, char and enum columns with few short values give them as stored; others, and empty texts, do not', async () => {
  expect((await sample('orders'))?.values).toEqual({
    'public.orders.status': ['open', 'paid'],
    'public.orders.size': ['large', 'small'],
    'public.orders.code': ['A0', 'A1', 'A2'],
  });
});

test('columns whose names or values look personal are withheld, and counted', async () => {
  // buyer, handled_by, and remark with its one address.
  expect((await sample('orders'))?.withheld).toBe(3);
});

test('of a large table a part of the pages is read', async () => {
  const big = tables.find(({ tableName }) => tableName === 'big');
  expect(big?.estimatedRows).toBe(100_000);
  expect((await sample('big'))?.values).toEqual({
    'public.big.kind': ['kind 0', 'kind 1', 'kind 2', 'kind 3', 'kind 4'],
  });
});

test('a table without text columns costs no query', async () => {
  expect(await sample('numbers')).toBeUndefined();
});

test('a relation that takes too long is given up on the server, and the next one is read', async () => {
  await expect(sample('endless')).rejects.toMatchObject({ code: '57014' });
  expect((await sample('fine'))?.values).toEqual({ 'public.fine.kind': ['ok'] });
});
