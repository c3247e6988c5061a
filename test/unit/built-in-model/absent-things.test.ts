import { describe, expect, test } from '@jest/globals';
import { shopSql } from './one-line-sql.js';

describe('what never happened', () => {
  test.each([
    'Which products have never been sold?',
    'products that were never sold',
    'Products nobody has bought',
  ])('%s', (question) => {
    expect(shopSql(question)).toContain(
      'FROM shop.products AS p WHERE NOT EXISTS ( SELECT 1 FROM shop.order_lines AS ol WHERE ol.product_id = p.id )',
    );
  });

  test.each(['Which customers have not ordered anything?', 'customers who never ordered'])(
    '%s',
    (question) => {
      expect(shopSql(question)).toContain(
        'FROM shop.customers AS c WHERE NOT EXISTS ( SELECT 1 FROM shop.orders AS o WHERE o.customer_id = c.id )',
      );
    },
  );

  test('a condition behind it stands inside, and is not asked of the things themselves', () => {
    expect(shopSql('Which customers never had a cancelled order?')).toContain(
      "WHERE NOT EXISTS ( SELECT 1 FROM shop.orders AS o WHERE o.customer_id = c.id AND o.status = 'cancelled' )",
    );
    expect(shopSql('Which orders never had a line of the product category Toys?')).toMatch(
      /FROM shop\.orders AS o WHERE NOT EXISTS \( SELECT 1 FROM shop\.order_lines AS ol JOIN .* AND c\.name = 'Toys' \)/,
    );
  });

  test('"only" is not read as "some"', () => {
    expect(shopSql('Which customers have only cancelled orders?')).toMatch(/^refused/);
  });
});

describe('numbers said with the noun', () => {
  test.each([
    ['Which three customers have the most orders?', /GROUP BY c\.name, c\.id.* LIMIT 3$/],
    ['Show five products with the highest price', /ORDER BY p\.price DESC.* LIMIT 5$/],
    ['Who are the two customers with the highest credit limit?', /ORDER BY c\.credit_limit DESC.* LIMIT 2$/],
  ])('%s', (question, sql) => {
    expect(shopSql(question)).toMatch(sql);
  });

  test('without an order it is not known which ones', () => {
    expect(shopSql('Show five customers')).toBe('refused: It is not clear which 5 are meant.');
  });
});

describe('nothing that was asked for is left out by a join', () => {
  test('things are counted that have none of the others', () => {
    expect(shopSql('For each segment, show the number of customers and the number of orders')).toContain(
      'count(DISTINCT c.id) AS number_of_customers, count(DISTINCT o.id) AS number_of_orders FROM shop.customers AS c LEFT JOIN shop.orders AS o ON o.customer_id = c.id GROUP BY c.segment',
    );
  });

  test('rows are shown beside columns that they may lack', () => {
    const sql = shopSql('Show all orders with the shipping city');
    expect(sql).toContain('LEFT JOIN shop.addresses AS a ON a.id = o.shipping_address_id');
    expect(sql).toContain('SELECT o.id');
  });

  test('a condition on the other table keeps the inner join', () => {
    expect(shopSql('Show all orders with the shipping city Paris')).not.toContain('LEFT JOIN');
  });
});

test('the average of a thing for each row of its own table is one number', () => {
  expect(shopSql('What is the average total amount per order?')).toBe(
    'SELECT avg(o.total_amount) AS average_total_amount FROM shop.orders AS o',
  );
});

test.each([
  ['orders in the second half of 2024', "'2024-07-01 00:00:00+00'", "'2025-01-01 00:00:00+00'"],
  ['orders in H1 2024', "'2024-01-01 00:00:00+00'", "'2024-07-01 00:00:00+00'"],
])('half years: %s', (question, from, to) => {
  expect(shopSql(question)).toContain(
    `o.placed_at >= TIMESTAMPTZ ${from} AND o.placed_at < TIMESTAMPTZ ${to}`,
  );
});

test('how many on average is an average of counts', () => {
  expect(shopSql('How many orders does each customer have on average?')).toBe(
    shopSql('What is the average number of orders per customer?'),
  );
});

test('what is said in the plural of a kind is asked for; who did something at a time are people', () => {
  expect(shopSql('Who was hired in 2020?')).toContain(
    "FROM shop.staff_members AS sm WHERE sm.hire_date >= DATE '2020-01-01'",
  );
});
