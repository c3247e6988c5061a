import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  canonicalColumnName,
  canonicalTableName,
  parseCanonicalName,
  quoteIdentifier,
} from '../../domain/canonical-names.js';

const name = fc.oneof(
  fc.string({ minLength: 1, unit: 'binary' }),
  fc.string({ minLength: 1, unit: fc.constantFrom('"', '.', ' ', 'a', 'Z', '📦', 'ß') }),
  fc.constantFrom('select', 'order', 'Order Lines', 'a.b', '"', '""', '.', 'größe', '📦', '1st', 'x$y'),
);

describe('canonical names', () => {
  it('quote only what SQL needs quoted', () => {
    expect(canonicalTableName('public', 'orders')).toBe('public.orders');
    expect(canonicalColumnName('sales', 'Order Lines', 'group')).toBe('sales."Order Lines"."group"');
    expect(['_a1', 'update', 'name', 'value'].map(quoteIdentifier)).toEqual([
      '_a1',
      'update',
      'name',
      'value',
    ]);
    expect(['user', 'Name', '1st', 'a-b', 'a"b', 'ä', '', 'timestamp', 'left'].map(quoteIdentifier)).toEqual([
      '"user"',
      '"Name"',
      '"1st"',
      '"a-b"',
      '"a""b"',
      '"ä"',
      '""',
      '"timestamp"',
      '"left"',
    ]);
  });

  it('give back every name they were made of', () => {
    fc.assert(
      fc.property(name, name, name, (schema, table, column) => {
        expect(parseCanonicalName(canonicalTableName(schema, table))).toEqual({ schema, table });
        expect(parseCanonicalName(canonicalColumnName(schema, table, column))).toEqual({
          schema,
          table,
          column,
        });
      }),
    );
  });

  it('are never shared by two things', () => {
    fc.assert(
      fc.property(name, name, name, name, (a, b, c, d) => {
        fc.pre(a !== c || b !== d);
        expect(canonicalTableName(a, b)).not.toBe(canonicalTableName(c, d));
      }),
    );
  });

  it.each(['', 'orders', 'a.', '.a', 'a..b', 'a.b.c.d', '"a.b', 'a"b".c', '"a"b.c', 'a.b"'])(
    'are not made of %j',
    (text) => {
      expect(parseCanonicalName(text)).toBeUndefined();
    },
  );
});
