import { expect, test } from '@jest/globals';
import { type CachedAnswer, createAnswerCache } from '../../../platform/answer-cache.js';

const cached = (questionId: string, sql = 'SELECT 1'): CachedAnswer => ({
  questionId,
  answer: {
    ...{ sql, columns: [], rowCount: 0, truncated: false, tables: [], interpretation: null },
    ...{ chart: null, explanation: null, warnings: [], timings: [], repairs: 0 },
    model: { provider: 'built-in', name: 'built-in-translator' },
    answeredAt: '2026-11-28T00:00:00.000Z',
  },
});

test('keeps no more bytes than it may, and forgets what was used longest ago', async () => {
  const cache = createAnswerCache({ maxBytes: 5_000, ttlMs: 60_000 });
  const sql = 'x'.repeat(1_000);
  for (const key of ['a', 'b', 'c']) cache.remember(key, cached(key, sql));
  await cache.find('a');
  cache.remember('d', cached('d', sql));
  const kept = await Promise.all(
    ['a', 'b', 'c', 'd'].map(async (key) => (await cache.find(key))?.questionId),
  );
  expect(kept).toEqual(['a', undefined, 'c', 'd']);
  cache.remember('huge', cached('huge', 'x'.repeat(6_000)));
  expect(await cache.find('huge')).toBeUndefined();
  expect(await cache.find('d')).toBeDefined();
});

test.each([{ ttlMs: 0 }, { maxBytes: 0 }])('keeps nothing with %j', async (off) => {
  const cache = createAnswerCache({ maxBytes: 5_000, ttlMs: 60_000, ...off });
  cache.remember('a', cached('a'));
  expect(await cache.find('a')).toBeUndefined();
});
