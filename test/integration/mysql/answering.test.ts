import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Question } from '../../../contracts/question.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';
import { MYSQL_SHOP_SQL } from '../../support/mysql-shop.js';
import { createMysqlSource, describeOnMariadb, type MysqlSource } from '../../support/mysql-sources.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { sqlReply } from '../../support/shop.js';
import { waitUntil } from '../../support/wait-until.js';

/** Takes long, and nobody can tell beforehand. */
const SLOW =
  'SELECT count(*) FROM orders a CROSS JOIN orders b CROSS JOIN orders c CROSS JOIN orders d WHERE a.id + b.id + c.id + d.id < 0';

const DELIVERIES_SQL = `
  CREATE TABLE stores (id int PRIMARY KEY, country varchar(2) NOT NULL);
  CREATE TABLE deliveries (id int PRIMARY KEY, store_id int, kind varchar(10) NOT NULL, FOREIGN KEY (store_id) REFERENCES stores (id));
  INSERT INTO stores VALUES (1, 'DE'), (2, 'FR');
  INSERT INTO deliveries SELECT seq, if(seq <= 60, NULL, 1 + seq % 2), if(seq % 2 = 0, 'late', 'on time') FROM seq_1_to_600;`;

/** What the last refusal was about: the model's failure to mend it has it as its reason. */
const reasonOf = ({ error }: Question): unknown => error?.details?.['reason'] ?? error;

