import { expect, test } from '@jest/globals';
import { datasetCacheParts } from '../../../domain/datasets/cache-parts.js';

const sales = { name: 'sales', id: 'a', contentKey: 'same cells' };
const upload = { ...sales, id: 'b' };
const examples = [{ question: 'How many?', sql: 'SELECT 1' }];
const parts = datasetCacheParts([sales], { mappingVersion: 1 });

test('rows that were kept are those of these very datasets, and of this edition of their examples', () => {
  expect(parts.exact).not.toEqual(datasetCacheParts([upload], { mappingVersion: 1 }).exact);
  expect(parts.exact).not.toEqual(datasetCacheParts([sales], { mappingVersion: 2 }).exact);
});

test('SQL serves any upload of the same file for which the model was shown the same examples', () => {
  expect(parts.content).toEqual(datasetCacheParts([upload], { mappingVersion: 7 }).content);
  const shown = datasetCacheParts([sales], { mappingVersion: 1, examples }).content;
  expect(shown).not.toEqual(parts.content);
  expect(shown).toEqual(datasetCacheParts([upload], { mappingVersion: 2, examples }).content);
});
