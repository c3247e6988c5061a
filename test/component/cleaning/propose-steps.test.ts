import { describe, expect, it } from '@jest/globals';
import type { CleaningStep } from '../../../contracts/cleaning.js';
import type { DatasetProfile } from '../../../contracts/dataset-profile.js';
import { proposeSteps } from '../../../domain/cleaning/propose-steps.js';
import { dateFormatsOf } from '../../../domain/cleaning/rules/date-formats-of.js';
import { profileTable } from '../../support/profile-table.js';

/** Steps for a table of 200 rows, `i` from 1. */
const proposed = async (columns: string) =>
  proposeSteps(await profileTable(`SELECT ${columns} FROM range(1, 201) t(i)`));
const stepOf = async (columns: string, kind: CleaningStep['kind']) =>
  (await proposed(columns)).proposals.find(({ step }) => step.kind === kind);

const KEY = "'k' || i || 'x' AS key";

describe('steps that the rules propose', () => {
  it('are none for a clean table', async () => {
    const { proposals, unhandled } = await proposed(
      `${KEY}, i * 1.5 AS amount, CASE i % 3 WHEN 0 THEN 'red' WHEN 1 THEN 'green' ELSE 'blue' END AS colour`,
    );
    expect({ proposals, unhandled }).toEqual({ proposals: [], unhandled: [] });
  });

  it.each<[string, string, CleaningStep['kind'], object, boolean]>([
    ['padded cells', `${KEY}, ' a' || i || ' ' AS t`, 'trim', { columns: ['t'], collapse: false }, true],
    [
      'words for nothing',
      `${KEY}, CASE WHEN i % 20 = 0 THEN 'N/A' ELSE 'v' || i || 'w' END AS t`,
      'null-words',
      { columns: ['t'] },
      true,
    ],
    [
      'spellings of one value, to the most frequent',
      `${KEY}, CASE WHEN i % 20 = 0 THEN 'new york' WHEN i % 2 = 0 THEN 'New York' ELSE 'Oslo' END AS t`,
      'replace-values',
      { column: 't', values: [{ from: 'new york', to: 'New York' }] },
      true,
    ],
    [
      'yes and no in several words',
      `${KEY}, CASE i % 4 WHEN 0 THEN 'yes' WHEN 1 THEN 'no' WHEN 2 THEN 'Y' ELSE 'N' END AS t`,
      'parse-booleans',
      { columns: ['t'] },
      true,
    ],
    [
      'dates in two ways that can be told apart',
      `${KEY}, CASE WHEN i % 3 = 0 THEN strftime(DATE '2024-01-01' + CAST(i AS INTEGER), '%d.%m.%Y') ELSE strftime(DATE '2024-01-01' + CAST(i AS INTEGER), '%Y-%m-%d') END AS t`,
      'parse-dates',
      { columns: ['t'], formats: ['%Y-%m-%d', '%d.%m.%Y'], to: 'date', misfits: 'null' },
      true,
    ],
    [
      'numbers kept as text',
      `${KEY}, CASE WHEN i % 2 = 0 THEN format('{:,}', i * 1234) ELSE CAST(i AS VARCHAR) END AS t`,
      'parse-numbers',
      { columns: ['t'], to: 'integer', decimal: '.', thousands: ',' },
      true,
    ],
    [
      'amounts with brackets for a minus',
      `${KEY}, CASE WHEN i % 3 = 0 THEN '(' || format('{:,}', i * 1234) || '.50)' ELSE format('{:,}', i * 1234) || '.25' END AS t`,
      'parse-numbers',
      { columns: ['t'], to: 'decimal', scale: 2, decimal: '.', thousands: ',' },
      true,
    ],
    [
      'units of one family',
      `${KEY}, CASE WHEN i % 4 = 0 THEN i * 1000 || ' g' ELSE i || ' kg' END AS t`,
      'convert-units',
      {
        column: 't',
        units: [
          { unit: 'kg', factor: 1 },
          { unit: 'g', factor: 0.001 },
        ],
      },
      true,
    ],
    ['an empty column', `${KEY}, NULL::VARCHAR AS t`, 'drop-columns', { columns: ['t'] }, true],
    [
      'stand-ins, as a choice',
      `${KEY}, CASE WHEN i % 20 = 0 THEN -999 ELSE i END AS n`,
      'replace-values',
      { column: 'n', values: [{ from: '-999', to: null }] },
      false,
    ],
    [
      'personal data, as a choice',
      `'u' || i || '@example.org' AS mail`,
      'mask',
      { columns: ['mail'], method: 'hash' },
      false,
    ],
  ])('%s', async (_what, columns, kind, step, recommended) => {
    expect(await stepOf(columns, kind)).toMatchObject({ step, recommended });
  });

  it('come for rows that are no data or repeat others', async () => {
    const { proposals } = proposeSteps(
      await profileTable(
        "SELECT * FROM (SELECT 'k' || (i // 2) AS key, i // 2 AS n FROM range(1, 101) t(i)) UNION ALL SELECT NULL, NULL",
      ),
    );
    expect(proposals.map(({ step }) => step)).toEqual([
      { kind: 'drop-missing', how: 'all' },
      { kind: 'drop-duplicates', keep: 'first' },
    ]);
  });

  it('never take digits away that a number has no room for', async () => {
    const digits = (length: number): string => `${KEY}, repeat('7', ${length}) || i || '0' AS id`;
    expect(await stepOf(`${digits(30)}`, 'parse-numbers')).toBeUndefined();
    expect(
      await stepOf(
        `${KEY}, CASE WHEN i % 50 = 0 THEN repeat('7', 30) || i ELSE '+' || i END AS t`,
        'parse-numbers',
      ),
    ).toMatchObject({ step: { misfits: 'keep-text' }, recommended: false });
  });

  it('are none for records that were left out when the file was read', () => {
    const left = {
      level: 'warning' as const,
      kind: 'preamble-rows' as const,
      count: 4,
      message: 'Left out.',
    };
    const profile = { rows: 1, version: 1, columns: [], findings: [left] } as unknown as DatasetProfile;
    expect(proposeSteps(profile)).toEqual({ proposals: [], unhandled: [left] });
  });

  it('tell what no step mends', async () => {
    const { unhandled } = await proposed(
      `${KEY}, CASE WHEN i = 7 THEN 'MÃ¼nchen' ELSE 'v' || i || 'w' END AS t`,
    );
    expect(unhandled.map(({ kind }) => kind)).toContain('mojibake');
  });
});

describe('formats of dates', () => {
  it.each<[string, string[], string[] | null]>([
    ['one format', ['31/12/2024', '01/02/2024'], ['%d/%m/%Y']],
    ['two that cannot be confused', ['2024-01-31', '31.01.2024'], ['%Y-%m-%d', '%d.%m.%Y']],
    ['day and month that nobody can tell apart', ['01/02/2024', '03/04/2024'], null],
    ['both orders in one column', ['31/12/2024', '12/31/2024'], null],
    ['a format that is not known', ['Thursday in May'], null],
    ['nothing', [], null],
  ])('%s', (_what, dates, formats) => expect(dateFormatsOf(dates)?.formats ?? null).toEqual(formats));
});
