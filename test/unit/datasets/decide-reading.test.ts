import { expect, test } from '@jest/globals';
import { decideReading } from '../../../domain/datasets/types/decide-reading.js';

const numbers = (count: number, write: (value: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => write(120 + ((i * 37) % 90) + ((i * 7919) % 1000) / 1000));
const point = (value: number): string => value.toFixed(3);
const comma = (value: number): string => value.toFixed(3).replace('.', ',');

test('three digits behind a comma among three behind a point are no thousands', () => {
  for (const share of [1, 20]) {
    expect(decideReading([...numbers(200, point), ...numbers(share, comma)])).toMatchObject({ kind: 'text' });
    expect(decideReading([...numbers(200, comma), ...numbers(share, point)])).toMatchObject({ kind: 'text' });
  }
});

test('thousands are read as such where they have fractions as the others do, or nothing has one', () => {
  const thousands = ['1,234.125', '2,000.500', ...numbers(50, point)];
  expect(decideReading(thousands)).toMatchObject({ kind: 'number', point: '.', group: ',', scale: 3 });
  expect(decideReading(['1,234', '12', '980', '45,000'])).toMatchObject({
    kind: 'number',
    group: ',',
    scale: 0,
  });
  expect(decideReading(['1,234', '56.78', '12', '3.5', '90', '7'])).toMatchObject({
    kind: 'number',
    group: ',',
  });
});
