import { expect, test } from '@jest/globals';
import type { MappingContent } from '../../../contracts/schema-mapping.js';
import { checkMappings, tablesIn } from '../../../domain/mapping/check-mappings.js';
import { NameBook } from '../../../domain/mapping/name-book.js';
import { table } from '../ranking/tables.js';

const book = new NameBook([
  table('sales.orders', ['id', 'total_usd', 'Placed At']),
  table('sales.customers', ['id', 'email']),
  table('archive.customers', ['id']),
  table('hr.Staff List', ['id']),
]);
const check = (...entries: MappingContent[]) => checkMappings(entries, book);

test('names are made canonical: in any case, and without the schema where one table fits', () => {
  const { entries, issues } = check(
    { kind: 'synonym', target: 'Orders', text: 'purchases' },
    { kind: 'description', target: 'SALES.ORDERS.TOTAL_USD', text: 'With tax.' },
    { kind: 'synonym', target: 'orders.placed at', text: 'date' },
    { kind: 'pin', target: 'hr."Staff List"' },
    { kind: 'exclude', target: 'archive' },
    { kind: 'area', name: 'People', members: ['hr', 'sales.customers'] },
    { kind: 'metric', name: 'revenue', expression: 'sum(total_usd)', tables: ['orders'] },
  );
  expect(issues).toEqual([]);
  expect(entries.map((entry) => ('target' in entry ? entry.target : undefined))).toEqual([
    'sales.orders',
    'sales.orders.total_usd',
    'sales.orders."Placed At"',
    'hr."Staff List"',
    'archive',
    undefined,
    undefined,
  ]);
  expect(entries[5]).toMatchObject({ members: ['hr', 'sales.customers'] });
  expect(entries[6]).toMatchObject({ tables: ['sales.orders'] });
});

test('a name that is not there is refused, with those that may be meant', () => {
  const { entries, issues } = check(
    { kind: 'synonym', target: 'sales.ordres', text: 'x' },
    { kind: 'synonym', target: 'sales.orders.total_eur', text: 'x' },
    { kind: 'pin', target: 'customers' },
  );
  expect(entries).toEqual([]);
  expect(issues.map(({ index, nearest }) => ({ index, nearest }))).toEqual([
    { index: 0, nearest: ['sales.orders'] },
    { index: 1, nearest: ['sales.orders.total_usd'] },
    { index: 2, nearest: ['sales.customers', 'archive.customers'] },
  ]);
  expect(issues[2]?.reason).toMatch(/several schemas/i);
});

test('a thing of the wrong kind is refused: a pin is on a table, an area has tables and schemas', () => {
  const { issues } = check(
    { kind: 'pin', target: 'sales.orders.id' },
    { kind: 'area', name: 'x', members: ['sales.orders.id'] },
    { kind: 'synonym', target: 'sales', text: 'x' },
  );
  expect(issues.map(({ index }) => index)).toEqual([0, 1, 2]);
});

test('the tables of an example are read from its SQL, names of WITH queries left out', () => {
  const sql =
    'WITH big AS (SELECT * FROM sales.orders) SELECT * FROM big JOIN hr."Staff List" s ON true JOIN orders o ON true';
  expect(tablesIn(sql, book)).toEqual(['sales.orders', 'hr."Staff List"']);
  const { entries } = check({ kind: 'example', question: 'q', sql });
  expect(entries[0]).toMatchObject({ tables: ['sales.orders', 'hr."Staff List"'] });
});
