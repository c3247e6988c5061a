import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CleaningStep } from '../../../contracts/cleaning.js';
import { type Cleaner, createCleaner } from './support/cleaner.js';

let cleaner: Cleaner;
beforeAll(async () => {
  cleaner = await createCleaner();
}, 60_000);
afterAll(async () => await cleaner?.remove());

describe('steps on rows', () => {
  const kept = async (select: string, step: CleaningStep): Promise<unknown[]> =>
    (await cleaner.cleanSelect(select, step)).rows.map((row) => row.at(-1));
  const table =
    "SELECT unnest(['x', 'x', 'y', NULL, 'x', NULL]) AS a, unnest([1, 1, 2, NULL, 1, NULL]) AS b, unnest([1, 2, 3, 4, 5, 6]) AS c";

  it.each<[string, string, CleaningStep, number[]]>([
    [
      'equal rows, the first kept',
      `SELECT a, b FROM (${table})`,
      { kind: 'drop-duplicates', keep: 'first' },
      [1, 3, 4, 6],
    ],
    [
      'equal rows, the last kept',
      `SELECT a, b FROM (${table})`,
      { kind: 'drop-duplicates', keep: 'last' },
      [3, 4, 5, 6],
    ],
    [
      'equal keys; a missing key repeats nothing',
      table,
      { kind: 'drop-duplicates', columns: ['a', 'b'], keep: 'first' },
      [1, 3, 4, 6],
    ],
    ['rows with something missing', table, { kind: 'drop-missing', how: 'any' }, [1, 2, 3, 5]],
    [
      'rows with all of some columns missing',
      table,
      { kind: 'drop-missing', columns: ['a', 'b'], how: 'all' },
      [1, 2, 3, 5],
    ],
    [
      'rows by a condition',
      table,
      {
        kind: 'drop-rows',
        where: {
          all: [
            { column: 'a', is: 'equal-to', value: 'x' },
            { column: 'c', is: 'at-least', value: 2 },
          ],
        },
      },
      [1, 3, 4, 6],
    ],
    [
      'rows by a list',
      table,
      {
        kind: 'drop-rows',
        where: {
          any: [
            { column: 'a', is: 'one-of', values: ['y'] },
            { column: 'b', is: 'missing' },
          ],
        },
      },
      [1, 2, 5],
    ],
  ])('%s', async (_what, select, step, rows) => expect(await kept(select, step)).toEqual(rows));

  it('totals go, and words that are no totals stay', async () => {
    const select =
      "SELECT * FROM (VALUES ('a', 10.0, 'x'), ('b', 20.0, 'x'), ('Total', 30.0, NULL), ('Total recall', 7.0, 'x'), ('c', 5.0, 'x')) t(name, amount, kind)";
    expect(await kept(select, { kind: 'drop-total-rows' })).toEqual([1, 2, 4, 5]);
  });

  it('notes above and below the data go', async () => {
    const select =
      "SELECT CASE i WHEN 1 THEN 'Report for 2024' WHEN 20 THEN 'Source: us' ELSE 'n' || i END AS a, CASE WHEN i NOT IN (1, 20) THEN i END AS b, CASE WHEN i NOT IN (1, 20) THEN 2 * i END AS c, CASE WHEN i NOT IN (1, 20) THEN 'x' END AS d FROM range(1, 21) t(i)";
    expect(await kept(select, { kind: 'drop-edge-rows' })).toEqual(
      Array.from({ length: 18 }, (_, index) => index + 2),
    );
  });

  it('headers in the middle go', async () => {
    const select = "SELECT * FROM (VALUES ('x', 'y'), ('a', 'b'), ('a', 'q')) t(a, b)";
    expect(await kept(select, { kind: 'drop-repeated-headers' })).toEqual([1, 3]);
  });
});

describe('steps on columns', () => {
  const table =
    "SELECT 'Berlin, Mitte, DE' AS place, 1 AS n, NULL::VARCHAR AS t UNION ALL SELECT 'Oslo', 2, 'x'";
  const named = async (step: CleaningStep) => {
    const cleaned = await cleaner.cleanSelect(table, step);
    return [cleaned.columns.map(({ name }) => name), ...cleaned.rows.map((row) => row.slice(0, -1))];
  };
  it.each<[CleaningStep, unknown[][]]>([
    [
      { kind: 'drop-columns', columns: ['n'] },
      [
        ['place', 't'],
        ['Berlin, Mitte, DE', null],
        ['Oslo', 'x'],
      ],
    ],
    [
      {
        kind: 'rename-columns',
        names: [
          { from: 'n', to: 't' },
          { from: 't', to: 'n' },
        ],
      },
      [
        ['place', 't', 'n'],
        ['Berlin, Mitte, DE', 1, null],
        ['Oslo', 2, 'x'],
      ],
    ],
    [
      { kind: 'reorder-columns', columns: ['t'] },
      [
        ['t', 'place', 'n'],
        [null, 'Berlin, Mitte, DE', 1],
        ['x', 'Oslo', 2],
      ],
    ],
    [
      { kind: 'split-column', column: 'place', delimiter: ', ', into: ['city', 'rest'], keepSource: false },
      [
        ['city', 'rest', 'n', 't'],
        ['Berlin', 'Mitte, DE', 1, null],
        ['Oslo', null, 2, 'x'],
      ],
    ],
    [
      { kind: 'merge-columns', columns: ['n', 't'], separator: '-', into: 'nt', keepSources: false },
      [
        ['place', 'nt'],
        ['Berlin, Mitte, DE', '1'],
        ['Oslo', '2-x'],
      ],
    ],
  ])('%j', async (step, after) => expect(await named(step)).toEqual(after));
});
