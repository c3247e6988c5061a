import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CleaningStep } from '../../../contracts/cleaning.js';
import { type Cleaner, createCleaner, texts } from './support/cleaner.js';

let cleaner: Cleaner;
beforeAll(async () => {
  cleaner = await createCleaner();
}, 60_000);
afterAll(async () => await cleaner?.remove());

/** The cells of the only column after the steps. */
const cells = async (before: (string | null)[], ...steps: CleaningStep[]): Promise<unknown[]> =>
  (await cleaner.cleanSelect(texts('a', before), ...steps)).rows.map(([cell]) => cell);

const columns = ['a'];
type ParseNumbers = Extract<CleaningStep, { kind: 'parse-numbers' }>;
const numbers: Omit<ParseNumbers, 'to'> = {
  kind: 'parse-numbers',
  columns,
  decimal: '.',
  thousands: '',
  affixes: [],
  percent: 'none',
  misfits: 'null',
};

describe('steps on text', () => {
  it.each<[string, CleaningStep, (string | null)[], unknown[]]>([
    [
      'trim takes white space of all kinds from the ends',
      { kind: 'trim', columns, collapse: false },
      [' a  b ', '\u00a0c\t', '\u3000', 'd', null],
      ['a  b', 'c', '', 'd', null],
    ],
    [
      'trim collapses inner white space',
      { kind: 'trim', columns, collapse: true },
      [' a \u00a0 b\nc '],
      ['a b c'],
    ],
    ['lower', { kind: 'change-case', columns, to: 'lower' }, ['ÄB c', null], ['äb c', null]],
    ['upper', { kind: 'change-case', columns, to: 'upper' }, ['äb c'], ['ÄB C']],
    ['title', { kind: 'change-case', columns, to: 'title' }, ['new YORK city', ''], ['New York City', '']],
    [
      'replace-values changes whole cells only',
      {
        kind: 'replace-values',
        column: 'a',
        values: [
          { from: 'NYC', to: 'New York' },
          { from: 'x', to: null },
        ],
      },
      ['NYC', 'NYC 2', 'x', null],
      ['New York', 'NYC 2', null, null],
    ],
    [
      'null-words go without case and ends',
      { kind: 'null-words', columns, words: ['n/a', '-'] },
      [' N/A ', '-', '--', 'a-b', ''],
      [null, null, '--', 'a-b', ''],
    ],
    [
      'mask by asterisks',
      { kind: 'mask', columns, method: 'redact', keepLast: 2 },
      ['1234567', 'abc', null],
      ['***67', '***', null],
    ],
    [
      'mask by SHA-256',
      { kind: 'mask', columns, method: 'hash', salt: 's' },
      ['a', null],
      [createHash('sha256').update('sa').digest('hex'), null],
    ],
  ])('%s', async (_what, step, before, after) => expect(await cells(before, step)).toEqual(after));
});

