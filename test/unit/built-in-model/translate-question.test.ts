import { describe, expect, test } from '@jest/globals';
import { translateQuestion } from '../../../domain/built-in-model/translate-question.js';
import { oneLine } from './one-line-sql.js';
import { SHOP, SHOP_VALUES, TODAY } from './shop-schema.js';

const ask = (question: string) =>
  translateQuestion({ question, context: SHOP, today: TODAY, sampledValues: SHOP_VALUES });

const sqlOf = (question: string): string => oneLine(ask(question));
const refusalOf = (question: string) => {
  const result = ask(question);
  if (result.outcome === 'sql') throw new Error(`was answered: ${result.sql}`);
  return result;
};

describe('measures', () => {
  test.each([
    ['How many customers do we have?', 'SELECT count(*) AS number_of_customers FROM shop.customers AS c'],
    [
      'What is the total amount of orders?',
      'SELECT sum(o.total_amount) AS total_amount FROM shop.orders AS o',
    ],
    ['Average price of products', 'SELECT avg(p.price) AS average_price FROM shop.products AS p'],
    ['What is the highest salary?', 'SELECT max(sm.salary) AS highest_salary FROM shop.staff_members AS sm'],
    ['minimum price of products', 'SELECT min(p.price) AS lowest_price FROM shop.products AS p'],
    [
      'How many different segments are there?',
      'SELECT count(DISTINCT c.segment) AS number_of_segment FROM shop.customers AS c',
    ],
  ])('%s', (question, sql) => {
    expect(sqlOf(question)).toBe(sql);
  });

  test('takes revenue from the lines of orders, so that it can be grouped by product, and says so', () => {
    expect(sqlOf('revenue by product')).toContain('sum(ol.line_total)');
    const result = ask('revenue by product');
    expect(result).toMatchObject({
      interpretation: expect.stringContaining('"revenue" is taken to be shop.order_lines.line_total'),
    });
  });
});

describe('filters', () => {
  test.each([
    ['How many orders are delivered?', "WHERE o.status = 'delivered'"],
    ['How many orders are not cancelled?', "WHERE o.status IS DISTINCT FROM 'cancelled'"],
    ['How many open or cancelled orders are there?', "WHERE o.status IN ('open', 'cancelled')"],
    ['products with a price over 100', 'WHERE p.price > 100'],
    ['products with a price of at least 1,000', 'WHERE p.price >= 1000'],
    ['products with a price between 10 and 20.5', 'WHERE p.price BETWEEN 10 AND 20.5'],
    ['customers without email', 'WHERE c.email IS NULL'],
    ['active customers', 'WHERE c.is_active IS TRUE'],
    ['inactive customers', 'WHERE c.is_active IS NOT TRUE'],
    ['customers named "O\'Brien \\ Sons"', "WHERE lower(c.name) = lower(E'O''Brien \\\\ Sons')"],
    ['products whose name starts with "50%_"', "WHERE p.name ILIKE E'50\\\\%\\\\_%'"],
    ['products with class "collector\'s"', "WHERE p.\"Class\" = 'Collector''s'"],
    ['customers with email "a@b.c"', "WHERE lower(c.email) = lower('a@b.c')"],
  ])('%s', (question, where) => {
    expect(sqlOf(question)).toContain(where);
  });
});

