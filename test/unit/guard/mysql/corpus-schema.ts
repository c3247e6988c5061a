import { canonicalColumnName, canonicalTableName } from '../../../../domain/canonical-names.js';
import type { GuardTable } from '../../../../domain/guard/verdict.js';

/** The database that the corpus is about. */
export const CORPUS_DATABASE = 'guard_shop';
const SALES = 'guard_sales';

/** Makes it, with a few rows. `canary` must have its one row, unchanged, after all. */
export const MYSQL_CORPUS_DDL = `
CREATE TABLE customers (id bigint PRIMARY KEY, name varchar(100), email varchar(100), city varchar(100), country char(2), created_at datetime,
  attributes json, FULLTEXT (name));
CREATE TABLE products (id bigint PRIMARY KEY, name text, category varchar(50), price decimal(12,2), attributes json);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, status varchar(20), total decimal(12,2), ordered_at timestamp NULL,
  shipped_at timestamp NULL, note text, \`update\` text, KEY by_status (status));
CREATE TABLE order_items (id bigint PRIMARY KEY, order_id bigint, product_id bigint, quantity int, unit_price decimal(12,2));
CREATE TABLE employees (id bigint PRIMARY KEY, name text, manager_id bigint, salary decimal(12,2), hired_on date, department varchar(50));
CREATE TABLE \`select\` (id bigint, \`from\` text, \`Delete\` tinyint(1));
CREATE TABLE \`Order Lines\` (\`Line No\` int, \`drop\` text, \`say "hi"\` text, \`größe\` double, \`tick\`\`ed\` int, \`n0\` int);
CREATE TABLE by_year (id int, y int) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE canary (id int, note varchar(50));
CREATE SEQUENCE counter;
CREATE FUNCTION evil() RETURNS int BEGIN UPDATE canary SET note = 'dead'; RETURN 1; END;
CREATE PROCEDURE evil() DELETE FROM canary;
INSERT INTO customers VALUES (1, 'Ann', 'ann@example.com', 'Bonn', 'DE', now(), '{"vip": true, "score": 3, "tags": ["a", "b"]}'),
  (2, 'Bob', NULL, 'Wien', 'AT', now() - interval 40 day, '{"plan": {"name": "x"}}');
INSERT INTO products VALUES (1, 'Lamp', 'home', 9.50, '{"colour": "red"}'), (2, 'Desk', 'office', 120, '{}');
INSERT INTO orders VALUES (1, 1, 'paid', 20, now(), NULL, '2024-01-02', 'x'), (2, 2, 'open', 30, now(), now(), NULL, NULL);
INSERT INTO order_items VALUES (1, 1, 1, 2, 9.50), (2, 2, 2, 1, 120);
INSERT INTO employees VALUES (1, 'Eve', NULL, 100, '2020-01-01', 'IT'), (2, 'Kim', 1, 80, '2021-01-01', 'IT');
INSERT INTO \`select\` VALUES (1, 'here', true);
INSERT INTO \`Order Lines\` VALUES (1, 'd', 'h', 2, 3, 4);
INSERT INTO by_year VALUES (1, 2019), (2, 2024);
INSERT INTO canary VALUES (1, 'alive');
CREATE OR REPLACE DATABASE ${SALES};
CREATE TABLE ${SALES}.invoices (id bigint PRIMARY KEY, order_id bigint, amount decimal(12,2), issued_on date, paid tinyint(1));
CREATE TABLE ${SALES}.targets (month date, region varchar(20), amount decimal(12,2));
INSERT INTO ${SALES}.invoices VALUES (1, 1, 20, '2024-05-01', true);
INSERT INTO ${SALES}.targets VALUES ('2024-05-01', 'EU', 100);
`;

const table = (schemaName: string, tableName: string, columns: string): GuardTable => ({
  canonicalTableName: canonicalTableName(schemaName, tableName),
  schemaName,
  tableName,
  columns: columns.split(/, */).map((name, i) => ({
    name,
    position: i + 1,
    canonicalColumnName: canonicalColumnName(schemaName, tableName, name),
  })),
});

/** The same as the index has it. */
export const MYSQL_CORPUS_TABLES: readonly GuardTable[] = [
  table(CORPUS_DATABASE, 'customers', 'id, name, email, city, country, created_at, attributes'),
  table(CORPUS_DATABASE, 'products', 'id, name, category, price, attributes'),
  table(CORPUS_DATABASE, 'orders', 'id, customer_id, status, total, ordered_at, shipped_at, note, update'),
  table(CORPUS_DATABASE, 'order_items', 'id, order_id, product_id, quantity, unit_price'),
  table(CORPUS_DATABASE, 'employees', 'id, name, manager_id, salary, hired_on, department'),
  table(CORPUS_DATABASE, 'select', 'id, from, Delete'),
  table(CORPUS_DATABASE, 'Order Lines', 'Line No, drop, say "hi", größe, tick`ed, n0'),
  table(CORPUS_DATABASE, 'by_year', 'id, y'),
  table(CORPUS_DATABASE, 'canary', 'id, note'),
  table(SALES, 'invoices', 'id, order_id, amount, issued_on, paid'),
  table(SALES, 'targets', 'month, region, amount'),
];
