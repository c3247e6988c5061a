import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ColumnProfile, DatasetProfile } from '../../../contracts/dataset-profile.js';
import { profileTable } from '../../support/profile-table.js';

/** Columns of many values that occur evenly, unevenly, or hardly ever twice, and texts with few odd cells. */
const TABLE = `SELECT hash(i) % 12000 AS even,
    CAST(floor(9000 * pow((hash(i, 1) % 100000) / 100000.0, 3)) AS INTEGER) AS uneven,
    CASE WHEN hash(i, 2) % 50 = 0 THEN 7 WHEN hash(i, 2) % 90 = 1 THEN 8 ELSE hash(i, 3) % 30000 END AS two_frequent,
    sqrt(hash(i, 4) % 1000000) AS root,
    CASE WHEN hash(i, 5) % 9 = 0 THEN 'X' ELSE 'ab ' END || CAST(floor(9000 * pow((hash(i, 6) % 100000) / 100000.0, 2)) AS INTEGER) || CASE WHEN hash(i, 7) % 40 = 0 THEN ' total' ELSE '' END AS words
  FROM range(40000) r(i)`;
const NAMES = ['even', 'uneven', 'two_frequent', 'root', 'words'];

let exact: DatasetProfile;
let estimated: DatasetProfile;
beforeAll(async () => {
  exact = await profileTable(TABLE);
  estimated = await profileTable(TABLE, { valueTableLimit: 1000, sampledValues: 1500, sampledRows: 8000 });
}, 60_000);

const pairOf = (name: string): [ColumnProfile, ColumnProfile] => {
  const find = ({ columns }: DatasetProfile) => columns.find((column) => column.name === name)!;
  return [find(exact), find(estimated)];
};
/** One case in fifteen thousand is farther off. */
const SIGMAS = 4;

describe('every figure of many values is exact or within what is said of it', () => {
  test.each(NAMES)('%s: what is not named as an estimate is exact', (name) => {
    const [truth, figure] = pairOf(name);
    const named = figure.approximate ?? {};
    expect(Object.keys(named).length).toBeGreaterThan(3);
    for (const key of [
      'distinct',
      'unique',
      'nulls',
      'min',
      'max',
      'sortiness',
      'sortOrder',
      'mode',
      'antimode',
      'rare',
      'top',
    ] as const) {
      if (!named[key]) expect([key, figure[key]]).toEqual([key, truth[key]]);
    }
    // Each estimate says how it was made and how far off it may be.
    for (const [key, { method, relativeError, rankError, absoluteError, missedShare }] of Object.entries(
      named,
    )) {
      expect([
        key,
        method !== '' &&
          [relativeError, rankError, absoluteError, missedShare].some((bound) => bound !== undefined),
      ]).toEqual([key, true]);
    }
  });

  test.each(NAMES)('%s: distinct and unique values', (name) => {
    const [truth, { distinct, unique, approximate }] = pairOf(name);
    const within = (value: number, of: number, error = 0) =>
      expect(Math.abs(value / of - 1)).toBeLessThanOrEqual(SIGMAS * error);
    within(distinct, truth.distinct, approximate?.['distinct']?.relativeError);
    if (truth.unique! > 0) within(unique!, truth.unique!, approximate?.['unique']?.relativeError);
    expect(approximate?.['distinct']?.relativeError ?? 0).toBeLessThan(0.05);
  });

  test.each(NAMES)('%s: frequent values, the mode, rare values', (name) => {
    const [truth, figure] = pairOf(name);
    const { top: shown, approximate } = figure;
    const cells = truth.rows - truth.nulls;
    const missed = approximate!['top']!.missedShare!;
    expect(missed).toBeLessThan(0.02);
    for (const value of truth.top) {
      const found = shown.find(({ text }) => text === value.text);
      if (found) expect(found).toEqual(value);
      else if (shown.at(-1)!.count < value.count) expect(value.count).toBeLessThanOrEqual(missed * cells);
    }
    const most = truth.mode.occurrences;
    expect(figure.mode.occurrences).toBeLessThanOrEqual(most);
    if (most > missed * cells) expect(figure.mode).toEqual(truth.mode);
    expect(figure.antimode.occurrences).toBeGreaterThanOrEqual(truth.antimode.occurrences);
    if (figure.antimode.occurrences === truth.antimode.occurrences) {
      const error = approximate!['antimode']!.relativeError!;
      expect(Math.abs(figure.antimode.count / truth.antimode.count - 1)).toBeLessThanOrEqual(SIGMAS * error);
    }
  });

  test('a frequent value among many is the mode, exactly', () => {
    const [truth, figure] = pairOf('two_frequent');
    expect(truth.mode.occurrences).toBeGreaterThan(700);
    expect(figure.mode).toEqual(truth.mode);
    expect(figure.top.slice(0, 2)).toEqual(truth.top.slice(0, 2));
  });

  test('words for total, and shapes of texts', () => {
    const [truth, { text, approximate }] = pairOf('words');
    const cells = truth.rows;
    const { absoluteError } = approximate!['totalWords']!;
    expect(absoluteError!).toBeLessThan(0.05);
    expect(Math.abs(text!.totalWords - truth.text!.totalWords) / cells).toBeLessThanOrEqual(
      SIGMAS * absoluteError!,
    );
    for (const { pattern, count } of truth.text!.patterns.slice(0, 6)) {
      const found = text!.patterns.find((each) => each.pattern === pattern)?.count ?? 0;
      expect(Math.abs(found - count) / cells).toBeLessThanOrEqual(
        SIGMAS * approximate!['patterns']!.absoluteError!,
      );
    }
  });

  test('quantiles', () => {
    const [, { quantiles, approximate }] = pairOf('root');
    // The rank of a root of numbers below a million that come evenly.
    for (const [value, share] of [
      [quantiles!.q1, 0.25],
      [quantiles!.median, 0.5],
      [quantiles!.q3, 0.75],
    ] as const)
      expect(Math.abs(value ** 2 / 1e6 - share)).toBeLessThan(
        SIGMAS * approximate!['quantiles']!.rankError! * 1.1,
      );
  });
});

test('the order of the rows of a large file: exact where it is sorted, else within its error', async () => {
  const { columns } =
    await profileTable(`SELECT i AS sorted, CASE WHEN i = 170001 THEN 0 ELSE i END AS one_fall, CAST(hash(i) % 1000 AS INTEGER) AS mixed,
      CASE WHEN i < 480000 THEN i ELSE CAST(hash(i) % 1000 AS INTEGER) END AS late_mix, -i AS falling FROM range(600000) r(i)`);
  const of = (name: string) => columns.find((column) => column.name === name)!;
  const errorOf = (name: string) => of(name).approximate?.['sortiness']?.absoluteError;
  expect(of('sorted')).toMatchObject({ sortOrder: 'ascending', sortiness: 1 });
  expect(errorOf('sorted')).toBeUndefined();
  expect(of('falling')).toMatchObject({ sortOrder: 'descending', sortiness: -1 });
  expect(of('one_fall').sortOrder).toBe('unsorted');
  // 500 of 1,000 pairs of chance do not fall, and one in a thousand is equal.
  for (const [name, truth] of [
    ['mixed', 0.001],
    ['late_mix', 0.8 + 0.2 * 0.001],
    ['one_fall', 1 - 2 / 599_999],
  ] as const) {
    expect(Math.abs(of(name).sortiness! - truth)).toBeLessThanOrEqual(SIGMAS * (errorOf(name) ?? 1e-12));
  }
  expect(errorOf('late_mix')!).toBeLessThan(0.1);
}, 60_000);