describe('times', () => {
  const placed = (from: string, to: string) =>
    `WHERE o.placed_at >= TIMESTAMPTZ '${from} 00:00:00+00' AND o.placed_at < TIMESTAMPTZ '${to} 00:00:00+00'`;
  test.each([
    ['in 2024', '2024-01-01', '2025-01-01'],
    ['in March 2025', '2025-03-01', '2025-04-01'],
    ['in Q2 2024', '2024-04-01', '2024-07-01'],
    ['in the first quarter of 2024', '2024-01-01', '2024-04-01'],
    ['last month', '2025-10-01', '2025-11-01'],
    ['this year', '2025-01-01', '2026-01-01'],
    ['last week', '2025-11-10', '2025-11-17'],
    ['yesterday', '2025-11-22', '2025-11-23'],
    ['in the last 30 days', '2025-10-24', '2025-11-24'],
    ['between Jan 5, 2024 and 2024-02-01', '2024-01-05', '2024-02-02'],
    ['from March 2024 to May 2024', '2024-03-01', '2024-06-01'],
  ])('How many orders were placed %s?', (phrase, from, to) => {
    expect(sqlOf(`How many orders were placed ${phrase}?`)).toContain(placed(from, to));
  });

  test('"since" has no end', () => {
    expect(sqlOf('number of orders since March 2025')).toMatch(
      /WHERE o\.placed_at >= TIMESTAMPTZ '2025-03-01 00:00:00\+00'$/,
    );
  });

  test('a verb chooses the date column', () => {
    expect(sqlOf('staff members hired since 2023')).toContain("WHERE sm.hire_date >= DATE '2023-01-01'");
  });

  test('"last 12 months" per month is twelve whole months, the current one included', () => {
    const sql = sqlOf('Number of orders per month in the last 12 months');
    expect(sql).toContain("date_trunc('month', o.placed_at AT TIME ZONE 'UTC')::date AS month");
    expect(sql).toContain("o.placed_at >= TIMESTAMPTZ '2024-12-01 00:00:00+00'");
    expect(sql).toMatch(/ORDER BY date_trunc\('month', [^)]+\)::date ASC/);
  });

  test.each([
    ['month', '12', '2025-11-30', '2024-12-01', '2025-12-01'],
    ['month', '12', '2025-12-01', '2025-01-01', '2025-12-02'],
    ['quarter', '4', '2025-09-30', '2024-10-01', '2025-10-01'],
    ['year', '3', '2025-12-31', '2023-01-01', '2026-01-01'],
    ['week', '2', '2025-11-30', '2025-11-17', '2025-12-01'],
  ])(
    'per %s in the last %s of them is so many on the first and last day of one, too: %s',
    (unit, count, today, from, to) => {
      const question = `Number of orders per ${unit} in the last ${count} ${unit}s`;
      const reply = translateQuestion({ question, context: SHOP, today, sampledValues: SHOP_VALUES });
      expect(reply).toMatchObject({ outcome: 'sql', sql: expect.stringContaining(`'${from} 00:00:00+00'`) });
      expect(reply).toMatchObject({ sql: expect.stringContaining(`'${to} 00:00:00+00'`) });
    },
  );

  test('the time of a group is that of what is counted, not of the thing it belongs to', () => {
    expect(sqlOf('number of orders of each customer last month')).toContain('WHERE o.placed_at >=');
  });

  test('says that days are counted in UTC', () => {
    expect(ask('orders per week')).toMatchObject({ interpretation: expect.stringContaining('UTC') });
  });
});

describe('groups, rankings and lists', () => {
  test('groups by the label of a thing together with its key', () => {
    expect(sqlOf('Total revenue by product category')).toBe(
      'SELECT c.name AS category_name, c.id AS category_id, sum(ol.line_total) AS total_line_total' +
        ' FROM shop.order_lines AS ol JOIN shop.products AS p ON p.id = ol.product_id JOIN shop.categories AS c ON c.id = p.category_id' +
        ' GROUP BY c.name, c.id ORDER BY sum(ol.line_total) DESC NULLS LAST, c.name ASC NULLS LAST, c.id ASC NULLS LAST',
    );
  });

  test('takes two groups', () => {
    expect(sqlOf('number of orders by month and status')).toMatch(
      /GROUP BY date_trunc\('month', .*\)::date, o\.status/,
    );
  });

  test.each([
    [
      'top 5 customers by revenue',
      'ORDER BY sum(ol.line_total) DESC NULLS LAST, c.name ASC NULLS LAST, c.id ASC NULLS LAST LIMIT 5',
    ],
    [
      'Which customer has the most orders?',
      'ORDER BY count(*) DESC NULLS LAST, c.name ASC NULLS LAST, c.id ASC NULLS LAST LIMIT 1',
    ],
    [
      'most expensive product',
      'ORDER BY p.price DESC NULLS LAST, p.name ASC NULLS LAST, p.id ASC NULLS LAST LIMIT 1',
    ],
    [
      '3 cheapest products',
      'ORDER BY p.price ASC NULLS LAST, p.name ASC NULLS LAST, p.id ASC NULLS LAST LIMIT 3',
    ],
    [
      'Which product has the lowest price?',
      'ORDER BY p.price ASC NULLS LAST, p.name ASC NULLS LAST, p.id ASC NULLS LAST LIMIT 1',
    ],
    [
      'bottom 2 products by price',
      'ORDER BY p.price ASC NULLS LAST, p.name ASC NULLS LAST, p.id ASC NULLS LAST LIMIT 2',
    ],
  ])('%s', (question, tail) => {
    expect(sqlOf(question).endsWith(tail) ? tail : sqlOf(question)).toBe(tail);
  });

  test('lists the columns that were named', () => {
    expect(sqlOf('names and emails of business customers')).toBe(
      "SELECT c.name, c.email FROM shop.customers AS c WHERE c.segment = 'business' ORDER BY c.name ASC NULLS LAST, c.id ASC NULLS LAST",
    );
  });

  test('keeps groups that exceed a number', () => {
    expect(sqlOf('customers with more than 3 orders')).toContain('GROUP BY c.name, c.id HAVING count(*) > 3');
    expect(sqlOf('How many customers have more than 3 orders?')).toMatch(
      /^SELECT count\(\*\) AS number_of_customers FROM \(.*HAVING count\(\*\) > 3 \) AS groups$/,
    );
  });

  test('puts the conditions of absent things where they belong', () => {
    expect(sqlOf('customers with no orders in 2025')).toMatch(
      /NOT EXISTS \( SELECT 1 FROM shop.orders AS o WHERE o.customer_id = c.id AND o.placed_at >= .* \) ORDER BY/,
    );
  });

  test('finds things without others', () => {
    expect(sqlOf('customers without orders')).toContain(
      'WHERE NOT EXISTS ( SELECT 1 FROM shop.orders AS o WHERE o.customer_id = c.id )',
    );
  });
});

