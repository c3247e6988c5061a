import { describe, expect, test } from '@jest/globals';
import { readUnitVector, toHalfBits } from '../../../db/half-vector.js';

/** A vector in pgvector's binary form. */
function sent(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 + 2 * values.length);
  bytes.writeUInt16BE(values.length, 0);
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(toHalfBits(value), 4 + 2 * i);
  return bytes;
}

describe('a half vector as the store sends it', () => {
  test('is read with its signs and its very small numbers, and has length 1', () => {
    const values = [3, -4, 2 ** -24, 0];
    // In single precision; the third number is too small to lengthen the vector.
    expect([...readUnitVector(sent(values))]).toEqual(values.map((value) => Math.fround(value / 5)));
  });

  test('of only zeros stays so', () => {
    expect([...readUnitVector(sent([0, -0]))].map(Math.abs)).toEqual([0, 0]);
  });

  test('of any half numbers keeps its direction', () => {
    const values = Array.from({ length: 512 }, (_, i) => Math.sin(i) * 10 ** ((i % 7) - 3));
    const read = readUnitVector(sent(values));
    const length = Math.hypot(...values);
    for (const [i, value] of values.entries())
      expect(Math.abs(read[i]! * length - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -10 + 1e-4);
  });
});
