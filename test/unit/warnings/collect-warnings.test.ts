import { expect, test } from '@jest/globals';
import { parse } from 'libpg-query';
import type { Cell } from '../../../contracts/question.js';
import { resultShape } from '../../../domain/result/result-shape.js';
import { collectWarnings } from '../../../domain/warnings/collect-warnings.js';
import { findNullsLeftOut, sayNullsLeftOut } from '../../../domain/warnings/nulls-left-out.js';
import { queryShapes, tablesOf } from '../../../domain/warnings/query-shape.js';
import { result } from '../chart/results.js';
import { SHOP, SHOP_VALUES } from './shop-schema.js';

const SOME_ROWS = result('name:text amount:numeric', [
  ['a', '10'],
  ['b', '20'],
]);
const NO_ROWS = result('name:text amount:numeric', []);

async function warningsOf(sql: string, given = SOME_ROWS, today = '2025-04-15') {
  const shapes = queryShapes(await parse(sql), SHOP);
  return collectWarnings({
    result: resultShape(given),
    shapes,
    nullsLeftOut: sayNullsLeftOut(findNullsLeftOut(shapes, 'postgres')),
    values: SHOP_VALUES,
    today,
    dividesWhole: true,
  });
}
const codesOf = async (...args: Parameters<typeof warningsOf>) =>
  (await warningsOf(...args)).map(({ code }) => code);

/** Each with the code that it must get. */
const TRAPS: [code: string, sql: string][] = [
  [
    'fan_out_join',
    'SELECT c.name, sum(o.total_usd) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_items i ON i.order_id = o.id GROUP BY c.name',
  ],
  [
    'fan_out_join',
    'SELECT p.name, sum(o.total_usd) FROM orders o JOIN order_items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id GROUP BY p.name',
  ],
  [
    'fan_out_join',
    'SELECT sum(o.total_usd), sum(p.amount) FROM orders o LEFT JOIN payments p ON p.order_id = o.id',
  ],
  [
    'fan_out_join',
    'SELECT c.city, sum(c.credit_limit) FROM customers c, orders o WHERE o.customer_id = c.id GROUP BY 1',
  ],
  [
    'fan_out_join',
    'SELECT o.id, count(i.id), count(p.id) FROM orders o LEFT JOIN order_items i ON i.order_id = o.id LEFT JOIN payments p ON p.order_id = o.id GROUP BY o.id',
  ],
  [
    'fan_out_join',
    'WITH x AS (SELECT sum(o.total_usd) AS s FROM orders o JOIN order_items i ON i.order_id = o.id) SELECT s FROM x',
  ],
  [
    'fan_out_join',
    'SELECT sum(o.total_usd * r.rate) FROM orders o JOIN payments p ON p.order_id = o.id JOIN exchange_rates r ON r.currency = o.currency AND r.day = o.placed_at::date',
  ],
  ['fan_out_join', 'SELECT sum(o.total_usd) FROM orders o JOIN exchange_rates r ON r.currency = o.currency'],
  ['fan_out_join', 'SELECT sum(p.stock) FROM products p, categories'],
  [
    'fan_out_join',
    'SELECT sum(total_usd) FROM orders JOIN order_items ON order_items.order_id = orders.id WHERE quantity > 2',
  ],
  ['mixed_units', 'SELECT sum(total) FROM orders'],
  ['mixed_units', 'SELECT status, avg(o.total) FROM orders o GROUP BY status'],
  ['mixed_units', 'SELECT sensor, sum(weight) FROM readings GROUP BY sensor'],
  ['subtotal_rows', 'SELECT sum(revenue) FROM regional_sales'],
  ['subtotal_rows', 'SELECT channel, sum(revenue) FROM regional_sales GROUP BY channel'],
  ['integer_division', "SELECT count(*) FILTER (WHERE status = 'paid') / count(*) FROM orders"],
  [
    'integer_division',
    "SELECT 100 * sum(CASE WHEN status = 'paid' THEN 1 ELSE 0 END) / count(*) FROM orders",
  ],
  ['integer_division', 'SELECT sum(quantity) / nullif(count(DISTINCT order_id), 0) FROM order_items'],
  ['nulls_left_out', 'SELECT avg(rating) FROM orders'],
];
test.each(TRAPS)('%s: %s', async (code, sql) => {
  expect(await codesOf(sql)).toEqual([code]);
});

