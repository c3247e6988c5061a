import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Cell } from '../../../contracts/question.js';
import { explainResult } from '../../../domain/explain/explain-result.js';
import { isGrounded } from '../../../domain/explain/is-grounded.js';
import { resultShape } from '../../../domain/result/result-shape.js';
import { result, SHAPES } from '../chart/results.js';

const explain = (given: Parameters<typeof resultShape>[0]) => explainResult(resultShape(given));

test('a single number is said with the name of its column', () => {
  expect(explain(result('total_revenue_usd:numeric', [['1914440.57']]))).toBe(
    'Total revenue USD is 1,914,440.57.',
  );
});

test('a course of time is told by its ends, its highest and its lowest point', () => {
  const given = result('month:date orders:int8', [
    ['2025-02-01', '12'],
    ['2025-01-01', '30'],
    ['2025-03-01', '9'],
    ['2025-04-01', '20'],
  ]);
  expect(explain(given)).toBe(
    'Orders fell from 30 in 2025-01 to 20 in 2025-04. It was highest in 2025-01 (30) and lowest in 2025-03 (9).',
  );
});

test('categories are told by the highest and the lowest of them', () => {
  expect(explain(SHAPES['categories in order']!.result)).toContain(
    'the highest total revenue USD is 2,000,000 (Office Furniture)',
  );
});

test('the zeros that an average ends with are left out; what has more digits than anybody reads is rounded, and said to be', () => {
  const given = result('status:text price:numeric', [
    ['success', '24811.075000000000'],
    ['fail', '190.00000'],
    ['other', '6933.8087127532777116'],
  ]);
  expect(explain(given)).toContain('24,811.075 (success)');
  expect(explain(given)).toContain('190.00 (fail)');
  const single = (cell: Cell) => explain(result('price:numeric', [[cell]]));
  expect(single('6933.8087127532777116')).toBe('Price is about 6,933.81.');
  expect(single('0.04761904761904761905')).toBe('Price is about 0.04762.');
  expect(single('-2.99995000000001')).toBe('Price is about -3.00.');
  expect(single('9999999999999999999.99999')).toBe('Price is about 10,000,000,000,000,000,000.00.');
  expect(single(0.1234567)).toBe('Price is about 0.1235.');
  expect(single('1234.5678')).toBe('Price is 1,234.5678.');
});

test('amounts that differ are never rounded to the same', () => {
  const given = result('team:text share:numeric', [
    ['a', '0.33333333333333333333'],
    ['b', '0.33334444444444444444'],
  ]);
  expect(explain(given)).toContain('0.33334444444444444444 (b), the lowest 0.33333333333333333333 (a)');
});

test('numbers too large for JavaScript are compared and told exactly', () => {
  const given = result('customer:text total:int8', [
    ['a', '9007199254740993'],
    ['b', '9007199254740992'],
    ['c', '9007199254740994'],
  ]);
  expect(explain(given)).toBe(
    'Among these rows the highest total is 9,007,199,254,740,994 (c), the lowest 9,007,199,254,740,992 (b).',
  );
});

test('without rows, or with nothing but names, nothing is said', () => {
  expect(explain(SHAPES['no rows']!.result)).toBeNull();
  expect(explain(SHAPES['rows of many columns']!.result)).toBeNull();
});

test('a sentence with a number that no cell holds is not grounded', () => {
  const given = result('region:text revenue_2024:numeric', [
    ['Zone 3', '1500.00'],
    ['North', '-20.5'],
  ]);
  expect(isGrounded('Zone 3 made 1,500 in revenue_2024.', given)).toBe(true);
  expect(isGrounded('North lost -20.50.', given)).toBe(true);
  expect(isGrounded('Zone 3 made about 1,501.', given)).toBe(false);
  expect(isGrounded('North lost about -20.50.', given)).toBe(true);
  const long = result('share:numeric', [['0.666666666666'], ['12.3456789']]);
  expect(isGrounded('About 0.67 and about 12.346.', long)).toBe(true);
  expect(isGrounded('It is 0.67.', long)).toBe(false);
  expect(isGrounded('About 0.66.', long)).toBe(false);
  expect(isGrounded('About 12.', long)).toBe(false);
  expect(isGrounded('Zone 4 made 1,500.', given)).toBe(false);
  expect(isGrounded('That is 75 times as much.', given)).toBe(false);
  expect(isGrounded('It grew by 12.', given)).toBe(false);
});

const anyCell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.string({ maxLength: 6 }),
  fc.constantFrom('2025-01-01', '2025-02-01', '12.50', '-3'),
);

test('each number in the words is a cell of the result, whatever the result', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom<Cell>('2025-01-01', '2025-02-01', 'a', 'b', null), anyCell), {
        maxLength: 8,
      }),
      fc.constantFrom('date', 'text'),
      fc.constantFrom('numeric', 'text', 'float8'),
      (rows, first, second) => {
        const given = result(`place:${first} amount:${second}`, rows);
        const text = explain(given);
        expect(text === null || isGrounded(text, given)).toBe(true);
      },
    ),
  );
});
