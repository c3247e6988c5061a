import { expect, test } from '@jest/globals';
import { chooseTables } from '../../../domain/ranking/choose-tables.js';
import { learnAbbreviations } from '../../../domain/ranking/learn-abbreviations.js';
import { createTableIndex } from '../../../domain/ranking/table-index.js';
import { table } from './tables.js';

const told = table('erp.a', [
  'vchr_dt: Date of the voucher',
  'vchr_kz: Voucher state',
  'pol_nr: Police report',
  'pol_kz: Policy state',
  'sky_x: skyline',
]);
const untold = table('erp.tx_vchr', ['k']);
const filler = Array.from({ length: 40 }, (_, n) => table(`erp.${'q'.repeat(n + 1)}`, ['k']));

test('what two differently named columns explain alike is learned; one witness, or two meanings, teach nothing', () => {
  expect([...learnAbbreviations([told, untold])]).toEqual([['vchr', 'voucher']]);
});

test('a part that comments use as a word is no abbreviation', () => {
  const maps = table('erp.b', ['map_x: The map of mappings', 'map_y: mapping']);
  expect(learnAbbreviations([maps]).size).toBe(0);
});

test('a table without a comment is found by the word that other tables explain', () => {
  const schema = { tables: [told, untold, ...filler], foreignKeys: [] };
  const chosen = chooseTables({
    question: 'vouchers',
    schema,
    index: createTableIndex(schema),
    vectorHits: [],
  });
  expect(chosen[0]).toMatchObject({ canonicalTableName: 'erp.tx_vchr', reasons: ['words: vouchers'] });
});
