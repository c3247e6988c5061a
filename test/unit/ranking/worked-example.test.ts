import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { ForeignKey } from '../../../contracts/schema-registry.js';
import { lexicalEmbedding } from '../../../domain/built-in-model/lexical-embedding.js';
import { familyItems } from '../../../domain/index-items.js';
import { chooseTables } from '../../../domain/ranking/choose-tables.js';
import { nearestTables } from '../../../domain/ranking/nearest-tables.js';
import { createTableIndex } from '../../../domain/ranking/table-index.js';
import { groupFamilies } from '../../../domain/table-families.js';
import { table } from './tables.js';

const key = (fromTable: string, fromColumn: string, toTable: string): ForeignKey => ({
  name: fromColumn,
  fromTable,
  fromColumns: [fromColumn],
  toTable,
  toColumns: ['id'],
});

const SCHEMA = {
  tables: [
    table('sales.customers', ['id', 'full_name', 'country']),
    table('sales.orders', ['id', 'customer_id', 'ordered_at']),
    table('sales.order_lines', ['id', 'order_id', 'product_id', 'quantity']),
    table('sales.products', ['id', 'title', 'unit_price'], 'What we sell'),
    table('sales.returns_2023', ['id', 'order_line_id', 'reason', 'returned_at']),
    table('sales.returns_2024', ['id', 'order_line_id', 'reason', 'returned_at']),
    table('support.tickets', ['id', 'customer_id', 'opened_at', 'reason']),
    table('web.page_views', ['id', 'url', 'viewed_at']),
  ],
  foreignKeys: [
    key('sales.orders', 'customer_id', 'sales.customers'),
    key('sales.order_lines', 'order_id', 'sales.orders'),
    key('sales.order_lines', 'product_id', 'sales.products'),
    key('sales.returns_2023', 'order_line_id', 'sales.order_lines'),
    key('sales.returns_2024', 'order_line_id', 'sales.order_lines'),
    key('support.tickets', 'customer_id', 'sales.customers'),
  ],
};
const QUESTION = 'Why were products returned in 2023?';

test('the worked example of docs/ranking.md is what ranking does', () => {
  const vectors = groupFamilies(SCHEMA.tables).map((family) => {
    const { canonicalTableName, content } = familyItems(family)[0]!;
    return { canonicalTableName, vector: lexicalEmbedding(content) };
  });
  const rows = chooseTables({
    question: QUESTION,
    schema: SCHEMA,
    index: createTableIndex(SCHEMA),
    vectorHits: nearestTables(vectors, lexicalEmbedding(QUESTION), 200),
  }).map(
    ({ rank, score, canonicalTableName, reasons }) =>
      `| ${rank} | ${score.toFixed(2)} | \`${canonicalTableName}\` | ${reasons.join('; ')} |`,
  );
  const page = readFileSync('docs/ranking.md', 'utf8');
  expect(page).toContain(`“${QUESTION}”`);
  const section = page.slice(page.indexOf('## An example'), page.indexOf('## What it gets wrong'));
  const told = section.split('\n').filter((line) => /^\| *\d/.test(line));
  expect(told.map((line) => line.replace(/ +/g, ' '))).toEqual(rows);
});
