import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readForeignKeys, readTables } from '../../../activities/data-sources/postgres/introspect.js';
import { SourcePools } from '../../../activities/data-sources/postgres/source-pools.js';
import type { RegistryTable, SchemaContext } from '../../../contracts/schema-registry.js';
import { chooseTables, narrowSchema } from '../../../domain/ranking/choose-tables.js';
import { createTableIndex } from '../../../domain/ranking/table-index.js';
import { createTestSource, type TestSource } from '../../support/databases.js';

let source: TestSource;
let schema: SchemaContext;

beforeAll(async () => {
  source = await createTestSource(`
    CREATE TABLE customers (id int PRIMARY KEY, full_name text, country text);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, ordered_at timestamptz);
    CREATE TABLE order_lines (id int PRIMARY KEY, order_id int REFERENCES orders, product_id int, quantity int);
    CREATE TABLE products (id int PRIMARY KEY, name text, category text);
    ALTER TABLE order_lines ADD FOREIGN KEY (product_id) REFERENCES products;
    CREATE TABLE warehouses (id int PRIMARY KEY, city text);
    CREATE TABLE tx_hd_01 (a int, b numeric); COMMENT ON TABLE tx_hd_01 IS 'Legacy invoices, one row an invoice';
    CREATE TABLE audit_trail (id int, what text);`);
  const pools = new SourcePools();
  schema = await pools.withClient(source.url, new AbortController().signal, async (client) => {
    const tables: RegistryTable[] = [];
    for await (const page of readTables(client, [])) tables.push(...page);
    return { tables, foreignKeys: await readForeignKeys(client, []) };
  });
  await pools.close();
});

afterAll(async () => {
  await source.drop();
});

const choose = (question: string, options: Partial<Parameters<typeof chooseTables>[0]> = {}) =>
  chooseTables({ question, schema, index: createTableIndex(schema), vectorHits: [], ...options });
const names = (chosen: ReturnType<typeof chooseTables>) => chosen.map((table) => table.canonicalTableName);

test('words of the question find the table of that name, in the singular and the plural', () => {
  expect(names(choose('How many warehouses are there?'))[0]).toBe('public.warehouses');
  expect(names(choose('How many customers by country?'))[0]).toBe('public.customers');
  expect(names(choose('Which customer is it?'))[0]).toBe('public.customers');
});

test('a comment finds a table with a cryptic name, and the reason says which word', () => {
  const [first] = choose('total of all invoices');
  expect(first).toMatchObject({ canonicalTableName: 'public.tx_hd_01', rank: 1 });
  expect(first?.reasons.join()).toContain('invoic');
});

test('tables that a join between the chosen ones needs are added last, and say what they connect', () => {
  const chosen = choose('Customers and their product category', { maxTables: 2, isUncut: true });
  expect(names(chosen.slice(0, 2)).sort()).toEqual(['public.customers', 'public.products']);
  expect(names(chosen.slice(2)).sort()).toEqual(['public.order_lines', 'public.orders']);
  for (const table of chosen.slice(2))
    expect(table.reasons[0]).toMatch(/^connects public\.\w+ and public\.\w+$/);
  expect(chosen.map((table) => table.rank)).toEqual([1, 2, 3, 4]);
});

test('a near vector finds a table that no word does', () => {
  const vectorHits = [
    { canonicalTableName: 'public.audit_trail', canonicalColumnName: 'what', similarity: 0.8 },
    { canonicalTableName: 'public.audit_trail', canonicalColumnName: null, similarity: 0.7 },
  ];
  const [first, ...others] = choose('zzz', { vectorHits });
  expect(first).toMatchObject({
    canonicalTableName: 'public.audit_trail',
    rank: 1,
    reasons: ['what is near (0.80)'],
  });
  // The schema is small, so its other tables come along, and say so.
  for (const table of others) expect(table.reasons).toEqual(['in the schema of public.audit_trail']);
});

test('a question that nothing answers chooses nothing', () => {
  const far = [{ canonicalTableName: 'public.orders', canonicalColumnName: null, similarity: 0 }];
  expect(choose('zzz qqq', { vectorHits: far })).toEqual([]);
});

test('the narrowed schema holds the chosen tables, best first, and only keys among them', () => {
  const chosen = choose('orders of a customer', { maxTables: 2 });
  const narrow = narrowSchema(schema, chosen);
  expect(narrow.tables.map((table) => table.canonicalTableName)).toEqual(names(chosen));
  for (const key of narrow.foreignKeys) {
    expect(names(chosen)).toEqual(expect.arrayContaining([key.fromTable, key.toTable]));
  }
});
