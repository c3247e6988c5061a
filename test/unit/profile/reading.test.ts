import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cramersV } from '../../../domain/profile/associations.js';
import { isIbanValid, isLuhnValid } from '../../../domain/profile/checksums.js';
import { classifyText } from '../../../domain/profile/classify-text.js';
import { areGapsMeaningful } from '../../../domain/profile/date-gaps.js';
import { isOpposite } from '../../../domain/profile/is-opposite.js';
import { momentsOf } from '../../../domain/profile/moments.js';
import { findApart, type PlacedValue } from '../../../domain/profile/outliers.js';
import { quartileRanks } from '../../../domain/profile/quartiles.js';

describe('what a cell looks like', () => {
  test.each([
    ['a.b+c@example.org', 'email'],
    ['a@@example.org', 'text'],
    ['DE89 3704 0044 0532 0130 00', 'iban'],
    ['4111 1111 1111 1111', 'payment-card'],
    ['https://example.org/a?b', 'url'],
    ['192.168.0.1', 'ip-address'],
    ['2001:db8::8a2e:370:7334', 'ip-address'],
    ['fe80:0:0:0:204:61ff:fe9d:f156', 'ip-address'],
    ['::1', 'ip-address'],
    ['12:34:56', 'time'],
    ['45:12:33', 'text'],
    ['00:1b:44:11:3a:b7', 'text'],
    ['123e4567-e89b-12d3-a456-426614174000', 'uuid'],
    ['+49 170 1234567', 'phone'],
    ['2021-03-04', 'date'],
    ['31.12.2020', 'date'],
    ['14:05', 'time'],
    ['1,234.50', 'number'],
    ['(1,234.50)', 'number'],
    ['(12)', 'text'],
    ['12.5 kg', 'quantity'],
    ['€ 3', 'quantity'],
    ['007', 'text'],
    ['n/a', 'nothing'],
  ])('%s is %s', (text, kind) => {
    expect(classifyText(text).kind).toBe(kind);
  });

  test('check digits decide over IBANs and cards', () => {
    expect(isIbanValid('GB82WEST12345698765432')).toBe(true);
    expect(isIbanValid('GB82WEST12345698765433')).toBe(false);
    expect(isLuhnValid('79927398713')).toBe(true);
    expect(isLuhnValid('79927398710')).toBe(false);
    expect(classifyText('DE89 3704 0044 0532 0130 01')).toEqual({ kind: 'iban', wrong: true });
  });
});

test('quartile ranks are those of the medians of the halves', () => {
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 400 }), (count) => {
      const { q1, median, q3 } = quartileRanks(count)!;
      const mean = (ranks: number[]) => ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
      // Symmetric about the middle, and each half is split in the middle.
      expect(mean(q1) + mean(q3)).toBeCloseTo(count + 1, 9);
      expect(mean(median)).toBeCloseTo((count + 1) / 2, 9);
      expect(mean(q1)).toBeCloseTo((Math.floor(count / 2) + 1) / 2, 9);
    }),
  );
});

describe('values apart', () => {
  const placed = (nums: number[]): PlacedValue[] =>
    nums.map((num) => ({ num, count: 1, firstRow: 1, text: String(num) }));

  test('a long tail without a jump has none, a jump has one', () => {
    const middle = { q1: 10, median: 20, q3: 40, count: 1000, min: 1 };
    const tail = placed([700, 600, 520, 450, 400, 350, 300, 260, 220]);
    expect(findApart(middle, placed([1, 2, 3]), tail)).toEqual([]);
    const jump = placed([1_000_000, 220, 200]);
    expect(findApart(middle, placed([1, 2, 3]), jump).map(({ num }) => num)).toEqual([1_000_000]);
  });
});

test('empty days count as gaps only where chance leaves none empty', () => {
  const daily = { usualSeconds: 86_400, steps: 364, regular: 360, points: 365, most: 9, least: 0 };
  expect(areGapsMeaningful({ ...daily, cells: 365 * 2 })).toBe(false);
  expect(areGapsMeaningful({ ...daily, cells: 365 * 40 })).toBe(true);
  expect(areGapsMeaningful({ ...daily, cells: 365, most: 1, least: 1 })).toBe(true);
});

test("Cramér's V is 0 for independent and 1 for equal categories", () => {
  const even = ['a', 'b'].flatMap((left) => ['x', 'y'].map((right) => [left, right, 50] as const));
  expect(cramersV(even)).toBeCloseTo(0, 6);
  expect(
    cramersV([
      ['a', 'x', 100],
      ['b', 'y', 100],
    ]),
  ).toBeGreaterThan(0.98);
});

test.each([
  ['Very favorably', 'Very unfavorably', true],
  ['active', 'Inactive', true],
  ['Berlin', 'Brelin', false],
  ['very likely', 'very unlikely soon', false],
])('%s and %s: opposites %s', (one, other, expected) => {
  expect(isOpposite(one, other)).toBe(expected);
});

test('spread and shape follow from sums of powers about any centre near the mean', () => {
  const values = [2, 4, 4, 4, 5, 5, 7, 9];
  const of = (centre: number, scale: number) => {
    const z = values.map((value) => (value - centre) / scale);
    const sum = (power: number): number => z.reduce((total, each) => total + each ** power, 0);
    return momentsOf({ count: values.length, sums: [sum(1), sum(2), sum(3), sum(4)], scale });
  };
  for (const moments of [of(5, 4), of(5.3, 2)]) {
    expect(moments.variancePopulation).toBeCloseTo(4, 12);
    expect(moments.variance).toBeCloseTo(32 / 7, 12);
    expect(moments.skewness).toBeCloseTo(0.818_487_553_3, 9);
    expect(moments.kurtosis).toBeCloseTo(0.940_625, 9);
  }
});