/** Look like traps and are none. */
const HARMLESS = [
  'SELECT c.name, sum(o.total_usd) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name',
  'SELECT cat.name, sum(i.quantity * i.price) FROM order_items i JOIN products p ON p.id = i.product_id JOIN categories cat ON cat.id = p.category_id GROUP BY cat.name',
  'SELECT c.name, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_items i ON i.order_id = o.id GROUP BY c.name',
  'SELECT c.name, count(DISTINCT o.id) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN order_items i ON i.order_id = o.id GROUP BY c.name',
  'SELECT c.name, count(c.id) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name, c.id',
  'SELECT max(o.total_usd) FROM orders o JOIN order_items i ON i.order_id = o.id',
  'SELECT t.name, sum(p.price) FROM products p JOIN product_tags pt ON pt.product_id = p.id JOIN tags t ON t.id = pt.tag_id GROUP BY t.name',
  'SELECT t.name, sum(p.price) FROM products p JOIN product_labels l ON l.product_id = p.id JOIN tags t ON t.id = l.tag_id GROUP BY t.name',
  'SELECT sum(p.price) FROM products p JOIN product_tags pt ON pt.product_id = p.id WHERE pt.tag_id = 7',
  'SELECT sum(o.total_usd) FROM orders o JOIN (SELECT order_id, sum(quantity) AS n FROM order_items GROUP BY order_id) i ON i.order_id = o.id WHERE i.n > 3',
  'WITH paid AS (SELECT order_id, sum(amount) AS amount FROM payments GROUP BY 1) SELECT sum(o.total_usd - p.amount) FROM orders o JOIN paid p ON p.order_id = o.id',
  'SELECT sum(o.total_usd) FROM orders o WHERE EXISTS (SELECT 1 FROM order_items i WHERE i.order_id = o.id)',
  'SELECT sum(o.total_usd) FROM orders o WHERE o.id IN (SELECT order_id FROM payments)',
  'SELECT sum(o.total_usd) / s.n FROM orders o CROSS JOIN (SELECT count(*)::numeric AS n FROM customers) s GROUP BY s.n',
  "SELECT sum(o.total_usd * r.rate) FROM orders o JOIN exchange_rates r ON r.currency = 'EUR' AND r.day = o.placed_at::date",
  'SELECT l.code, sum(l.amount), count(*) FROM loose l JOIN categories c ON c.name = l.code GROUP BY l.code',
  'SELECT i.order_id, sum(o.total_usd) FROM orders o JOIN order_items i USING (id) GROUP BY i.order_id',
  'SELECT g.d, sum(o.total_usd) FROM generate_series(1, 12) AS g(d) LEFT JOIN orders o ON extract(month FROM o.placed_at) = g.d GROUP BY g.d',
  'SELECT currency, sum(total) FROM orders GROUP BY currency',
  "SELECT sum(total) FROM orders WHERE currency = 'EUR'",
  'SELECT sum(total_usd) FROM orders',
  'SELECT sum(o.total * r.rate) FROM orders o JOIN exchange_rates r ON r.currency = o.currency AND r.day = o.placed_at::date',
  'SELECT count(*) FROM orders',
  "SELECT sum(CASE WHEN currency = 'EUR' THEN total END) AS eur FROM orders",
  'SELECT sum(value) FROM readings',
  "SELECT sum(revenue) FROM regional_sales WHERE region <> 'Total'",
  'SELECT region, sum(revenue) FROM regional_sales GROUP BY region',
  'SELECT max(revenue) FROM regional_sales',
  'SELECT 1.0 * count(*) / count(DISTINCT customer_id) FROM orders',
  'SELECT sum(total_usd) / count(*) FROM orders',
  'SELECT count(*)::numeric / count(DISTINCT customer_id) FROM orders',
  'SELECT extract(year FROM placed_at)::int / 10 * 10 AS decade, count(*) FROM orders GROUP BY 1',
  'SELECT avg(total_usd) FROM orders',
  'SELECT avg(rating) FROM orders WHERE rating IS NOT NULL',
  'SELECT avg(coalesce(rating, 0)) FROM orders',
  "SELECT count(*) FROM orders WHERE status = 'unknown'",
];
test.each(HARMLESS)('no warning: %s', async (sql) => {
  expect(await codesOf(sql)).toEqual([]);
});

