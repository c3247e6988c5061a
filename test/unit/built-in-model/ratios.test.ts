import { expect, test } from '@jest/globals';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { shopSql } from './one-line-sql.js';
import { SHOP, SHOP_VALUES, TODAY } from './shop-schema.js';

test.each([
  [
    'What is the ratio of delivered orders to cancelled orders?',
    "SELECT 1.0 * count(CASE WHEN o.status = 'delivered' THEN 1 END) / NULLIF(count(CASE WHEN o.status = 'cancelled' THEN 1 END), 0) AS ratio FROM shop.orders AS o",
  ],
  [
    'What is the ratio of products with a price over 100 to products with a price below 50?',
    'SELECT 1.0 * count(CASE WHEN p.price > 100 THEN 1 END) / NULLIF(count(CASE WHEN p.price < 50 THEN 1 END), 0) AS ratio FROM shop.products AS p',
  ],
  [
    'What percentage of orders are delivered?',
    "SELECT 100.0 * count(CASE WHEN o.status = 'delivered' THEN 1 END) / NULLIF(count(*), 0) AS percentage FROM shop.orders AS o",
  ],
  [
    'ratio of cancelled orders out of all orders',
    "SELECT 1.0 * count(CASE WHEN o.status = 'cancelled' THEN 1 END) / NULLIF(count(*), 0) AS ratio FROM shop.orders AS o",
  ],
])('%s', (question, sql) => {
  expect(shopSql(question)).toBe(sql);
});

test('a condition that only the second side has holds for both where that side is the whole', () => {
  const sql = shopSql('What is the ratio of cancelled orders to all orders placed in 2025?');
  expect(sql).toContain("count(CASE WHEN o.status = 'cancelled' THEN 1 END)");
  expect(sql).toMatch(/WHERE o\.placed_at >= .* AND o\.placed_at < /);
});

test('a ratio can be asked for each group', () => {
  expect(shopSql('What is the percentage of orders that were delivered for each segment?')).toMatch(
    /^SELECT c\.segment, 100\.0 \* count\(CASE .* GROUP BY c\.segment/,
  );
});

test('the average number of one thing for each of another divides the counts', () => {
  expect(shopSql('What is the average number of orders per customer?')).toContain(
    '1.0 * count(*) / NULLIF(count(DISTINCT o.customer_id), 0)',
  );
});

test('how a ratio was read is told', () => {
  const result = translateQuestion({
    question: 'What percentage of orders are delivered?',
    context: SHOP,
    today: TODAY,
    sampledValues: SHOP_VALUES,
  });
  expect(result).toMatchObject({
    interpretation: expect.stringContaining(
      'the percentage of the number of rows of shop.orders where shop.orders.status is "delivered" to the number of rows of shop.orders',
    ),
  });
});

test('things of two tables are counted each by themselves', () => {
  expect(shopSql('What is the ratio of customers to delivered orders?')).toBe(
    "SELECT 1.0 * count(*) / NULLIF((SELECT count(*) FROM shop.orders AS o WHERE o.status = 'delivered'), 0) AS ratio FROM shop.customers AS c",
  );
});

test.each([
  'What is the ratio of orders?',
  'What is the ratio of happiness to sadness?',
  'What percentage of customers?',
])('refuses half a ratio: %s', (question) => {
  expect(shopSql(question)).toMatch(/^refused/);
});
