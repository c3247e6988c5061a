import { expect, test } from '@jest/globals';
import { RATE_LIMITS } from '../../../contracts/rate-limits.js';
import { createMemoryBuckets } from '../../../platform/rate-limit/memory-buckets.js';
import { NO_RATE_LIMITS, parseRateLimits } from '../../../platform/rate-limit/parse-rate-limits.js';
import { createRateLimiter } from '../../../platform/rate-limit/rate-limiter.js';

test('a bucket gives a minute’s budget at once, then goes on at the even rate and never holds more than the budget', () => {
  let nowMs = 0;
  const buckets = createMemoryBuckets(() => nowMs);
  const allowed = (times: number): number => {
    let count = 0;
    for (let index = 0; index < times; index++) if (buckets.take('a', 6) >= 1) count += 1;
    return count;
  };
  expect(allowed(10)).toBe(6);
  nowMs = 9_999;
  expect(allowed(10)).toBe(0);
  nowMs = 10_001;
  expect(allowed(10)).toBe(1);
  nowMs = 10_000_000;
  expect(allowed(10)).toBe(6);
});

test('requests that are refused do not make the wait longer', () => {
  let nowMs = 0;
  const buckets = createMemoryBuckets(() => nowMs);
  buckets.take('a', 1);
  for (nowMs = 1_000; nowMs < 60_000; nowMs += 1_000) expect(buckets.take('a', 1)).toBeLessThan(1);
  nowMs = 60_001;
  expect(buckets.take('a', 1)).toBeGreaterThanOrEqual(1);
});

test('a refusal says when the next request may come', async () => {
  const limiter = createRateLimiter();
  expect(await limiter.take('a', 1)).toMatchObject({ isAllowed: true, remaining: 0 });
  const refused = await limiter.take('a', 1);
  expect(refused.isAllowed).toBe(false);
  expect(refused.retryAfterMs).toBeGreaterThan(50_000);
  expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
  limiter.close();
});

test('every figure of the table can be set, and what cannot be meant is named', () => {
  const problems: string[] = [];
  const table = parseRateLimits(
    {
      QUAESTOR_LIMIT_FREE_QUESTIONS: '25',
      QUAESTOR_LIMIT_PRO_UPLOADS: '0',
      QUAESTOR_LIMIT_GOLD_UPLOADS: '1',
      QUAESTOR_LIMIT_PRO_INDEXING: 'many',
    },
    problems,
  );
  expect(table.FREE).toEqual({ ...RATE_LIMITS.FREE, questions: 25 });
  expect(table.PRO.uploads).toBe(0);
  expect(problems).toEqual([
    expect.stringMatching(/^QUAESTOR_LIMIT_GOLD_UPLOADS: no such tier/),
    expect.stringMatching(/^QUAESTOR_LIMIT_PRO_INDEXING: must be a whole number/),
  ]);
  expect(Object.values(NO_RATE_LIMITS).flatMap((row) => Object.values(row))).toEqual(Array(12).fill(0));
});
