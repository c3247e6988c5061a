/** A small shop as a data source: two linked tables with rows, a view, a comment. */
export const SHOP_SQL = `
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, city text);
  COMMENT ON TABLE customers IS 'People and companies who buy';
  CREATE TABLE orders (
    id int PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    status text NOT NULL,
    total numeric(12, 2) NOT NULL,
    placed_at timestamptz NOT NULL
  );
  CREATE VIEW open_orders AS SELECT * FROM orders WHERE status = 'open';
  INSERT INTO customers SELECT n, 'Customer ' || n, (ARRAY['Ulm', 'Bonn', NULL])[1 + n % 3] FROM generate_series(1, 30) n;
  INSERT INTO orders
    SELECT n, 1 + n % 30, (ARRAY['open', 'paid', 'sent'])[1 + n % 3], n * 1.25, timestamptz '2026-01-01' + n * interval '1 hour'
    FROM generate_series(1, 600) n;
  ANALYZE;`;

/** A reply of a chat model with this SQL. */
export const sqlReply = (sql: string): string => `\`\`\`sql\n${sql}\n\`\`\``;

export const COUNT_BY_STATUS =
  'SELECT status, count(*) AS orders FROM orders GROUP BY status ORDER BY status';

/** Takes seconds, costs nothing but time, and EXPLAIN knows it. */
export const LONG_QUERY =
  'SELECT count(*) FROM generate_series(1, 100000) a CROSS JOIN generate_series(1, 100000) b WHERE a.a + b.b < 0';
