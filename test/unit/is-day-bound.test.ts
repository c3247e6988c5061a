import { expect, test } from '@jest/globals';
import { isDayBound } from '../../domain/is-day-bound.js';

test('SQL that names a date or a year holds for its day only; SQL that computes its dates, or has none, for longer', () => {
  expect(isDayBound("SELECT * FROM orders WHERE placed_at >= '2026-10-01'")).toBe(true);
  expect(isDayBound('SELECT * FROM orders WHERE extract(year FROM placed_at) = 2026')).toBe(true);
  expect(isDayBound("SELECT * FROM orders WHERE placed_at > now() - interval '30 days'")).toBe(false);
  expect(isDayBound('SELECT count(*) FROM orders LIMIT 10000')).toBe(false);
});
