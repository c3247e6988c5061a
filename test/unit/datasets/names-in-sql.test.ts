import { expect, test } from '@jest/globals';
import { isNamedIn, sqlWords } from '../../../domain/names-in-sql.js';

test.each([
  ['FROM sales', true],
  ['FROM "Sales" s', true],
  ["FROM 'sales'", true],
  ['FROM a,sales', true],
  ['FROM sales_2', false],
  ['FROM wholesales', false],
])('%s names sales: %s', (sql, isNamed) => {
  expect(isNamedIn(sqlWords(`SELECT 1 ${sql}`), 'sales')).toBe(isNamed);
});
