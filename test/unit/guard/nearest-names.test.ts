import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { editDistance, nearestNames } from '../../../domain/guard/nearest-names.js';

const near = (wanted: string, ...names: string[]): string[] => nearestNames(wanted, names, (name) => name);
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });

describe('nearest names', () => {
  it('count changes, and a swap of neighbours once', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('totla', 'total')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('have a distance that is symmetric, zero only for equals, and right up to a limit', () => {
    fc.assert(
      fc.property(word, word, fc.nat(8), (a, b, limit) => {
        const distance = editDistance(a, b);
        expect(editDistance(b, a)).toBe(distance);
        expect(distance === 0).toBe(a === b);
        expect(Math.min(editDistance(a, b, limit), limit + 1)).toBe(Math.min(distance, limit + 1));
      }),
    );
  });

  it('come best first, at most three, none that is far', () => {
    expect(near('custmers', 'orders', 'customers', 'customer', 'payments')).toEqual([
      'customers',
      'customer',
    ]);
    expect(near('customer', 'crm_customer_accounts', 'invoices')).toEqual(['crm_customer_accounts']);
    expect(near('aaaa', 'aaab', 'aaba', 'abaa', 'baaa')).toHaveLength(3);
    expect(near('pg_class', 'orders', 'products')).toEqual([]);
    expect(near('Orders', 'orders')).toEqual(['orders']);
  });
});
