import { expect, test } from '@jest/globals';
import { withEarlierTables } from '../../../domain/conversation/with-earlier-tables.js';
import { registryTable } from '../../support/store-rows.js';

const schema = {
  tables: [
    registryTable('public', 'orders', ['id']),
    registryTable('sales', 'orders', ['id']),
    registryTable('hr', 'People', ['id']),
    registryTable('public', 'order', ['id']),
  ],
  foreignKeys: [],
};
const names = (sql: string) =>
  withEarlierTables([], [{ question: 'q', sql }], schema).map((table) => table.canonicalTableName);

test('the tables that the SQL before spoke of are there, with the reason, and no namesakes of other schemas', () => {
  expect(names('SELECT 1 FROM public.orders o JOIN hr."People" p ON true')).toEqual([
    'public.orders',
    'hr.People',
  ]);
  expect(names('SELECT 1 FROM orders')).toEqual(['public.orders']);
});

test('a table that was chosen already stays where it is', () => {
  const chosen = [{ canonicalTableName: 'public.orders', rank: 1, score: 0.9, reasons: ['words: orders'] }];
  expect(withEarlierTables(chosen, [{ question: 'q', sql: 'SELECT 1 FROM orders' }], schema)).toEqual(chosen);
});
