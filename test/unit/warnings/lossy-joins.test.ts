import { expect, test } from '@jest/globals';
import { parse } from 'libpg-query';
import { mysqlAsPostgres } from '../../../activities/answers/mysql-as-postgres.js';
import type { QueryDialect } from '../../../contracts/data-source.js';
import { findLossyJoins, sayLossyJoins } from '../../../domain/warnings/lossy-joins.js';
import { queryShapes } from '../../../domain/warnings/query-shape.js';
import { foreignKey, table } from './shop-schema.js';

const SCHEMA = {
  tables: [
    table('stores', 'id* integer', 'country text', 'region_id? integer'),
    table('regions', 'id* integer', 'name text'),
    table('customers', 'id* integer', 'name text', 'country text'),
    table(
      'orders',
      'id* integer',
      'store_id? integer',
      'customer_id integer',
      'status text',
      'total numeric',
      'is_gift boolean',
      'placed_at timestamp with time zone',
    ),
  ],
  foreignKeys: [
    foreignKey('orders', 'store_id', 'stores'),
    foreignKey('orders', 'customer_id', 'customers'),
    foreignKey('stores', 'region_id', 'regions'),
  ],
};

const joinsOf = async (sql: string, dialect: QueryDialect = 'postgres') =>
  findLossyJoins(queryShapes(await parse(sql), SCHEMA), SCHEMA, dialect);

const BY_COUNTRY = 'SELECT s.country, count(*) FROM orders o JOIN stores s ON s.id = o.store_id';

test.each([
  `${BY_COUNTRY} GROUP BY 1`,
  'SELECT country, count(*) FROM orders, stores WHERE stores.id = store_id GROUP BY country',
  'SELECT o.id, s.country FROM orders o JOIN stores s ON o.store_id = s.id',
  'SELECT sum(o.total) FROM orders o JOIN stores s ON s.id = o.store_id',
  'WITH x AS (SELECT o.total, s.country FROM orders o JOIN stores s ON s.id = o.store_id) SELECT country, sum(total) FROM x GROUP BY 1',
  'SELECT c.name, s.country, count(*) FROM orders o JOIN customers c ON c.id = o.customer_id JOIN stores s ON s.id = o.store_id GROUP BY 1, 2',
  'SELECT s.country, count(*) FROM orders o LEFT JOIN customers c ON c.id = o.customer_id JOIN stores s ON s.id = o.store_id GROUP BY 1',
])('an inner join by a key that may be empty is found: %s', async (sql) => {
  expect(await joinsOf(sql)).toMatchObject([
    { table: 'public.orders', column: 'public.orders.store_id', joinedTo: 'public.stores', isDeclared: true },
  ]);
});

test.each([
  'SELECT s.country, count(*) FROM orders o LEFT JOIN stores s ON s.id = o.store_id GROUP BY 1',
  'SELECT s.country, count(o.id) FROM stores s LEFT JOIN orders o ON s.id = o.store_id GROUP BY 1',
  'SELECT s.country, count(*) FROM stores s RIGHT JOIN orders o ON s.id = o.store_id GROUP BY 1',
  'SELECT s.country, count(*) FROM stores s FULL JOIN orders o ON s.id = o.store_id GROUP BY 1',
  `${BY_COUNTRY} WHERE o.store_id IS NOT NULL GROUP BY 1`,
  `${BY_COUNTRY} AND o.store_id IS NOT NULL GROUP BY 1`,
  `${BY_COUNTRY} WHERE o.store_id IN (1, 2) GROUP BY 1`,
  `${BY_COUNTRY} WHERE s.country = 'DE' GROUP BY 1`,
  `${BY_COUNTRY} JOIN regions r ON r.id = s.region_id WHERE r.name = 'North' AND s.region_id > 0 GROUP BY 1`,
  'SELECT c.name, count(*) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY 1',
  'SELECT count(*) FROM orders WHERE store_id IN (SELECT id FROM stores)',
  'SELECT count(*) FROM customers WHERE id IN (SELECT o.customer_id FROM orders o JOIN stores s ON s.id = o.store_id)',
  'SELECT c.name, s.id FROM customers c LEFT JOIN (orders o JOIN stores s ON s.id = o.store_id) ON o.customer_id = c.id',
])('no false alarm: %s', async (sql) => {
  expect(await joinsOf(sql)).toEqual([]);
});