describe('joins', () => {
  test('go through link tables, and count things once where rows repeat', () => {
    expect(sqlOf('number of orders by category')).toContain('count(DISTINCT o.id)');
    expect(sqlOf('number of products by tag')).toContain('JOIN shop.product_tags');
  });

  test('never add up what they repeat', () => {
    const { reason } = refusalOf('total order amount by product');
    expect(reason).toContain('shop.orders.total_amount would be counted several times');
  });

  test('are refused when several paths are equally good', () => {
    const { reason } = refusalOf('number of orders by street');
    expect(reason).toContain('shop.orders.billing_address_id');
    expect(reason).toContain('shop.orders.shipping_address_id');
  });

  test('are chosen by the words of the question', () => {
    expect(sqlOf('number of orders by billing street')).toContain('ON a.id = o.billing_address_id');
    expect(sqlOf('number of orders by shipping street')).toContain('ON a.id = o.shipping_address_id');
  });
});

describe('names', () => {
  const orders = SHOP.tables.find((table) => table.tableName === 'orders')!;

  test('a table is preferred to a view that repeats it', () => {
    const view = {
      ...orders,
      canonicalTableName: 'shop.recent_orders_view',
      tableName: 'orders_view',
      kind: 'view' as const,
      columns: orders.columns.map((c) => ({
        ...c,
        canonicalColumnName: c.canonicalColumnName.replace('orders', 'orders_view'),
      })),
    };
    const result = translateQuestion({
      question: 'average shipping fee',
      context: { ...SHOP, tables: [view, ...SHOP.tables] },
      today: TODAY,
    });
    expect(result).toMatchObject({ sql: expect.stringContaining('FROM shop.orders AS o') });
  });

  test('a noun is no participle: orders are not what was ordered_at some time', () => {
    const { ordered, ...rest } = { ordered: orders.columns[5]!, canonicalTableName: 'shop.supplies' };
    const supplies = {
      ...orders,
      ...rest,
      tableName: 'supplies',
      columns: [{ ...ordered, name: 'ordered_at', canonicalColumnName: 'shop.supplies.ordered_at' }],
    };
    const result = translateQuestion({
      question: 'number of orders per month',
      context: { ...SHOP, tables: [supplies, ...SHOP.tables] },
      today: TODAY,
    });
    expect(result).toMatchObject({ sql: expect.stringContaining('FROM shop.orders AS o') });
  });

  test('run-together names are read by their words, and joined by what they say, which is told', () => {
    const legacy = (tableName: string, names: string[]) => ({
      ...orders,
      tableName,
      canonicalTableName: `shop.${tableName}`,
      columns: names.map((name, i) => ({
        ...orders.columns[0]!,
        name,
        canonicalColumnName: `shop.${tableName}.${name}`,
        dataType: name.endsWith('amount') ? 'numeric(10,2)' : 'text',
        isPrimaryKey: i === 0,
      })),
    });
    const context = {
      tables: [
        legacy('xqcustomer', ['xqcustid', 'xqcustname', 'xqcuststate']),
        legacy('xqtransaction', ['xqtxid', 'xqtxcustid', 'xqtxamount']),
        legacy('xqticker', ['xqtickerid', 'xqtickersymbol', 'xqtickertype']),
      ],
      foreignKeys: [],
    };
    const result = translateQuestion({
      question: 'total transaction amount by customer state',
      context,
      today: TODAY,
    });
    expect(result).toMatchObject({
      sql: expect.stringContaining('JOIN shop.xqcustomer AS c ON c.xqcustid = t.xqtxcustid'),
      interpretation: expect.stringContaining('no declared key'),
    });
  });
});

describe('refusals', () => {
  test.each([
    ['How many unicorns are there?', ['unicorns']],
    ['total revenue by galaxy', ['galaxy']],
    ['customers in Atlantis', ['Atlantis']],
    ['Why did revenue fall?', ['Why', 'fall']],
  ])('%s names the words', (question, words) => {
    expect(refusalOf(question)).toMatchObject({ notUnderstood: words });
  });

  test.each([
    '',
    '???',
    'orders over 1000',
    'average revenue per customer',
    'customers with orders in Berlin',
    'orders before 2024 and after 2025',
    'names of customers and products',
    'orders in March 2024 or May 2024',
    'revenue by month, by',
    `${'order '.repeat(800)}`,
  ])('"%s" is not guessed at', (question) => {
    expect(ask(question).outcome).toBe('not_confident');
  });

  test('a text in quotes beside nothing is not looked for in a column at random', () => {
    expect(refusalOf('orders in 2024 for "Acme"').reason).toContain('Acme');
  });
});
