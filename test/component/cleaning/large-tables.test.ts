import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CleaningStep } from '../../../contracts/cleaning.js';
import { type Cleaner, createCleaner } from './support/cleaner.js';

let cleaner: Cleaner;
beforeAll(async () => {
  cleaner = await createCleaner();
}, 60_000);
afterAll(async () => await cleaner?.remove());

describe('cleaning tables of many rows', () => {
  it.each([
    ['whose rows have their numbers in a column', undefined],
    ['whose rows are numbered by their place', 'byPlace' as const],
  ])(
    'shows the first changed rows of files %s, wherever they stand',
    async (_what, byPlace) => {
      const table = await cleaner.table(
        `SELECT CASE WHEN range IN (6, 44000, 199999) THEN ' x' ELSE 'x' END AS rare, 'X' AS always, range // 2 AS pair FROM range(200000)`,
        byPlace,
      );
      const { effects } = await cleaner.preview(table, [
        { kind: 'trim', columns: ['rare'], collapse: false },
        { kind: 'change-case', columns: ['always'], to: 'lower' },
        { kind: 'drop-duplicates', columns: ['pair'], keep: 'last' },
        { kind: 'drop-rows', where: { column: 'pair', is: 'equal-to', value: 99_999 } },
      ]);
      expect(effects[0]?.columns).toEqual([
        {
          column: 'rare',
          changed: 3,
          lost: 0,
          examples: [7, 44_001, 200_000].map((row) => ({ row, before: ' x', after: 'x' })),
          lostExamples: [],
        },
      ]);
      expect(effects[1]?.columns[0]?.changed).toBe(200_000);
      expect(effects[1]?.columns[0]?.examples.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5]);
      expect(effects[2]?.rowsRemoved).toBe(100_000);
      expect(effects[2]?.removedRows.map(({ row }) => row)).toEqual([1, 3, 5, 7, 9]);
      expect(effects[3]?.removedRows).toEqual([
        {
          row: 200_000,
          cells: ['x', 'x', '99999'].map((text, at) => ({ column: ['rare', 'always', 'pair'][at], text })),
        },
      ]);
    },
    60_000,
  );

  // A condition on the last column that is written out with the expressions of all steps before it would name the first 13^20 times.
  it('previews many steps over one column as quickly as their expressions are', async () => {
    const table = await cleaner.table(`SELECT 'a' || range AS a FROM range(20000)`);
    const steps = Array.from({ length: 10 }, (_, index): CleaningStep[] => [
      { kind: 'null-words', columns: ['a'], words: [`a${index}`] },
      { kind: 'fill-missing', columns: ['a'], with: { constant: 'none' } },
    ]).flat();
    const { effects } = await cleaner.preview(table, [
      ...steps,
      { kind: 'drop-missing', how: 'any' },
      { kind: 'fill-missing', columns: ['a'], with: { statistic: 'mode' } },
    ]);
    expect(effects.map((effect) => effect?.cellsChanged)).toEqual([...steps.map(() => 1), 0, 0]);
  }, 30_000);

  it('takes white space of every kind from both ends, and no other character', async () => {
    const spaces = [
      ...[9, 10, 11, 12, 13, 32, 133, 160, 5760, 8232, 8233, 8239, 8287, 12288, 65279],
      ...Array.from({ length: 11 }, (_, index) => 8192 + index),
    ];
    const table = await cleaner.table(
      `SELECT CAST(range AS INTEGER) AS code, chr(code) || 'a' || chr(code) || chr(code) || 'b' || chr(code) AS text, chr(code) AS blank FROM range(1, 65536) WHERE range NOT BETWEEN 55296 AND 57343`,
    );
    const { rows } = await cleaner.clean(table, [
      { kind: 'trim', columns: ['text'], collapse: false },
      { kind: 'drop-rows', where: { column: 'blank', is: 'not-missing' } },
    ]);
    expect(rows.map(([code]) => code)).toEqual(spaces.sort((a, b) => a - b));
    expect(rows.every(([code, text]) => text === `a${String.fromCodePoint(Number(code)).repeat(2)}b`)).toBe(
      true,
    );
    const { effects } = await cleaner.preview(table, [{ kind: 'trim', columns: ['text'], collapse: false }]);
    expect(effects[0]?.cellsChanged).toBe(spaces.length);
    const collapsed = await cleaner.clean(table, [
      { kind: 'trim', columns: ['text'], collapse: true },
      { kind: 'drop-rows', where: { column: 'blank', is: 'not-missing' } },
    ]);
    // The three are no white space to regular expressions; they stay inside of a text.
    const others = new Set([11, 133, 65_279]);
    for (const [code, text] of collapsed.rows) {
      expect(text).toBe(
        others.has(Number(code)) ? `a${String.fromCodePoint(Number(code)).repeat(2)}b` : 'a b',
      );
    }
  }, 60_000);
});