test('a filter for a value that the column does not hold is named with the nearest value, when nothing came of it', async () => {
  const count = result('count:int8', [['0']]);
  const [warning] = await warningsOf("SELECT count(*) FROM orders WHERE status = 'payed'", count);
  expect(warning).toMatchObject({
    code: 'value_not_found',
    details: { column: 'public.orders.status', value: 'payed', nearest: 'paid' },
  });
  expect(warning?.message).toContain('"paid"');
  const cases: [string, string | undefined][] = [
    ["SELECT name FROM customers WHERE city = 'ulm'", 'Ulm'],
    ["SELECT name FROM customers WHERE city ILIKE '%munchen%'", 'München'],
    ["SELECT name FROM customers WHERE city IN ('Bon')", 'Bonn'],
    [
      "SELECT o.id FROM orders o JOIN customers c ON c.id = o.customer_id WHERE lower(c.city) = 'berlin'",
      undefined,
    ],
  ];
  for (const [sql, nearest] of cases) {
    const found = await warningsOf(sql, NO_ROWS);
    expect(found.map(({ code }) => code)).toEqual(['value_not_found']);
    expect(found[0]?.details?.['nearest']).toBe(nearest);
  }
});

test('an empty result whose filters all name known values is only said to be empty', async () => {
  for (const sql of [
    "SELECT name FROM customers WHERE city = 'Ulm'",
    "SELECT name FROM customers WHERE lower(city) = 'ulm'",
    "SELECT name FROM customers WHERE city ILIKE 'ul%'",
    "SELECT name FROM customers WHERE name = 'Nobody'",
  ])
    expect(await codesOf(sql, NO_ROWS)).toEqual(['empty_result']);
});

test('rows that are the sum of the others are pointed out, and no row that is only large', async () => {
  const rows = (total: string): Cell[][] => [
    ['North', '10'],
    ['South', '15'],
    ['Total', total],
  ];
  const sql = 'SELECT region, sum(revenue) FROM regional_sales GROUP BY region';
  expect(await codesOf(sql, result('region:text revenue:numeric', rows('25')))).toEqual(['subtotal_rows']);
  expect(await codesOf(sql, result('region:text revenue:numeric', rows('90')))).toEqual([]);
  const rollup = 'SELECT status, sum(total_usd) FROM orders GROUP BY ROLLUP (status)';
  const withOpen: Cell[][] = [
    ['paid', '10'],
    [null, '10'],
  ];
  expect(await codesOf(rollup, result('status:text sum:numeric', withOpen))).toEqual(['subtotal_rows']);
});

test('a last month that is still running is told, a finished one is not', async () => {
  const months = result('month:date orders:int8', [
    ['2025-02-01', '12'],
    ['2025-03-01', '9'],
    ['2025-04-01', '2'],
  ]);
  const sql = "SELECT date_trunc('month', placed_at)::date, count(*) FROM orders GROUP BY 1";
  expect(await codesOf(sql, months, '2025-04-15')).toEqual(['partial_period']);
  expect(await codesOf(sql, months, '2025-04-30')).toEqual([]);
  expect(await codesOf(sql, months, '2025-05-02')).toEqual([]);
});

test('a truncated result says so first', async () => {
  const [first] = await warningsOf('SELECT name, total FROM orders', { ...SOME_ROWS, truncated: true });
  expect(first?.code).toBe('truncated');
});

test('the tables that a query reads are told by canonical name', async () => {
  const sql =
    'WITH x AS (SELECT * FROM orders) SELECT (SELECT max(id) FROM payments) FROM x JOIN public.customers c ON c.id = x.customer_id';
  expect(tablesOf(queryShapes(await parse(sql), SHOP))).toEqual([
    'public.customers',
    'public.orders',
    'public.payments',
  ]);
});
