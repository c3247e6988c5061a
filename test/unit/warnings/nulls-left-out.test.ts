import { expect, test } from '@jest/globals';
import { parse } from 'libpg-query';
import type { QueryDialect } from '../../../contracts/data-source.js';
import { findNullsLeftOut, sayNullsLeftOut } from '../../../domain/warnings/nulls-left-out.js';
import { queryShapes } from '../../../domain/warnings/query-shape.js';
import { table } from './shop-schema.js';

const SCHEMA = {
  tables: [
    table('rivers', 'name? text', 'country? text', 'length_km? numeric'),
    table('orders', 'id* integer', 'customer_id integer', 'status text', 'rating? integer'),
    table('customers', 'id* integer', 'name text'),
  ],
  foreignKeys: [],
};
const averagesOf = async (sql: string, dialect: QueryDialect = 'postgres') =>
  findNullsLeftOut(queryShapes(await parse(sql), SCHEMA), dialect);

test('an average is counted with the query’s own conditions, and says how many rows it leaves out', async () => {
  const averages = await averagesOf("SELECT avg(rating) FROM orders WHERE status = 'paid'");
  expect(averages[0]?.countSql).toBe(
    `SELECT count(*), count(*) - count("rating") FROM "public"."orders" WHERE "status" = 'paid'`,
  );
  expect(sayNullsLeftOut(averages, new Map([[averages[0]!.countSql, [1_200, 34]]]))).toMatchObject([
    {
      code: 'nulls_left_out',
      message:
        'The average leaves out 34 of 1,200 rows of public.orders: their public.orders.rating has no value.',
      details: { rows: 1_200, leftOut: 34, isUpperBound: false },
    },
  ]);
});

test('nothing is said where every row has a value', async () => {
  const averages = await averagesOf('SELECT avg(rating) FROM orders');
  expect(sayNullsLeftOut(averages, new Map([[averages[0]!.countSql, [1_200, 0]]]))).toEqual([]);
});

test('a schema in which everything may be empty says nothing by itself; what was counted is told', async () => {
  const averages = await averagesOf('SELECT country, avg(length_km) FROM rivers GROUP BY country');
  expect(sayNullsLeftOut(averages)).toEqual([]);
  expect(sayNullsLeftOut(averages, new Map([[averages[0]!.countSql, [10, 2]]]))).toHaveLength(1);
});

test('beside a join, or a condition that cannot be counted with, the number is an upper bound', async () => {
  for (const sql of [
    'SELECT c.name, avg(o.rating) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY c.name',
    "SELECT avg(rating) FROM orders WHERE lower(status) = 'paid'",
    'SELECT avg(rating) FROM orders o WHERE EXISTS (SELECT FROM customers c WHERE c.id = o.customer_id)',
    'SELECT avg(rating) FROM orders WHERE random() < 0.5',
    "SELECT avg(rating) FILTER (WHERE status = 'paid') FROM orders",
    'SELECT customer_id, avg(rating) FROM orders GROUP BY 1 HAVING count(*) > 5',
  ]) {
    const averages = await averagesOf(sql);
    expect(sayNullsLeftOut(averages, new Map([[averages[0]!.countSql, [10, 2]]]))[0]?.message).toContain(
      'up to 2 of 10 rows',
    );
  }
});

test('cells of files are counted too, as whether a column has empty cells is not recorded', async () => {
  const [average] = await averagesOf('SELECT avg(id) FROM customers', 'duckdb');
  expect(average?.countSql).toBe('SELECT count(*), count(*) - count(id) FROM customers');
});

test('an average of what is computed leaves out the rows that lack a part of it', async () => {
  const [average] = await averagesOf('SELECT avg((10 - rating) * id / 2.0) FROM orders');
  expect(average).toMatchObject({ column: 'public.orders.rating', isUpperBound: false });
  expect(await averagesOf('SELECT avg(EXTRACT(YEAR FROM age(to_date(status), now()))) FROM orders')).toEqual(
    [],
  );
});

test.each([
  'SELECT avg(rating) FROM orders WHERE rating > 2',
  'SELECT avg(coalesce(rating, 0)) FROM orders',
  'SELECT avg(CASE WHEN rating > 2 THEN 1 ELSE 0 END) FROM orders',
  'SELECT avg(id + coalesce(rating, 0)) FROM orders',
  'SELECT sum(rating) FROM orders',
  'SELECT avg(id) FROM orders',
])('is no trap: %s', async (sql) => {
  expect(await averagesOf(sql)).toEqual([]);
});