describeOnMariadb('questions about a MariaDB', () => {
  let source: MysqlSource;
  let model: ModelServer;
  let quaestor: TestQuaestor;
  let dataSourceId: string;

  beforeAll(async () => {
    source = await createMysqlSource(MYSQL_SHOP_SQL + DELIVERIES_SQL);
    model = await startModelServer();
    quaestor = await startTestQuaestor({
      OPENAI_BASE_URL: model.baseUrl,
      QUAESTOR_STATEMENT_TIMEOUT_MS: '600000',
    });
    dataSourceId = await quaestor.connect(source.url, [source.schema]);
  }, 180_000);
  afterAll(async () => {
    await quaestor?.stop();
    await model?.close();
    await source?.drop();
  });
  beforeEach(() => model.reset());

  const reply = (...sql: string[]) =>
    model.script('chat', ...sql.map((each) => ({ kind: 'text' as const, text: sqlReply(each) })));

  test('a model is told the dialect and the names as MySQL spells them; its answer shows what ran', async () => {
    reply('SELECT `Note No` AS "note", NOW() > 0 AS later FROM `Order Notes` ORDER BY 1');
    const asked = await quaestor.ask(dataSourceId, 'Which order notes are there?');
    expect(asked.answer).toMatchObject({
      sql: "SELECT `Note No` AS 'note', NOW() > 0 AS later FROM `Order Notes` ORDER BY 1",
      columns: [
        { name: 'note', type: 'int' },
        { name: 'later', type: 'int' },
      ],
      truncated: false,
    });
    expect((await quaestor.client.readRows(asked.id)).rows).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const prompt = JSON.stringify(model.requests);
    expect(prompt).toContain('You write one MySQL query');
    expect(prompt).toContain(`${source.schema}.\`Order Notes\``);
  });

  test('an inner join by a key that may be empty says how many of how many rows it leaves out', async () => {
    reply(
      "SELECT s.country, COUNT(*) AS `n` FROM `deliveries` d INNER JOIN stores s ON s.id = d.store_id WHERE d.kind = 'late' GROUP BY s.country",
    );
    const asked = await quaestor.ask(dataSourceId, 'How many late deliveries by country?');
    expect(asked.answer?.warnings).toMatchObject([
      { code: 'join_leaves_out', details: { rows: 300, leftOut: 30, isUpperBound: false } },
    ]);
  });

  test('a cut through rows that are alike says how many of them are not shown', async () => {
    reply('SELECT `id` FROM deliveries ORDER BY store_id IS NULL, store_id, id LIMIT 1, 4');
    const asked = await quaestor.ask(dataSourceId, 'Some deliveries of the first store?');
    expect(asked.answer?.warnings).toMatchObject([
      { code: 'ties_cut_off', details: { limit: 4, by: ['store_id'], tied: 270, hidden: 265 } },
    ]);
  });

  test('a refusal of the guard and one of the database go back to the model once, with the valid names', async () => {
    reply('SELECT stat FROM orders', 'SELECT count(*) AS n FROM orders');
    const mended = await quaestor.ask(dataSourceId, 'How many orders are there in all?');
    expect(mended).toMatchObject({ status: 'answered', answer: { repairs: 1 } });
    expect(JSON.stringify(model.requests.at(-1))).toContain(`${source.schema}.orders.status`);
    model.reset();
    reply(
      'SELECT status, total FROM orders GROUP BY status',
      'SELECT status, sum(total) AS t FROM orders GROUP BY status',
    );
    const grouped = await quaestor.ask(dataSourceId, 'What is the total by status?');
    expect(grouped).toMatchObject({ status: 'answered', answer: { repairs: 1, rowCount: 3 } });
  });

  test.each([
    ["SELECT name FROM customers INTO OUTFILE '/tmp/evil'", 'sql_not_read_only'],
    ['DELETE FROM customers', 'sql_not_read_only'],
    ['SELECT SLEEP(10)', 'sql_unknown_function'],
    ['SELECT host FROM mysql.user', 'sql_unknown_table'],
    ['SELECT 1; DROP TABLE customers', 'sql_not_single_statement'],
  ])('%s is refused', async (sql, code) => {
    reply(sql, sql, sql);
    const asked = await quaestor.ask(dataSourceId, `What about the customers: ${sql}?`);
    expect(asked.status).toBe('refused');
    expect(reasonOf(asked)).toMatchObject({ code });
    expect(await source.rows('SELECT count(*) AS n FROM customers')).toEqual([{ n: 30 }]);
  });

  test('a query above the limits of its data source is refused with its plan, and functions can be added', async () => {
    const put = await quaestor.fetch(`/v1/data-sources/${dataSourceId}/query-settings`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ maxCost: 50, maxRows: 1_000, allowedFunctions: ['repeat'] }),
    });
    expect(put.status).toBe(200);
    expect(await put.json()).toMatchObject({ querySettings: { maxCost: 50, maxRows: 1_000 } });
    reply(SLOW, SLOW, SLOW);
    const dear = await quaestor.ask(dataSourceId, 'How many combinations of four orders?');
    expect(dear.status).toBe('refused');
    expect(reasonOf(dear)).toMatchObject({
      code: 'sql_too_expensive',
      details: { maxCost: 50, maxRows: 1_000, plan: { query_block: { select_id: 1 } } },
    });
    model.reset();
    reply("SELECT repeat('x', 3) AS x");
    const called = await quaestor.ask(dataSourceId, 'What is three times x for the customers?');
    expect(called).toMatchObject({ status: 'answered' });
    await quaestor.fetch(`/v1/data-sources/${dataSourceId}/query-settings`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  });

  test('cancelling the job stops its query on the server', async () => {
    reply(SLOW);
    const started = await quaestor.client.askQuestion({
      dataSourceId,
      question: 'How many combinations of four orders are there?',
    });
    if (started.answered) throw new Error('must not be cached');
    const running = async () =>
      (
        await source.rows(
          `SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'SELECT count(*) FROM orders a%'`,
        )
      ).length;
    await waitUntil('the query has its own queue', async () => {
      const events = await quaestor.client.readJob(started.jobId);
      return events.status === 'running' && (await running()) === 1;
    });
    await quaestor.client.cancelJob(started.jobId);
    await waitUntil('the server runs it no more', async () => (await running()) === 0);
    const events = await collectEvents(quaestor.client, started.jobId);
    expect(events.at(-1)?.kind).toBe('job.cancelled');
  }, 120_000);
});
