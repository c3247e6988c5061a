import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CleaningStep } from '../../../contracts/cleaning.js';
import { checkRecipe } from '../../../domain/cleaning/check-recipe.js';
import { type Cleaner, createCleaner, texts } from './support/cleaner.js';

let cleaner: Cleaner;
beforeAll(async () => {
  cleaner = await createCleaner();
}, 60_000);
afterAll(async () => await cleaner?.remove());

const HOSTILE = [
  `a"b`,
  `a'b`,
  `"; DROP TABLE x; --`,
  `') FROM read_csv('/etc/passwd') --`,
  '🙂 名前',
  'c0',
  'r',
  'd0',
  's.r',
  'select',
  '$1',
  'a\\',
  'a\nb',
  '{n}',
];
const WORDS = [
  '',
  ' ',
  'x',
  ' x ',
  'X',
  'n/a',
  '-',
  '1',
  '1,5',
  '1.234',
  '007',
  '2024-02-30',
  '31/12/2024',
  `o'b`,
  '"',
  '%',
  '\\',
  '🙂',
];

const text = fc.constantFrom(...WORDS);
const column = fc.constantFrom('a', 'b');
const list = fc.subarray(['a', 'b'], { minLength: 1 });
const misfits = fc.constantFrom('null' as const, 'keep-text' as const);