describe('steps on types', () => {
  it.each<[string, CleaningStep, (string | null)[], unknown[]]>([
    [
      'whole numbers with thousands',
      { ...numbers, to: 'integer', thousands: ',' },
      ['1,234', '12', '1,234,567', '12,34', '1.0', '1.5', '007', '-3', null],
      [1234, 12, 1234567, null, 1, null, null, -3, null],
    ],
    [
      'continental money, minus before, behind the currency, in brackets',
      { ...numbers, to: 'decimal', scale: 2, decimal: ',', thousands: '.', affixes: ['€', 'EUR'] },
      ['1.234,50 €', '-€ 2,5', '€-3', '(4,00 EUR)', '€1', '1,234', 'EUR', '5 $'],
      ['1234.50', '-2.50', '-3.00', '-4.00', '1.00', null, null, null],
    ],
    [
      'percent as a fraction, exactly',
      { ...numbers, to: 'decimal', scale: 1, percent: 'fraction' },
      ['12.5 %', '3', '-1%'],
      ['0.125', '3.000', '-0.010'],
    ],
    ['percent as a number', { ...numbers, to: 'integer', percent: 'number' }, ['12 %', '3'], [12, 3]],
    [
      'exponents, and digits that a double does not hold',
      { ...numbers, to: 'double' },
      ['1e3', '-2.5E-1', '0.1', '12345678901234567890'],
      [1000, -0.25, 0.1, null],
    ],
    [
      'negative numbers in every writing, also as doubles',
      { ...numbers, to: 'double', thousands: ',' },
      ['(1,234.50)', '\u22123.5', '+2', '\u22122e-1', '-.5', '5e+1'],
      [-1234.5, -3.5, 2, -0.2, -0.5, 50],
    ],
    [
      'a unit with a digit in it',
      { ...numbers, to: 'integer', affixes: ['m2'] },
      ['12 m2', '7m2', 'm2'],
      [12, 7, null],
    ],
    [
      'dates in the given formats only',
      { kind: 'parse-dates', columns, formats: ['%d.%m.%Y', '%Y-%m-%d'], to: 'date', misfits: 'null' },
      ['29.02.2024', '2024-1-3', '30.02.2024', '02/03/2024', ''],
      ['2024-02-29', '2024-01-03', null, null, null],
    ],
    [
      'a time of day is not cut off',
      { kind: 'parse-dates', columns, formats: ['%Y-%m-%d %H:%M'], to: 'date', misfits: 'null' },
      ['2024-01-02 00:00', '2024-01-02 10:30'],
      ['2024-01-02', null],
    ],
    [
      'booleans',
      { kind: 'parse-booleans', columns, yes: ['yes', 'Y', '1'], no: ['no', '0'], misfits: 'null' },
      ['YES', 'y ', '0', 'perhaps', null],
      [true, true, false, null, null],
    ],
    [
      'what does not fit is kept as text, the rest is written in one way',
      { kind: 'parse-dates', columns, formats: ['%d/%m/%Y'], to: 'date', misfits: 'keep-text' },
      ['31/12/2024', 'soon'],
      ['2024-12-31', 'soon'],
    ],
    [
      'change-type takes plain writing only',
      { kind: 'change-type', columns, to: 'integer', misfits: 'null' },
      ['12', '1,2', '3.0'],
      [12, null, 3],
    ],
    [
      'units into one',
      {
        kind: 'convert-units',
        column: 'a',
        units: [
          { unit: 'kg', factor: 1 },
          { unit: 'g', factor: 0.001 },
          { unit: '', factor: 1 },
        ],
        decimal: '.',
        thousands: '',
        misfits: 'null',
      },
      ['1.5 kg', '500g', '2', '3 lb'],
      [1.5, 0.5, 2, null],
    ],
  ])('%s', async (_what, step, before, after) => expect(await cells(before, step)).toEqual(after));

  it('lists every cell that loses its value, with its row and why', async () => {
    const { rejects, effects } = await cleaner.cleanSelect(texts('a', ['1', 'x', '', null, 'y']), {
      ...numbers,
      to: 'integer',
    });
    expect(rejects).toEqual([
      ['a', 'x', 'step_1_not_a_number', 2],
      ['a', 'y', 'step_1_not_a_number', 5],
    ]);
    expect(effects[0]).toMatchObject({
      cellsLost: 2,
      columns: [
        {
          column: 'a',
          lost: 2,
          lostExamples: [
            { row: 2, before: 'x', after: null },
            { row: 5, before: 'y' },
          ],
        },
      ],
    });
  });

  it('ends where a step refuses cells, and says which', async () => {
    const refused = cleaner.cleanSelect(texts('a', ['1', 'x']), {
      ...numbers,
      to: 'integer',
      misfits: 'refuse',
    });
    await expect(refused).rejects.toMatchObject({
      code: 'cells_do_not_fit',
      details: { examples: [{ row: 2, before: 'x' }] },
    });
  });

  it('makes no other type out of a typed column than gives it back', async () => {
    const { rows } = await cleaner.cleanSelect('SELECT unnest([1.0, 2.5])::DOUBLE AS a', {
      kind: 'change-type',
      columns,
      to: 'integer',
      misfits: 'null',
    });
    expect(rows.map(([cell]) => cell)).toEqual([1, null]);
  });
});

describe('steps on values', () => {
  const pairs =
    "SELECT unnest([3, 1, NULL, 2, 9]) AS n, unnest(['b', 'a', ' ', 'b', NULL]) AS t, unnest([1, 2, 3, 4, 5]) AS o";
  it.each<[string, CleaningStep, unknown[][]]>([
    [
      'a constant',
      { kind: 'fill-missing', columns: ['t'], with: { constant: 'z' } },
      [
        [3, 'b'],
        [1, 'a'],
        [null, 'z'],
        [2, 'b'],
        [9, 'z'],
      ],
    ],
    [
      'the lower median',
      { kind: 'fill-missing', columns: ['n'], with: { statistic: 'median' } },
      [
        [3, 'b'],
        [1, 'a'],
        [2, ' '],
        [2, 'b'],
        [9, null],
      ],
    ],
    [
      'the mode',
      { kind: 'fill-missing', columns: ['t'], with: { statistic: 'mode' } },
      [
        [3, 'b'],
        [1, 'a'],
        [null, 'b'],
        [2, 'b'],
        [9, 'b'],
      ],
    ],
    [
      'the value before',
      { kind: 'fill-missing', columns: ['n', 't'], with: { forward: { orderBy: 'o' } } },
      [
        [3, 'b'],
        [1, 'a'],
        [1, 'a'],
        [2, 'b'],
        [9, 'b'],
      ],
    ],
    [
      'bounds that are given',
      { kind: 'cap-outliers', columns: ['n'], lower: 2, upper: 5, treat: 'cap' },
      [
        [3, 'b'],
        [2, 'a'],
        [null, ' '],
        [2, 'b'],
        [5, null],
      ],
    ],
    [
      'values beyond them to NULL',
      { kind: 'cap-outliers', columns: ['n'], upper: 5, treat: 'null' },
      [
        [3, 'b'],
        [1, 'a'],
        [null, ' '],
        [2, 'b'],
        [null, null],
      ],
    ],
  ])('%s', async (_what, step, after) => {
    expect((await cleaner.cleanSelect(pairs, step)).rows.map(([n, t]) => [n, t])).toEqual(after);
  });

  it('finds fences in the data', async () => {
    const { rows, effects } = await cleaner.cleanSelect(
      'SELECT CASE WHEN i = 50 THEN 10000 ELSE i END AS n FROM range(1, 101) t(i)',
      { kind: 'cap-outliers', columns: ['n'], fences: 1.5, treat: 'cap' },
    );
    expect(effects[0]?.facts).toEqual([{ column: 'n', what: 'quartiles', value: '25.0 and 76.0' }]);
    expect(Math.max(...rows.map(([n]) => Number(n)))).toBe(152);
  });
});
