import { expect, test } from '@jest/globals';
import type { MappingContent } from '../../../contracts/schema-mapping.js';
import { applyMappings } from '../../../domain/mapping/apply-mappings.js';
import { chooseGuidance } from '../../../domain/mapping/choose-guidance.js';
import { preferencesOf } from '../../../domain/mapping/preferences.js';
import { chooseTables } from '../../../domain/ranking/choose-tables.js';
import { createTableIndex, withMappings } from '../../../domain/ranking/table-index.js';
import { createValueIndex, findValueHits } from '../../../domain/values/value-index.js';
import { table } from '../ranking/tables.js';

const filler = Array.from({ length: 40 }, (_, n) => table(`erp.${'q'.repeat(n + 1)}`, ['k']));
const schema = {
  tables: [
    table('erp.tx_hd_01', ['a', 'amt'], 'Header'),
    table('erp.cal', ['day']),
    table('crm.contacts', ['email']),
    table('crm.invoices', ['email']),
    ...filler,
  ],
  foreignKeys: [],
};
const base = createTableIndex(schema);
function choose(question: string, entries: MappingContent[], area?: string) {
  const preferences = preferencesOf(entries, area);
  return chooseTables({ question, schema, index: withMappings(base, entries), vectorHits: [], preferences });
}
const names = (...given: Parameters<typeof choose>) => choose(...given).map((one) => one.canonicalTableName);

test.each<[string, MappingContent]>([
  ['a synonym of the table', { kind: 'synonym', target: 'erp.tx_hd_01', text: 'vouchers' }],
  ['a synonym of a column', { kind: 'synonym', target: 'erp.tx_hd_01.amt', text: 'voucher value' }],
  ['a description', { kind: 'description', target: 'erp.tx_hd_01', text: 'One row a voucher.' }],
  [
    'a metric over it',
    { kind: 'metric', name: 'vouchers', expression: 'count(*)', tables: ['erp.tx_hd_01'] },
  ],
  [
    'an example that reads it',
    { kind: 'example', question: 'How many vouchers?', sql: 'SELECT 1', tables: ['erp.tx_hd_01'] },
  ],
])('a table is found by %s', (_what, entry) => {
  expect(names('vouchers of last year', [])).toEqual([]);
  expect(names('vouchers of last year', [entry])).toContain('erp.tx_hd_01');
});

test('a pinned table is there whatever is asked, an excluded one never, not even when it is pinned', () => {
  const pin: MappingContent = { kind: 'pin', target: 'erp.cal' };
  const found = choose('invoices', [pin]);
  expect(found.map((one) => one.canonicalTableName)).toEqual(['crm.invoices', 'crm.contacts', 'erp.cal']);
  expect(found.at(-1)?.reasons).toEqual(['pinned']);
  expect(names('invoices', [pin, { kind: 'exclude', target: 'erp' }])).toEqual([
    'crm.invoices',
    'crm.contacts',
  ]);
  expect(names('invoices', [{ kind: 'exclude', target: 'crm.invoices' }])).toEqual([]);
});

test('nothing outside of a subject area is chosen; one that nobody made is no area', () => {
  const entries: MappingContent[] = [{ kind: 'area', name: 'Ledger', members: ['erp'] }];
  expect(names('invoices and the cal', entries, 'ledger')).toEqual(['erp.cal']);
  expect(preferencesOf(entries, 'nonsense')).toBeUndefined();
});

test('a description stands in place of the comment, and synonyms follow it', () => {
  const [told, ...others] = applyMappings(schema.tables, [
    { kind: 'description', target: 'erp.tx_hd_01', text: 'Vouchers' },
    { kind: 'synonym', target: 'erp.tx_hd_01', text: 'receipts' },
    { kind: 'synonym', target: 'erp.tx_hd_01.amt', text: 'value' },
  ]);
  expect(told?.comment).toBe('Vouchers; also called receipts');
  expect(told?.columns.map(({ comment }) => comment)).toEqual([null, 'also called value']);
  expect(others).toEqual(schema.tables.slice(1));
});

test('what goes to the model with a question: instructions, metrics of its tables, and the examples most like it', () => {
  const guidance = chooseGuidance(
    'revenue by month',
    ['erp.tx_hd_01'],
    [
      { kind: 'instruction', text: 'Years are fiscal.' },
      { kind: 'metric', name: 'head count', expression: 'count(*)', tables: ['erp.tx_hd_01'] },
      { kind: 'metric', name: 'revenue', expression: 'sum(amt)', tables: ['erp.tx_hd_01'] },
      { kind: 'metric', name: 'contacts', expression: 'count(*)', tables: ['crm.contacts'] },
      { kind: 'example', question: 'revenue by day', sql: 'SELECT 1', tables: ['erp.tx_hd_01'] },
      { kind: 'example', question: 'contacts by name', sql: 'SELECT 2', tables: ['erp.tx_hd_01'] },
      {
        kind: 'example',
        question: 'revenue by month of contacts',
        sql: 'SELECT 3',
        tables: ['crm.contacts'],
      },
    ],
  );
  expect(guidance).toEqual({
    instructions: ['Years are fiscal.'],
    metrics: [
      { name: 'revenue', expression: 'sum(amt)' },
      { name: 'head count', expression: 'count(*)' },
    ],
    examples: [{ question: 'revenue by day', sql: 'SELECT 1' }],
  });
  expect(chooseGuidance('revenue', [], [])).toBeUndefined();
});

test('a table that stores what the question names is found by it, and says so; a value of many tables says nothing', () => {
  const values = Object.fromEntries([
    ['erp.cal.day', ['Whit Monday', 'active']],
    ...filler.map((one) => [`${one.canonicalTableName}.k`, ['active']]),
  ]);
  const index = createValueIndex(schema.tables, values);
  const find = (question: string) =>
    chooseTables({
      question,
      schema,
      index: base,
      vectorHits: [],
      valueHits: findValueHits(question, index),
    });
  expect(find('What is sold on whit mondays?')[0]).toMatchObject({
    canonicalTableName: 'erp.cal',
    reasons: ['erp.cal.day has “Whit Monday”'],
  });
  expect(find('Who is active?')).toEqual([]);
});
