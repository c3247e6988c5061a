import { describe, expect, test } from '@jest/globals';
import type { ColumnProfile, DatasetProfile } from '../../../contracts/dataset-profile.js';
import { profileTable } from '../../support/profile-table.js';

const column = (profile: DatasetProfile, name: string): ColumnProfile =>
  profile.columns.find((each) => each.name === name)!;

describe('the figures of a profile', () => {
  test('moments, signs and quartiles of numbers equal those reckoned by hand', async () => {
    const profile = await profileTable('SELECT unnest([2, 4, 4, 4, 5, 5, 7, 9]) AS n');
    const { numbers, quantiles, distinct, mode, unique, sortiness } = column(profile, 'n');
    expect(numbers).toMatchObject({
      sum: '40',
      mean: 5,
      stddevPopulation: 2,
      variancePopulation: 4,
      zeros: 0,
      positives: 8,
    });
    expect(numbers!.variance).toBeCloseTo(32 / 7, 10);
    expect(quantiles).toMatchObject({
      q1: 4,
      median: 4.5,
      q3: 6,
      iqr: 2,
      mad: 0.5,
      upperInnerFence: 9,
      lowerOuterFence: -2,
    });
    expect({ distinct, unique, mode, sortiness }).toEqual({
      distinct: 5,
      unique: 3,
      mode: { count: 1, occurrences: 3 },
      sortiness: 1,
    });
  });

  test('sums of long integers and decimals are exact', async () => {
    const profile = await profileTable(
      "SELECT unnest([9007199254740993, 9007199254740993]) AS big, unnest([CAST('0.10' AS DECIMAL(9,2)), CAST('0.20' AS DECIMAL(9,2))]) AS money",
    );
    expect(column(profile, 'big').numbers!.sum).toBe('18014398509481986');
    expect(column(profile, 'big').max).toBe('9007199254740993');
    expect(column(profile, 'money').numbers!.sum).toBe('0.30');
  });

  test('times of which several are within one nanosecond of another have figures, too', async () => {
    const profile = await profileTable(
      'SELECT make_timestamp_ns(1700000000123456789 + i // 2) AS at FROM range(60) r(i)',
    );
    expect(column(profile, 'at')).toMatchObject({ nulls: 0, distinct: 30 });
  });

  test('text is measured in bytes and characters, and nothing is told apart from empty', async () => {
    const profile = await profileTable("SELECT unnest(['ä', 'abc', '', NULL, '  ', 'n/a']) AS t");
    const { text, nulls } = column(profile, 't');
    expect(nulls).toBe(1);
    expect(text).toMatchObject({ empty: 1, blank: 1, notAscii: 1, nullWords: 1, nullWordExamples: ['n/a'] });
    expect(text!.lengths).toMatchObject({ minBytes: 0, maxBytes: 3, maxCharacters: 3 });
  });

  test('the skewness of large numbers that lie close together is that of their distances', async () => {
    const profile = await profileTable(
      'SELECT CASE WHEN i = 0 THEN 10 ELSE i % 3 END AS small, 101004113000 + CASE WHEN i = 0 THEN 10 ELSE i % 3 END AS large FROM range(100) r(i)',
    );
    const [small, large] = [column(profile, 'small').numbers!, column(profile, 'large').numbers!];
    expect(large.skewness).toBeCloseTo(small.skewness!, 4);
    expect(large.kurtosis).toBeCloseTo(small.kurtosis!, 3);
  });

  test('NaN and infinities are counted and left out of the rest', async () => {
    const profile = await profileTable(
      "SELECT CAST(unnest(['1', '2', '3', '4', 'nan', 'inf']) AS DOUBLE) AS x",
    );
    const { numbers, quantiles } = column(profile, 'x');
    expect(numbers).toMatchObject({ mean: 2.5, notFinite: 2, positives: 4 });
    expect(quantiles!.median).toBe(2.5);
  });

  test('columns with too many values for the value table get the same figures', async () => {
    const select =
      "SELECT (i * 7919) % 10007 AS n, ((i * 31) % 5003) / 4.0 AS x, 'v' || ((i * 17) % 3001) AS t, TIMESTAMP '2020-01-01' + to_seconds(i * 3600) AS at, CASE WHEN i % 9 = 0 THEN NULL ELSE i % 700 END AS gappy FROM range(6000) r(i)";
    const exact = await profileTable(select);
    const wide = await profileTable(select, {
      valueTableLimit: 100,
      sampledValues: 500,
      sampledRows: 6000,
    });
    for (const name of ['n', 'x', 't', 'at', 'gappy']) {
      const [a, b] = [column(exact, name), column(wide, name)];
      expect(a.approximate).toBeUndefined();
      expect(b.approximate).toBeDefined();
      for (const figure of [
        'distinct',
        'nulls',
        'min',
        'max',
        'numbers',
        'quantiles',
        'histogram',
        'fingerprint',
      ] as const) {
        if (figure === 'numbers' && a.numbers) {
          // Sums over values and sums over cells differ in the last digits.
          const rounded = (numbers = a.numbers) =>
            Object.entries({ ...numbers, maxPrecision: 0 }).map(([key, value]) =>
              typeof value === 'number' ? [key, value.toPrecision(10)] : [key, value],
            );
          expect(rounded(b.numbers)).toEqual(rounded(a.numbers));
        } else expect([name, figure, b[figure]]).toEqual([name, figure, a[figure]]);
      }
      expect(b.outliers?.beyondInner).toBe(a.outliers?.beyondInner);
      expect(b.text?.lengths).toEqual(a.text?.lengths);
    }
  });

  test('an empty file and a file of one cell have a profile', async () => {
    expect(await profileTable('SELECT 1 AS a, NULL::VARCHAR AS b LIMIT 0')).toMatchObject({
      rows: 0,
      findings: [],
    });
    expect(await profileTable("SELECT 'x' AS a")).toMatchObject({ rows: 1, duplicateRows: 0 });
  });

  test('names and values with quotes and semicolons are data', async () => {
    const profile = await profileTable(
      `SELECT unnest(['a''b', 'c"; DROP TABLE x', 'total']) AS "we""ird'; name"`,
    );
    expect(profile.columns[0]).toMatchObject({ name: `we"ird'; name`, distinct: 3 });
  });

  test('associations of numbers and categories, keys and dependencies are found', async () => {
    const profile = await profileTable(
      "SELECT i AS id, i * 2.5 AS double, ['a','b','c','d'][1 + i % 4] AS city, ['x','y','x','y'][1 + i % 4] AS land, (i % 4) * 10 + i / 1000.0 AS height FROM range(400) r(i)",
    );
    const of = (measure: string, left: string, right: string) =>
      profile.associations.find(
        (each) =>
          each.measure === measure && [each.left, each.right].sort().join() === [left, right].sort().join(),
      )?.value;
    expect(of('pearson', 'id', 'double')).toBeCloseTo(1, 9);
    expect(of('spearman', 'id', 'double')).toBeCloseTo(1, 9);
    expect(of('cramers-v', 'city', 'land')).toBeCloseTo(1, 2);
    expect(of('correlation-ratio', 'city', 'height')).toBeGreaterThan(0.99);
    expect(profile.candidateKeys).toContainEqual(['id']);
    expect(profile.dependencies).toContainEqual({ determinant: ['city'], dependent: 'land' });
    expect(profile.dependencies).not.toContainEqual({ determinant: ['land'], dependent: 'city' });
  });
});
