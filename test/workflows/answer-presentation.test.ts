import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestSource, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { COUNT_BY_STATUS, LONG_QUERY, SHOP_SQL, sqlReply } from '../support/shop.js';

/** A tenth of the deliveries have no store: 60 of 600, 30 of the 300 that are late. */
const DELIVERIES_SQL = `
  CREATE TABLE stores (id int PRIMARY KEY, country text NOT NULL);
  CREATE TABLE deliveries (id int PRIMARY KEY, store_id int REFERENCES stores, is_late boolean NOT NULL);
  INSERT INTO stores VALUES (1, 'DE'), (2, 'FR');
  INSERT INTO deliveries SELECT n, CASE WHEN n <= 60 THEN NULL ELSE 1 + n % 2 END, n % 2 = 0 FROM generate_series(1, 600) n;
  ANALYZE;`;

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL + DELIVERIES_SQL);
  quaestor = await startTestQuaestor({
    OPENAI_BASE_URL: model.baseUrl,
    QUAESTOR_STATEMENT_TIMEOUT_MS: '3000',
  });
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

const ask = async (question: string, sql: string) => {
  model.script('chat', { kind: 'text', text: sqlReply(sql) });
  return await quaestor.ask(dataSourceId, question);
};

test('an answer has a chart and words about its own cells, and the chart is served as SVG, from the cache too', async () => {
  const sql = 'SELECT status, sum(id) AS ids FROM orders GROUP BY status ORDER BY status';
  const question = await ask('How many orders by status?', sql);
  expect(question.answer).toMatchObject({
    chart: { kind: 'bar', columns: { x: 0, y: [1] } },
    explanation: 'Among these rows the highest ids is 60,300 (open), the lowest 59,900 (paid).',
    warnings: [],
  });
  const again = await quaestor.ask(dataSourceId, 'How many orders by status?');
  expect(again).toMatchObject({ cachedFrom: question.id, answer: { chart: question.answer?.chart } });
  for (const id of [question.id, again.id]) {
    const response = await quaestor.fetch(`/v1/questions/${id}/chart.svg`);
    expect(response.headers.get('content-type')).toContain('image/svg+xml');
    expect(await response.text()).toMatch(/^<svg[\s\S]*paid/);
  }
});

test('a single number has no chart, and asking for its picture is not_found', async () => {
  const question = await ask('How many orders are there?', 'SELECT count(*) AS orders FROM orders');
  expect(question.answer).toMatchObject({ chart: null, explanation: 'Orders is 600.' });
  const response = await quaestor.fetch(`/v1/questions/${question.id}/chart.svg`);
  expect(response.status).toBe(404);
});

test('a filter for a value that was never sampled is told with the nearest sampled one', async () => {
  const question = await ask(
    'How many orders are payed?',
    `SELECT count(*) FROM orders WHERE status = 'payed'`,
  );
  expect(question.answer?.warnings).toMatchObject([
    { code: 'value_not_found', details: { column: 'public.orders.status', value: 'payed', nearest: 'paid' } },
  ]);
});

test('a join that repeats the rows that are added up is told from the keys of the index', async () => {
  const sql = 'SELECT sum(c.id) AS ids FROM customers c JOIN orders o ON o.customer_id = c.id';
  const question = await ask('What do the ids of customers add up to?', sql);
  expect(question.answer?.warnings.map(({ code }) => code)).toEqual(['fan_out_join']);
});

test('an inner join by a key that may be empty says how many of how many rows it leaves out', async () => {
  const sql = (where: string) =>
    `SELECT s.country, count(*) AS n FROM deliveries d JOIN stores s ON s.id = d.store_id ${where} GROUP BY s.country`;
  const all = await ask('How many deliveries by country?', sql(''));
  expect(all.answer?.warnings).toMatchObject([
    { code: 'join_leaves_out', details: { column: 'public.deliveries.store_id', rows: 600, leftOut: 60 } },
  ]);
  const late = await ask('How many late deliveries by country?', sql('WHERE d.is_late'));
  expect(late.answer?.warnings[0]?.message).toBe(
    'The join to public.stores leaves out 30 of 300 rows of public.deliveries: their public.deliveries.store_id is empty.',
  );
  const none = await ask('How many of the last deliveries by country?', sql('WHERE d.id > 60'));
  expect(none.answer?.warnings).toEqual([]);
});

test('a cut through rows that are alike says how many of them are not shown', async () => {
  const most = (limit: number) =>
    `SELECT store_id, count(*) AS n FROM deliveries GROUP BY store_id ORDER BY count(*) DESC, store_id LIMIT ${limit}`;
  const first = await ask('Which store has the most deliveries?', most(1));
  expect(first.answer?.warnings).toMatchObject([
    { code: 'ties_cut_off', details: { limit: 1, by: ['n'], tied: 2, hidden: 1 } },
  ]);
  const both = await ask('Which two stores have the most deliveries?', most(2));
  expect(both.answer?.warnings).toEqual([]);
  const unseen = await ask('Five late deliveries', 'SELECT id FROM deliveries ORDER BY is_late DESC LIMIT 5');
  expect(unseen.answer?.warnings).toMatchObject([
    { code: 'ties_cut_off', details: { by: ['is_late'], tied: 300, hidden: 295 } },
  ]);
});

test('the audit trail tells who had which SQL run on which tables, with rows and time', async () => {
  const { tenant, app } = quaestor;
  const question = await ask('Orders by status, for the record?', COUNT_BY_STATUS);
  const [entry] = await app.db.withTenant(tenant.tenantId, (tx) =>
    tx.query<{ user_id: string; data: Record<string, unknown> }>(
      `SELECT user_id, data FROM audit_log WHERE action = 'sql.executed' AND subject_id = $1`,
      [question.id],
    ),
  );
  expect(entry?.user_id).toBe(tenant.userId);
  expect(entry?.data).toMatchObject({
    sql: COUNT_BY_STATUS,
    dataSourceId,
    tables: ['public.orders'],
    rowCount: 3,
    truncated: false,
  });
  expect(entry?.data['queryMs']).toBeGreaterThan(0);
});

test('a query that was stopped at its time limit is in the audit trail too', async () => {
  const { tenant, app } = quaestor;
  const question = await ask('How many pairs of orders, for the record?', LONG_QUERY);
  expect(question.error?.code).toBe('query_timed_out');
  const entries = await app.db.withTenant(tenant.tenantId, (tx) =>
    tx.query<{ user_id: string; action: string; data: Record<string, unknown> }>(
      `SELECT user_id, action, data FROM audit_log WHERE action LIKE 'sql.%' AND subject_id = $1`,
      [question.id],
    ),
  );
  expect(entries).toMatchObject([
    { user_id: tenant.userId, action: 'sql.failed', data: { sql: LONG_QUERY, code: 'query_timed_out' } },
  ]);
});
