import { expect, test } from '@jest/globals';
import { nearestTables } from '../../../domain/ranking/nearest-tables.js';

const at = (canonicalTableName: string, degrees: number) => ({
  canonicalTableName,
  vector: Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)),
});

const tables = [at('s.b', 80), at('s.c', 10), at('s.a', 80), at('s.d', -170)];

test('the nearest tables come first, equal ones by name, with their cosine whatever the question’s length', () => {
  const hits = nearestTables(tables, Float32Array.of(7, 0), 3);
  expect(hits.map((hit) => [hit.canonicalTableName, hit.similarity.toFixed(3)])).toEqual([
    ['s.c', '0.985'],
    ['s.a', '0.174'],
    ['s.b', '0.174'],
  ]);
});

test('vectors of another length than the question’s are left out, not compared', () => {
  expect(nearestTables(tables, Float32Array.of(1, 0, 0), 10)).toEqual([]);
});

test('a question without a direction is near to nothing', () => {
  expect(nearestTables(tables, Float32Array.of(0, 0), 10)).toEqual([]);
});
