import { describe, expect, test } from '@jest/globals';
import { cutRanking } from '../../../domain/ranking/cut-ranking.js';
import { table } from './tables.js';

const roomy = { maxTables: 30, tokenBudget: 1_000_000 };

/** Tables of one schema with these scores. */
const scored = (scores: readonly number[], schema = 's', columns: string[] = ['id']) =>
  scores.map((score, n) => ({ score, table: table(`${schema}.t${n}`, columns) }));

const steps = (count: number, from = 2, by = 0.01): number[] =>
  Array.from({ length: count }, (_, n) => from - n * by);

describe('a ranking is cut', () => {
  test('at the most tables allowed while scores are even and tables narrow', () => {
    expect(cutRanking(scored(steps(50)), roomy)).toHaveLength(30);
    expect(cutRanking(scored(steps(50)), { ...roomy, maxTables: 12 })).toHaveLength(12);
  });

  test('where the score falls steeply, but not within the first eight', () => {
    expect(cutRanking(scored([...steps(12), ...steps(10, 1.5)]), roomy)).toHaveLength(12);
    expect(cutRanking(scored([...steps(3), ...steps(5, 1.5)]), roomy)).toHaveLength(8);
  });

  test('below three tenths of the best score, however few tables that leaves', () => {
    expect(cutRanking(scored([2, 0.61, 0.59]), roomy)).toHaveLength(2);
  });

  test('by schemas: further tables come of those only whose best table comes near the best of all', () => {
    const ranked = [...scored(steps(9), 'near'), ...scored([1.91, 1.9], 'kin'), ...scored([1.1], 'far')];
    const even = [...ranked, ...scored(steps(10, 1.85, 0.07), 'near2')];
    expect(cutRanking(even, roomy).map(({ table: { schemaName } }) => schemaName)).not.toContain('far');
    expect(cutRanking(even, roomy).length).toBeGreaterThan(11);
  });

  test('when the tables fill the budget, of which a wide one takes a twelfth at most', () => {
    const wide = Array.from({ length: 400 }, (_, n) => `measurement_number_${n}`);
    expect(cutRanking(scored(steps(30), 's', wide), { maxTables: 30, tokenBudget: 6_000 })).toHaveLength(12);
    expect(cutRanking(scored(steps(30), 's'), { maxTables: 30, tokenBudget: 6_000 })).toHaveLength(30);
  });

  test('into nothing when there is nothing', () => {
    expect(cutRanking([], roomy)).toEqual([]);
  });
});
