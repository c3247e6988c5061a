import { canonicalColumnName, canonicalTableName } from '../../../domain/canonical-names.js';
import type { GuardTable } from '../../../domain/guard/verdict.js';

/** The database that the corpus is about: makes it, with a few rows. `canary` must have its one row, unchanged, after all. */
export const CORPUS_DDL = `
CREATE TABLE customers (id bigint PRIMARY KEY, name text, email text, city text, country text, created_at timestamptz,
  tags text[], attributes jsonb);
CREATE TABLE products (id bigint PRIMARY KEY, name text, category text, price numeric(12,2), attributes jsonb);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, status text, total numeric(12,2),
  ordered_at timestamptz, shipped_at timestamptz, note text, "update" text);
CREATE TABLE order_items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders, product_id bigint REFERENCES products,
  quantity integer, unit_price numeric(12,2));
CREATE TABLE employees (id bigint PRIMARY KEY, name text, manager_id bigint, salary numeric, hired_on date, department text);
CREATE TABLE "select" (id bigint, "from" text, "Delete" boolean);
CREATE TABLE "Order Lines" ("Line No" integer, "drop" text, "say ""hi""" text, "größe" numeric, "📦" integer);
CREATE TABLE canary (id integer, note text);
CREATE SCHEMA sales;
CREATE TABLE sales.invoices (id bigint PRIMARY KEY, order_id bigint, amount numeric, issued_on date, paid boolean);
CREATE TABLE sales.targets (month date, region text, amount numeric, validity daterange);
INSERT INTO customers VALUES (1, 'Ann', 'ann@example.com', 'Bonn', 'DE', now(), '{a,b}', '{"vip": true, "score": 3}'),
  (2, 'Bob', NULL, 'Wien', 'AT', now() - interval '40 days', '{}', '{"plan": {"name": "x"}}');
INSERT INTO products VALUES (1, 'Lamp', 'home', 9.50, '{"colour": "red"}'), (2, 'Desk', 'office', 120, '{}');
INSERT INTO orders VALUES (1, 1, 'paid', 20, now(), NULL, '2024-01-02', 'x'), (2, 2, 'open', 30, now(), now(), NULL, NULL);
INSERT INTO order_items VALUES (1, 1, 1, 2, 9.50), (2, 2, 2, 1, 120);
INSERT INTO employees VALUES (1, 'Eve', NULL, 100, '2020-01-01', 'IT'), (2, 'Kim', 1, 80, '2021-01-01', 'IT');
INSERT INTO "select" VALUES (1, 'here', true);
INSERT INTO "Order Lines" VALUES (1, 'd', 'h', 2, 3);
INSERT INTO canary VALUES (1, 'alive');
INSERT INTO sales.invoices VALUES (1, 1, 20, '2024-05-01', true);
INSERT INTO sales.targets VALUES ('2024-05-01', 'EU', 100, '[2024-01-01,2025-01-01)');
`;

const table = (schemaName: string, tableName: string, columns: readonly string[]): GuardTable => ({
  canonicalTableName: canonicalTableName(schemaName, tableName),
  schemaName,
  tableName,
  columns: columns.map((name, i) => ({
    name,
    position: i + 1,
    canonicalColumnName: canonicalColumnName(schemaName, tableName, name),
  })),
});

/** The same as the index has it. */
export const CORPUS_TABLES: readonly GuardTable[] = [
  table('public', 'customers', [
    'id',
    'name',
    'email',
    'city',
    'country',
    'created_at',
    'tags',
    'attributes',
  ]),
  table('public', 'products', ['id', 'name', 'category', 'price', 'attributes']),
  table('public', 'orders', [
    'id',
    'customer_id',
    'status',
    'total',
    'ordered_at',
    'shipped_at',
    'note',
    'update',
  ]),
  table('public', 'order_items', ['id', 'order_id', 'product_id', 'quantity', 'unit_price']),
  table('public', 'employees', ['id', 'name', 'manager_id', 'salary', 'hired_on', 'department']),
  table('public', 'select', ['id', 'from', 'Delete']),
  table('public', 'Order Lines', ['Line No', 'drop', 'say "hi"', 'größe', '📦']),
  table('public', 'canary', ['id', 'note']),
  table('sales', 'invoices', ['id', 'order_id', 'amount', 'issued_on', 'paid']),
  table('sales', 'targets', ['month', 'region', 'amount', 'validity']),
];
