import { describe, expect, test } from '@jest/globals';
import { rephrase, withoutWaysOfWorking } from '../../../domain/built-in-model/rephrase.js';
import { shopSql } from './one-line-sql.js';

describe('what only says how SQL is to be written is left out', () => {
  test.each([
    'How many orders are there? Truncate date to month for aggregation.',
    'How many orders are there? To count the orders, join the orders and customers tables and group by customer.',
    'How many orders are there, based on joining the customers and orders tables?',
  ])('%s', (question) => {
    expect(shopSql(question)).toBe('SELECT count(*) AS number_of_orders FROM shop.orders AS o');
  });

  test('but not a way of working that chooses among rows', () => {
    const sentences = [
      'How many orders are there?',
      'To get the orders, join orders and customers and filter for delivered orders.',
    ];
    expect(withoutWaysOfWorking(sentences)).toEqual(sentences);
  });
});

test('results are rounded to the places asked for', () => {
  expect(shopSql('What is the average price of products, rounded to 2 decimal places?')).toContain(
    'round((avg(p.price))::numeric, 2)',
  );
  expect(rephrase('the average price rounded to the nearest whole number').decimals).toBe(0);
});

test('"how does x vary by y" asks for x in each y', () => {
  expect(shopSql('How does the average price of products vary by category?')).toMatch(
    /avg\(p\.price\).*GROUP BY c\.name/,
  );
});

test('"both a and b" needs rows of each, rather than of one of them', () => {
  const sql = shopSql('Which customers have placed both delivered and cancelled orders?');
  expect(sql.match(/EXISTS/g)).toHaveLength(2);
});

test('"both" of one value that a row has only once is refused', () => {
  expect(shopSql('Which orders are both delivered and cancelled?')).toMatch(/^refused/);
});

test('a rank is shown beside what it is by', () => {
  expect(
    shopSql(
      'Return the name, number of orders and OR of each customer. OR = order rank by number of orders, highest first.',
    ),
  ).toMatch(/rank\(\) OVER \(ORDER BY count\(\*\) DESC NULLS LAST\) AS rank/);
});

test('"in the same month as they signed up" compares the months of two dates', () => {
  expect(shopSql('How many orders were placed in the same month as the customer signed up?')).toContain(
    "date_trunc('month', o.placed_at AT TIME ZONE 'UTC')::date = date_trunc('month', c.signed_up_on)::date",
  );
});

test('a state and "rate" are the percentage of rows in that state', () => {
  expect(shopSql('What is the cancellation rate of orders by segment?')).toMatch(
    /100\.0 \* count\(CASE WHEN o\.status = 'cancelled' THEN 1 END\) \/ NULLIF\(count\(\*\), 0\).*GROUP BY c\.segment/,
  );
});

test('combinations are ranked together', () => {
  expect(shopSql('What are the top 3 combinations of segment and status by number of orders?')).toMatch(
    /GROUP BY c\.segment, o\.status .* LIMIT 3/,
  );
});

test('a time inside another one is refused, as one of them was not meant so', () => {
  expect(shopSql('How many orders were placed in 2025 in March 2025?')).toMatch(/^refused/);
});

test('a unit that nothing is divided by is not passed over', () => {
  expect(shopSql('What is the average price per square meter?')).toMatch(/^refused/);
});