/** Steps over two text columns, which may become something else on the way; a step that does not fit is left out. */
const step: fc.Arbitrary<CleaningStep> = fc.oneof(
  fc.record({ kind: fc.constant('trim' as const), columns: list, collapse: fc.boolean() }),
  fc.record({
    kind: fc.constant('change-case' as const),
    columns: list,
    to: fc.constantFrom('lower' as const, 'upper' as const, 'title' as const),
  }),
  fc.record({
    kind: fc.constant('replace-values' as const),
    column,
    values: fc.array(fc.record({ from: text, to: fc.option(text) }), { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('null-words' as const),
    columns: list,
    words: fc.array(text, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant('parse-numbers' as const),
    columns: list,
    to: fc.constantFrom('integer' as const, 'decimal' as const, 'double' as const),
    scale: fc.constant(2),
    decimal: fc.constantFrom('.' as const, ',' as const),
    thousands: fc.constantFrom('' as const, ' ' as const),
    affixes: fc.subarray(['€', `o'b`, '%']),
    percent: fc.constantFrom('none' as const, 'fraction' as const),
    misfits,
  }),
  fc.record({
    kind: fc.constant('parse-dates' as const),
    columns: list,
    formats: fc.constant<string[]>(['%d/%m/%Y']),
    to: fc.constant('date' as const),
    misfits,
  }),
  fc.record({
    kind: fc.constant('fill-missing' as const),
    columns: list,
    with: fc.oneof(
      fc.record({ constant: text }),
      fc.constant({ statistic: 'mode' as const }),
      fc.constant({ forward: {} }),
    ),
  }),
  fc.record({
    kind: fc.constant('drop-missing' as const),
    how: fc.constantFrom('any' as const, 'all' as const),
  }),
  fc.record({
    kind: fc.constant('drop-duplicates' as const),
    keep: fc.constantFrom('first' as const, 'last' as const),
  }),
  fc.record({
    kind: fc.constant('drop-rows' as const),
    where: fc.record({ column, is: fc.constant('contains' as const), text }),
  }),
  fc.record({
    kind: fc.constant('mask' as const),
    columns: list,
    method: fc.constantFrom('hash' as const, 'redact' as const),
  }),
);
const rows = fc.array(fc.tuple(fc.option(text), fc.option(text)), { minLength: 1, maxLength: 30 });
const toSelect = (of: readonly (readonly [string | null, string | null])[]): string =>
  `SELECT a, b FROM (${texts(
    'a',
    of.map(([a]) => a),
  )}) POSITIONAL JOIN (${texts(
    'b',
    of.map(([, b]) => b),
  )})`;

describe('cleaning a version', () => {
  it('keeps the order and the numbers of the rows, counts what it does, and gives equal files for equal input', async () => {
    await fc.assert(
      fc.asyncProperty(rows, fc.array(step, { minLength: 1, maxLength: 4 }), async (of, wanted) => {
        const table = await cleaner.table(toSelect(of));
        const steps: CleaningStep[] = [];
        for (const each of wanted) {
          if (checkRecipe([...steps, each], table.columns).problems.length === 0) steps.push(each);
        }
        if (steps.length === 0) return;
        const cleaned = await cleaner.clean(table, steps);
        const numbers = cleaned.rows.map((row) => Number(row.at(-1)));
        expect(numbers).toEqual([...numbers].sort((x, y) => x - y));
        expect(numbers.every((number) => number >= 1 && number <= of.length)).toBe(true);
        const removed = cleaned.effects.reduce((sum, { rowsRemoved }) => sum + rowsRemoved, 0);
        expect(cleaned.rowCount + removed).toBe(of.length);
        // Every cell that held something and holds nothing in a row that is left stands in the list.
        const listed = new Set(cleaned.rejects.map(([name, , , row]) => `${String(name)} ${String(row)}`));
        for (const row of cleaned.rows) {
          for (const [place, name] of ['a', 'b'].entries()) {
            const before = of[Number(row.at(-1)) - 1]?.[place];
            if ((before ?? '').trim() !== '' && row[place] === null)
              expect(listed).toContain(`${name} ${String(row.at(-1))}`);
          }
        }
        const lost = cleaned.effects.reduce((sum, { cellsLost }) => sum + cellsLost, 0);
        expect(cleaned.rejects).toHaveLength(lost);
        const again = await cleaner.clean(table, steps);
        expect(again.bytes.equals(cleaned.bytes)).toBe(true);
        const preview = await cleaner.preview(table, steps);
        expect(preview.effects).toEqual(cleaned.effects);
      }),
      { numRuns: 15 },
    );
  }, 240_000);

  it('takes names and values of any kind as names and values', async () => {
    for (const name of HOSTILE) {
      const quoted = `"${name.replaceAll('"', '""')}"`;
      const table = await cleaner.table(
        `SELECT unnest(['x', ' ${name.replaceAll("'", "''")}', NULL]) AS ${quoted}, 1 AS other`,
      );
      const { rows: after, columns } = await cleaner.clean(table, [
        { kind: 'trim', columns: [name], collapse: false },
        { kind: 'replace-values', column: name, values: [{ from: 'x', to: name }] },
        { kind: 'fill-missing', columns: [name], with: { constant: name } },
        { kind: 'mask', columns: [name], method: 'hash', salt: name },
        { kind: 'drop-rows', where: { column: name, is: 'one-of', values: [name] } },
        { kind: 'rename-columns', names: [{ from: name, to: `${name}2` }] },
        { kind: 'split-column', column: `${name}2`, delimiter: name, into: [name, 'rest'], keepSource: true },
        {
          kind: 'merge-columns',
          columns: [name, 'other'],
          separator: name,
          into: 'merged',
          keepSources: false,
        },
      ]);
      expect(after).toHaveLength(3);
      // All three cells were the name by then, but for white space at its ends.
      expect(new Set(after.map(([cell]) => cell)).size).toBe(1);
      expect(columns.map((each) => each.name)).toEqual([`${name}2`, 'merged', 'rest']);
    }
  }, 120_000);

  it('lists what the source did not give back, and what the steps took', async () => {
    const table = await cleaner.table(texts('a', ['1', 'n/a']));
    const { rejects } = await cleaner.clean(table, [{ kind: 'null-words', columns: ['a'], words: ['N/A'] }]);
    expect(rejects).toEqual([['a', 'n/a', 'step_1_null_word', 2]]);
  });
});

describe('checking a recipe', () => {
  const columns = [
    { name: 'name', type: 'VARCHAR' },
    { name: 'n', type: 'BIGINT' },
  ];
  it('names every column that is not there, of every step', () => {
    const { problems } = checkRecipe(
      [
        { kind: 'trim', columns: ['name', 'nam', 'city'], collapse: false },
        { kind: 'rename-columns', names: [{ from: 'name', to: 'who' }] },
        { kind: 'change-case', columns: ['name'], to: 'lower' },
        { kind: 'change-case', columns: ['who'], to: 'lower' },
      ],
      columns,
    );
    expect(problems.map(({ step: place, column: name, reason }) => [place, name, reason])).toEqual([
      [0, 'nam', 'missing-column'],
      [0, 'city', 'missing-column'],
      [2, 'name', 'missing-column'],
    ]);
  });
  it.each<[string, CleaningStep, string]>([
    ['a name twice', { kind: 'rename-columns', names: [{ from: 'n', to: 'NAME' }] }, 'name-taken'],
    [
      'the name of the row numbers',
      { kind: 'rename-columns', names: [{ from: 'n', to: '__ROW' }] },
      'name-taken',
    ],
    [
      'the median of a text',
      { kind: 'fill-missing', columns: ['name'], with: { statistic: 'median' } },
      'wrong-type',
    ],
    ['a text for a number', { kind: 'fill-missing', columns: ['n'], with: { constant: 'x' } }, 'bad-value'],
    ['bounds of a text', { kind: 'cap-outliers', columns: ['name'], lower: 1, treat: 'cap' }, 'wrong-type'],
    [
      'dates that can be read in two ways',
      {
        kind: 'parse-dates',
        columns: ['name'],
        formats: ['%d/%m/%Y', '%m/%d/%Y'],
        to: 'date',
        misfits: 'null',
      },
      'bad-value',
    ],
    [
      'a format that is none',
      { kind: 'parse-dates', columns: ['name'], formats: ["%Q'"], to: 'date', misfits: 'null' },
      'bad-value',
    ],
    ['no column left', { kind: 'drop-columns', columns: ['name', 'n'] }, 'bad-value'],
    [
      'a word for a number',
      { kind: 'drop-rows', where: { column: 'n', is: 'less-than', value: 'x' } },
      'bad-value',
    ],
    [
      'one word for yes and no',
      { kind: 'parse-booleans', columns: ['name'], yes: ['y'], no: ['Y '], misfits: 'null' },
      'bad-value',
    ],
  ])('refuses %s', (_what, each, reason) => {
    expect(checkRecipe([each], columns).problems).toMatchObject([{ step: 0, reason }]);
  });
});
