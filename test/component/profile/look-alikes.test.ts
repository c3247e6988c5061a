import { describe, expect, test } from '@jest/globals';
import { profileTable, warningsOf } from '../../support/profile-table.js';

/** One column of 600 cells, and a key beside it. */
const column = (name: string, cell: string): string =>
  `SELECT 7000 + i AS id, ${cell} AS ${name} FROM range(600) r(i)`;

describe('what only looks like a defect is not told as one', () => {
  test.each([
    ['grades with a minus', column('grade', "['A','A-','B','B-','B+','C'][1 + (i * 7) % 6]")],
    ['plus and minus as signs', column('strand', "CASE WHEN (i * 31) % 97 < 48 THEN '+' ELSE '-' END")],
    [
      'house numbers with a letter',
      column('house', "(1 + (i * 13) % 140) || CASE WHEN i % 9 = 0 THEN 'a' ELSE '' END"),
    ],
    ['chromosomes', column('chrom', "CASE WHEN i % 17 = 0 THEN 'X' ELSE CAST(1 + i % 22 AS VARCHAR) END")],
    [
      'numbers of four digits with zeros before them',
      column('extension', "lpad(CAST((i * 7919) % 10000 AS VARCHAR), 4, '0')"),
    ],
    [
      'family names that are alike',
      column(
        'last_name',
        "CASE WHEN i % 60 = 0 THEN 'Johnston' WHEN i % 61 = 0 THEN 'García' WHEN i % 5 = 0 THEN 'Garcia' ELSE 'Johnson' END",
      ),
    ],
    ['old houses', column('building_age', '1 + CAST(floor(exp((i * 37 % 600) / 115.0)) AS INTEGER)')],
    [
      'weights that fell',
      column('weight_change', '((i * 37) % 211) / 10.0 - CASE WHEN i % 20 = 0 THEN 21 ELSE 0 END'),
    ],
    ['hosts without a domain', column('referrer', "'http://intranet' || i % 7 || '/page?id=' || i")],
  ])('%s', async (_, select) => {
    expect(warningsOf(await profileTable(select))).toEqual([]);
  });

  test('the farthest values of a long tail, however long it is', async () => {
    // Pareto by its quantiles: the second largest is a third of the largest.
    const tail = (alpha: number) =>
      column('bytes', `CAST(round(4 / pow((i * 251 % 600 + 0.5) / 600.0, 1 / ${alpha}), 1) AS DOUBLE)`);
    for (const alpha of [0.9, 1.3, 2]) expect(warningsOf(await profileTable(tail(alpha)))).toEqual([]);
  });

  test('answers to a few questions that repeat', async () => {
    const answers = `SELECT ['yes','no','maybe'][1 + CAST(hash(i) % 3 AS INTEGER)] AS likes, ['18-29','30-44','45-60'][1 + CAST(hash(i, 1) % 3 AS INTEGER)] AS age_group, ['North','South'][1 + CAST(hash(i, 2) % 2 AS INTEGER)] AS region FROM range(400) r(i)`;
    const profile = await profileTable(answers);
    expect(warningsOf(profile)).toEqual([]);
    expect(profile.duplicateRows).toBe(400 - 18);
  });

  test('a text that two codes have', async () => {
    const items = `SELECT 'C' || i % 30 AS code, CASE WHEN i % 30 IN (3, 4) THEN 'RED MUG' ELSE 'ITEM ' || i % 30 END AS item, i AS line FROM range(600) r(i) WHERE i % 30 <> 4 OR i < 120`;
    expect(warningsOf(await profileTable(items))).toEqual([]);
  });
});

describe('the same columns with a defect are told', () => {
  test.each([
    [
      'a row twice in a table with an amount',
      `SELECT ['yes','no'][1 + i % 2] AS likes, (i * 7919 % 10007) / 7.0 AS amount FROM range(600) r(i) UNION ALL SELECT 'yes', 0.0`,
      'duplicate-rows',
    ],
    [
      'ten times the greatest of few whole numbers',
      column('items', 'CASE WHEN i = 9 THEN 76 ELSE 1 + (i * 37) % 7 END'),
      'outliers items',
    ],
    [
      'a grade in another case',
      column(
        'grade',
        "CASE WHEN i % 50 = 0 THEN 'b-' ELSE ['A','A-','B','B-','B+','C'][1 + (i * 7) % 6] END",
      ),
      'similar-values grade',
    ],
    [
      'words among house numbers',
      column('house', "CASE WHEN i % 40 = 0 THEN 'see notes' ELSE CAST(1 + (i * 13) % 140 AS VARCHAR) END"),
      'mixed-types house',
    ],
    [
      'a slip among places',
      column('town', "CASE WHEN i = 77 THEN 'Hambrug' ELSE ['Hamburg','Bremen'][1 + i % 2] END"),
      'similar-values town',
    ],
    [
      'an age of 190',
      column('age', 'CASE WHEN i = 9 THEN 190 ELSE 20 + (i * 37) % 60 END'),
      'impossible-values age',
    ],
    [
      'ten times the greatest',
      column('bytes', 'CASE WHEN i = 9 THEN 9800.5 ELSE 400 + ((i * 37) % 5801) / 10.0 END'),
      'outliers bytes',
    ],
  ])('%s', async (_, select, expected) => {
    expect(warningsOf(await profileTable(select))).toContain(expected);
  });
});
