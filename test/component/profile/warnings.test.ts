import { describe, expect, test } from '@jest/globals';
import { profileTable, warningsOf } from '../../support/profile-table.js';

/** A table without defects: 400 rows of orders. */
const ORDERS =
  "SELECT 1000 + i AS order_id, ['Berlin','Paris','Rome','Madrid','Vienna'][1 + (i * 7) % 5] AS city, 20 + ((i * 37) % 101) / 4.0 AS weight, 1 + (i * 13) % 9 AS quantity, 'user' || i || '@example.org' AS email, CAST(DATE '2021-01-01' + CAST((i * 11) % 300 AS INTEGER) AS DATE) AS ordered_on FROM range(400) r(i)";

describe('warnings', () => {
  test('a table without defects has none', async () => {
    expect(warningsOf(await profileTable(ORDERS))).toEqual([]);
  });

  test.each([
    ['duplicate rows', `${ORDERS} UNION ALL (${ORDERS} LIMIT 2)`, 'duplicate-rows'],
    [
      'a figure far from all others',
      `SELECT * REPLACE (CASE WHEN order_id = 1200 THEN 98765.0 ELSE weight END AS weight) FROM (${ORDERS})`,
      'outliers weight',
    ],
    [
      'negative quantities',
      `SELECT * REPLACE (CASE WHEN order_id = 1200 THEN -3 ELSE quantity END AS quantity) FROM (${ORDERS})`,
      'impossible-values quantity',
    ],
    [
      'stand-ins for missing figures',
      `SELECT * REPLACE (CASE WHEN order_id % 80 = 0 THEN -999 ELSE weight END AS weight) FROM (${ORDERS})`,
      'placeholder-values weight',
    ],
    [
      'several ways to write one city',
      `SELECT * REPLACE (CASE WHEN order_id % 50 = 0 THEN upper(city) ELSE city END AS city) FROM (${ORDERS})`,
      'similar-values city',
    ],
    [
      'white space at the ends',
      `SELECT * REPLACE (CASE WHEN order_id % 50 = 0 THEN city || ' ' ELSE city END AS city) FROM (${ORDERS})`,
      'padded-values city',
    ],
    [
      'words for nothing',
      `SELECT * REPLACE (CASE WHEN order_id % 50 = 0 THEN 'N/A' ELSE city END AS city) FROM (${ORDERS})`,
      'null-words city',
    ],
    [
      'text decoded wrongly',
      `SELECT * REPLACE (CASE WHEN order_id % 50 = 0 THEN 'MÃ¼nchen' ELSE city END AS city) FROM (${ORDERS})`,
      'mojibake city',
    ],
    [
      'addresses that are none',
      `SELECT * REPLACE (CASE WHEN order_id % 50 = 0 THEN 'user at home' ELSE email END AS email) FROM (${ORDERS})`,
      'invalid-values email',
    ],
    [
      'units that differ',
      `SELECT * REPLACE (weight || CASE WHEN order_id % 5 = 0 THEN ' lb' ELSE ' kg' END AS weight) FROM (${ORDERS})`,
      'mixed-units weight',
    ],
    [
      'fractions late in a column of whole numbers',
      `SELECT * REPLACE (CASE WHEN order_id = 1390 THEN 1.7 ELSE quantity END AS quantity) FROM (${ORDERS})`,
      'late-type-change quantity',
    ],
    ['a column that is another one', `SELECT *, weight AS again FROM (${ORDERS})`, 'duplicate-column again'],
    [
      'a total at the end',
      `${ORDERS} UNION ALL SELECT NULL, 'Total', sum(weight), sum(quantity), NULL, NULL FROM (${ORDERS})`,
      'subtotal-rows',
    ],
    [
      'a note below the rows',
      `SELECT city, weight, quantity, email FROM (${ORDERS}) UNION ALL SELECT 'Source: the warehouse, 2021', NULL, NULL, NULL`,
      'footer-rows',
    ],
    [
      'days left out of a series',
      "SELECT CAST(DATE '2021-01-01' + CAST(i AS INTEGER) AS DATE) AS day, (i * 31) % 17 AS n FROM range(300) r(i) WHERE i NOT BETWEEN 100 AND 106",
      'date-gaps day',
    ],
  ])('%s are told', async (_, select, expected) => {
    const told = warningsOf(await profileTable(select));
    expect(told).toContain(expected);
    expect(told.length).toBeLessThanOrEqual(3);
  });

  test('personal data inside longer text is a notice, digits with wrong check digits are not', async () => {
    const notes = (one: string) =>
      profileTable(
        `SELECT CASE WHEN i % 40 = 7 THEN '${one}' ELSE 'picked up on day ' || i % 9 END AS note, i AS n FROM range(200) r(i)`,
      );
    const personal = async (one: string) =>
      (await notes(one)).findings
        .filter(({ kind }) => kind === 'personal-data')
        .map(({ message }) => message);
    expect(await personal('please call 212-555-1234 today')).toEqual([
      'note holds personal data inside its text (phone).',
    ]);
    expect(await personal('paid with 4111111111111111, thanks')).toEqual([
      'note holds personal data inside its text (payment-card).',
    ]);
    expect(await personal('parcel 4111111111111112 was late')).toEqual([]);
  });

  test('personal data is a notice with its kind', async () => {
    const { findings } = await profileTable(ORDERS);
    expect(findings).toContainEqual(
      expect.objectContaining({ level: 'notice', kind: 'personal-data', column: 'email' }),
    );
  });
});