test('what is counted are the rows that the query itself would look at, in the dialect of the database', async () => {
  const where = `WHERE o.status IN ('paid', 'it''s') AND o.total BETWEEN 1 AND 9.5 AND NOT o.is_gift
    AND (o.placed_at >= TIMESTAMPTZ '2024-01-01' OR o.total IS NULL) GROUP BY 1`;
  const counted = async (dialect: QueryDialect) => (await joinsOf(`${BY_COUNTRY} ${where}`, dialect))[0];
  expect(await counted('postgres')).toMatchObject({
    isUpperBound: false,
    countSql: `SELECT count(*), count(*) - count("store_id") FROM "public"."orders" WHERE "status" IN ('paid', 'it''s') AND "total" BETWEEN 1 AND 9.5 AND NOT ("is_gift") AND ("placed_at" >= CAST('2024-01-01' AS timestamptz) OR "total" IS NULL)`,
  });
  expect((await counted('mysql'))?.countSql).toBe(
    "SELECT count(*), count(*) - count(`store_id`) FROM `public`.`orders` WHERE `status` IN ('paid', 'it''s') AND `total` BETWEEN 1 AND 9.5 AND NOT (`is_gift`) AND (`placed_at` >= '2024-01-01' OR `total` IS NULL)",
  );
  expect((await counted('duckdb'))?.countSql).toContain(
    'count(*) - count(store_id) FROM orders WHERE status IN',
  );
});

test('SQL for MySQL is read as well', async () => {
  const sql = await mysqlAsPostgres(
    'SELECT s.country, COUNT(*) AS `n` FROM `orders` o INNER JOIN stores s ON s.id = o.store_id WHERE o.status = "pa\'id" GROUP BY 1',
  );
  const [join] = await joinsOf(sql!, 'mysql');
  expect(join?.countSql).toContain("FROM `public`.`orders` WHERE `status` = 'pa''id'");
});

test('with conditions that cannot be counted with, the number is called an upper bound', async () => {
  for (const condition of [
    "lower(o.status) = 'paid'",
    "c.country = 'DE'",
    'o.total > (SELECT avg(total) FROM orders)',
  ]) {
    const [join] = await joinsOf(
      `SELECT s.country, count(*) FROM orders o JOIN stores s ON s.id = o.store_id JOIN customers c ON c.id = o.customer_id WHERE ${condition} GROUP BY 1`,
    );
    expect(join?.isUpperBound).toBe(true);
    expect(sayLossyJoins([join!], new Map([[join!.countSql, [500, 12]]]))[0]?.message).toContain(
      'leaves out up to 12 of 500 rows of public.orders',
    );
  }
});

test('the caution says how many of how many rows; nothing when none is left out; that they may be when it was not counted', async () => {
  const [join] = await joinsOf(`${BY_COUNTRY} GROUP BY 1`);
  const say = (...count: number[]) =>
    sayLossyJoins([join!], new Map(count.length > 0 ? [[join!.countSql, count]] : []));
  expect(say(20_500, 1_200)).toEqual([
    {
      code: 'join_leaves_out',
      message:
        'The join to public.stores leaves out 1,200 of 20,500 rows of public.orders: their public.orders.store_id is empty.',
      details: {
        column: 'public.orders.store_id',
        table: 'public.orders',
        joinedTo: 'public.stores',
        rows: 20_500,
        leftOut: 1_200,
        isUpperBound: false,
      },
    },
  ]);
  expect(say(20_500, 0)).toEqual([]);
  expect(say()[0]?.message).toContain('if there are any');
});

test('a join that the schema does not declare is only spoken of when it was counted', async () => {
  const joins = await joinsOf(
    'SELECT c.name, count(*) FROM customers c JOIN stores s ON s.country = c.country GROUP BY 1',
    'duckdb',
  );
  expect(joins.map(({ column }) => column)).toEqual(['public.stores.country', 'public.customers.country']);
  expect(sayLossyJoins(joins)).toEqual([]);
  expect(sayLossyJoins(joins, new Map([[joins[0]!.countSql, [10, 3]]]))).toHaveLength(1);
});
