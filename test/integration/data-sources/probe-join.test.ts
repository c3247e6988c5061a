import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { probeJoin } from '../../../activities/data-sources/postgres/probe-join.js';
import { createTestSource, type TestSource } from '../../support/databases.js';

let source: TestSource;
let client: pg.Client;

beforeAll(async () => {
  source = await createTestSource(`
    CREATE TABLE "People" (id int PRIMARY KEY); INSERT INTO "People" SELECT generate_series(1, 400);
    CREATE TABLE tickets (agent int, priority int, code text);
    INSERT INTO tickets SELECT 100 + 20 * (n % 10), 1 + n % 5, 'c' || n % 5 FROM generate_series(1, 300) n;
    CREATE TABLE levels (place int, item int, PRIMARY KEY (place, item)); INSERT INTO levels VALUES (1, 1), (1, 2), (2, 1);
    CREATE TABLE moves (place int, item int); INSERT INTO moves VALUES (1, 1), (1, 2), (1, 2), (2, 2), (NULL, 1), (2, NULL);
    CREATE TABLE twice (code text); INSERT INTO twice VALUES ('c1'), ('c1'), ('c2');`);
  client = new pg.Client({ connectionString: source.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await source.drop();
});

const probe = async (
  from: string,
  fromColumns: string[],
  to: string,
  toColumns: string[],
  withReach = false,
) =>
  await probeJoin(
    client as unknown as pg.PoolClient,
    { fromTable: from, fromColumns, toTable: to, toColumns },
    { withReach },
  );

test('the values of one column are looked up, and where it was asked how they lie among the others', async () => {
  expect(await probe('public.tickets', ['agent'], 'public."People"', ['id'], true)).toEqual({
    sampled: 10,
    found: 10,
    isUnique: true,
    reach: 280 / 400,
    fill: 10 / 280,
  });
  expect(await probe('public.tickets', ['priority'], 'public."People"', ['id'], true)).toMatchObject({
    reach: 5 / 400,
    fill: 1,
  });
});

test('values of two columns are looked up together, without those that have a null', async () => {
  const columns = ['place', 'item'];
  expect(await probe('public.moves', columns, 'public.levels', columns)).toEqual({
    sampled: 3,
    found: 2,
    isUnique: true,
  });
});

test('a far column that holds a value twice is no key', async () => {
  expect(await probe('public.tickets', ['code'], 'public.twice', ['code'])).toMatchObject({
    isUnique: false,
    found: 2,
  });
});
