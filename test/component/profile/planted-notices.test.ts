import { describe, expect, test } from '@jest/globals';
import { profileTable } from '../../support/profile-table.js';

const toldIn = async (select: string, kind: string): Promise<string[]> =>
  (await profileTable(select)).findings
    .flatMap((finding) => (finding.kind === kind && finding.column ? [finding.column] : []))
    .sort();

/** Luhn's check digit makes it a card number. */
const CARD = "'4' || lpad(CAST(100000000000 + i * 7919 AS VARCHAR), 14, '0')";
const withCheck = (digits: string): string =>
  `(SELECT CAST(d || (10 - list_sum(list_transform(range(1, 16), x -> CASE WHEN x % 2 = 1 THEN (CAST(d[x] AS INT) * 2) // 10 + (CAST(d[x] AS INT) * 2) % 10 ELSE CAST(d[x] AS INT) END)) % 10) % 10 AS VARCHAR) FROM (SELECT ${digits} AS d))`;

describe('planted notices', () => {
  test('every column of personal data is told, and none that only looks like it', async () => {
    const personal = {
      first_name: "['Anna','Ben','Carla'][1 + i % 3]",
      work_email: "'user' || i || '@example.org'",
      mobile: 'CAST(15100000000 + i * 7919 AS BIGINT)',
      telephone: "'(212) 555-' || lpad(CAST(i AS VARCHAR), 4, '0')",
      client_ip: "'10.0.' || i % 200 || '.' || (i * 7) % 250",
      iban: "'DE89370400440532013000'",
      card_text: withCheck(CARD),
      card_number: `CAST(${withCheck(CARD)} AS BIGINT)`,
      ssn: "lpad(CAST(100 + i AS VARCHAR), 3, '0') || '-45-' || (1000 + i)",
      date_of_birth: "CAST(DATE '1950-01-01' + CAST(i * 31 AS INTEGER) AS DATE)",
      home_address: "'Main Street ' || i",
      remarks:
        "CASE WHEN i % 97 = 5 THEN 'write to anna' || i || '@post.example today' ELSE 'parcel ' || i || ' was late' END",
    };
    const other = {
      order_ref: 'CAST(4000123400000000 + i * 7919 AS BIGINT)',
      part: "(100 + i) || '-' || (1000 + i)",
      firmware: "'1.' || i % 9 || '.' || i % 31 || '.' || i % 7",
      branch_name: "['North','South','East'][1 + i % 3]",
      opened: "CAST(DATE '2015-01-01' + CAST(i * 3 AS INTEGER) AS DATE)",
      isbn: "'978' || (1000000000 + i * 7919)",
      amount: '(i * 37 % 611) / 7.0',
      comment: "'order ' || i || ' of 2021-03-04, 12 pieces at 4.50'",
    };
    const select = `SELECT ${Object.entries({ ...personal, ...other })
      .map(([name, cell]) => `${cell} AS ${name}`)
      .join(', ')} FROM range(400) r(i)`;
    expect(await toldIn(select, 'personal-data')).toEqual(Object.keys(personal).sort());
  });

  test('numbers that are not finite are told wherever there is one, and nowhere else', async () => {
    const select = `SELECT
        CASE WHEN i = 250 THEN 'NaN'::DOUBLE ELSE i / 7.0 END AS one_nan,
        CASE WHEN i % 90 = 3 THEN 'Infinity'::DOUBLE ELSE i * 1.5 END AS infinite,
        CASE WHEN i = 399 THEN '-Infinity'::FLOAT ELSE CAST(i % 13 AS FLOAT) END AS last_row,
        i / 3.0 AS finite, CASE WHEN i % 3 = 0 THEN NULL ELSE i * 1e300 END AS large, CAST(i AS BIGINT) AS whole
      FROM range(400) r(i)`;
    expect(await toldIn(select, 'not-finite')).toEqual(['infinite', 'last_row', 'one_nan']);
    const { columns } = await profileTable(select);
    const of = (name: string) => columns.find((column) => column.name === name)!;
    expect(of('infinite').numbers).toMatchObject({ notFinite: 5 });
    expect(of('one_nan').numbers!.mean).toBeCloseTo((79_800 - 250) / 7 / 399, 9);
  });
});
