import { expect, test } from '@jest/globals';
import type { SchemaContext } from '../../../contracts/schema-registry.js';
import { completeSmallSchema } from '../../../domain/ranking/complete-small-schema.js';

const schemaOf = (count: number): SchemaContext => ({
  tables: Array.from({ length: count }, (_, n) => ({
    canonicalTableName: `public.t${n}`,
    schemaName: 'public',
    tableName: `t${n}`,
    kind: 'table',
    comment: null,
    estimatedRows: null,
    columns: [],
  })),
  foreignKeys: [],
});
const chosen = [{ canonicalTableName: 'public.t1', rank: 1, score: 1, reasons: ['words: t1'] }];

test('a small schema is shown whole, what was chosen first', () => {
  const all = completeSmallSchema(chosen, schemaOf(3));
  expect(all.map((table) => table.canonicalTableName)).toEqual(['public.t1', 'public.t0', 'public.t2']);
  expect(all.map((table) => table.rank)).toEqual([1, 2, 3]);
});

test('a large schema is left to the ranking', () => {
  expect(completeSmallSchema(chosen, schemaOf(19))).toEqual(chosen);
});

test('a question that nothing answers does not get tables because there are few', () => {
  expect(completeSmallSchema([], schemaOf(3))).toEqual([]);
});
