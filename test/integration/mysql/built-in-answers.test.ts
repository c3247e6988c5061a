import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MYSQL_SHOP_SQL } from '../../support/mysql-shop.js';
import { createMysqlSource, describeOnMariadb, type MysqlSource } from '../../support/mysql-sources.js';
import { startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';

describeOnMariadb('questions about a MariaDB without a language model', () => {
  let source: MysqlSource;
  let quaestor: TestQuaestor;
  let dataSourceId: string;

  beforeAll(async () => {
    source = await createMysqlSource(MYSQL_SHOP_SQL);
    quaestor = await startTestQuaestor();
    dataSourceId = await quaestor.connect(source.url, [source.schema]);
  }, 180_000);
  afterAll(async () => {
    await quaestor?.stop();
    await source?.drop();
  });

  test.each([
    ['How many orders are there?', [['600']]],
    [
      'How many orders are there by status?',
      [
        ['open', '200'],
        ['paid', '200'],
        ['sent', '200'],
      ],
    ],
    ['How many orders are there by month?', [['2026-01-01', '600']]],
    ['How many orders are paid?', [['200']]],
    ['What is the average total of orders?', [['375.625000']]],
    ['Which 2 customers have the highest total of orders?', [[expect.anything()], [expect.anything()]]],
    ['How many customers have a name that contains "mer 1"?', [['11']]],
    ['How many orders are gifts?', undefined],
  ])('the built-in model answers %s', async (question, rows) => {
    const asked = await quaestor.ask(dataSourceId, question);
    // What it does not understand it says; what it writes must run.
    if (asked.status === 'refused') {
      expect(asked.error?.code).toBe('question_not_understood');
      expect(rows === undefined || question.includes('contains') || question.startsWith('Which')).toBe(true);
      return;
    }
    expect(asked).toMatchObject({ status: 'answered' });
    const read = (await quaestor.client.readRows(asked.id)).rows;
    if (rows) expect(read.map((row) => row.slice(0, rows[0]!.length))).toEqual(rows.map((row) => [...row]));
  });
});
