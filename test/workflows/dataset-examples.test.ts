import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CleaningStep } from '../../contracts/cleaning.js';
import type { Dataset } from '../../contracts/dataset.js';
import type { Question } from '../../contracts/question.js';
import type { ExampleOwner, ExampleRun } from '../../contracts/verified-example.js';
import { askDatasets, runOnDatasets } from '../support/ask-datasets.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { sqlReply } from '../support/shop.js';
import { createTestTenant } from '../support/tenants.js';
import { uploadAndRead } from '../support/upload-file.js';
import { waitUntil } from '../support/wait-until.js';

const SALES = 'region,day,amount\n1,2024-01-05,10.50\n1,2024-02-01,4.50\n2,2024-02-11,20.00\n';
const TOTAL = 'SELECT region, sum(amount) AS total FROM sales GROUP BY region ORDER BY region';

let reply = '';
let model: ModelServer;
let quaestor: TestQuaestor;
let sales: Dataset;

beforeAll(async () => {
  model = await startModelServer();
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
}, 120_000);
afterAll(async () => {
  await quaestor?.stop();
  await model?.close();
});
beforeEach(async () => {
  model.reset();
  model.setReply(() => reply);
  // Content of its own for each test, so that no SQL is found from the one before.
  sales = await uploadAndRead(quaestor, 'sales.csv', `${SALES}9,2024-03-01,${++files}\n`);
});
let files = 0;

const of = ({ id }: Dataset): ExampleOwner => ({ datasetId: id });
const prompts = (): string[] =>
  model.requests.filter(({ endpoint }) => endpoint === 'chat').map(({ body }) => JSON.stringify(body));

async function ask(datasets: Dataset[], text: string, sql: string): Promise<Question> {
  reply = sqlReply(sql);
  const question = await askDatasets(quaestor, { datasetIds: datasets.map(({ id }) => id) }, text);
  expect(question.status).toBe('answered');
  return question;
}

async function post(path: string, body: unknown = {}): Promise<Record<string, unknown>> {
  const sent = await quaestor.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { httpStatus: sent.status, ...((await sent.json()) as object) };
}
const clean = async ({ id }: Dataset, ...steps: CleaningStep[]): Promise<void> => {
  const recipe = { format: 'quaestor-cleaning-recipe', version: 1, steps };
  const { jobId } = await post(`/v1/datasets/${id}/clean`, { recipe });
  await collectEvents(quaestor.client, String(jobId));
};

/** The `count`th run of a dataset's examples that a new version has started, when it has ended. */
const runAfterVersion = async (dataset: Dataset, count = 1): Promise<ExampleRun> =>
  await waitUntil('the run has ended', async () => {
    const runs = await quaestor.client.listExampleRuns(of(dataset));
    return runs.length === count && runs[0]?.status === 'succeeded' && runs[0];
  });

test('an answer of a dataset becomes an example of it, and goes to the model in its channel with a question like it', async () => {
  const question = await ask([sales], 'Total amount by region', TOTAL);
  const example = await quaestor.client.saveExample(question.id);
  expect(example).toMatchObject({
    questionId: question.id,
    question: 'Total amount by region',
    sql: TOTAL,
    tables: [{ name: 'sales', datasetId: sales.id, title: 'sales.csv' }],
    columns: ['region', 'total'],
    rowCount: 3,
  });
  expect(await quaestor.client.listExamples(of(sales))).toEqual([example]);
  await ask([sales], 'Total amount by region in February', TOTAL);
  await ask([sales], 'When was the first day?', 'SELECT min(day) AS first FROM sales');
  const [first, alike, unlike] = prompts();
  expect(first).not.toContain('kind=\\"examples\\"');
  expect(alike).toMatch(/kind=\\"examples\\".*-- Total amount by region\\n.*SELECT region, sum\(amount\)/);
  expect(unlike).not.toContain('kind=\\"examples\\"');
}, 60_000);

test('an example is not shown to questions about another dataset, nor where its name means another one', async () => {
  const question = await ask([sales], 'Total amount by region', TOTAL);
  await quaestor.client.saveExample(question.id);
  const twin = await uploadAndRead(quaestor, 'sales.csv', `${SALES}8,2024-03-01,${files}\n`);
  await ask([twin], 'Total amount by region of the twin', TOTAL);
  // Here `sales` is the twin, and the dataset of the example is `sales_2`.
  await ask([twin, sales], 'Total amount by region of both', TOTAL);
  expect(prompts().filter((prompt) => prompt.includes('kind=\\"examples\\"'))).toEqual([]);
  await ask([sales, twin], 'Total amount by region of the first', TOTAL);
  expect(prompts().at(-1)).toContain('kind=\\"examples\\"');
}, 60_000);

test('an answer that was kept before is not given again once an example like it is saved, or deleted', async () => {
  const first = await ask([sales], 'Total amount by region', TOTAL);
  expect((await ask([sales], 'Total amount by region', TOTAL)).cachedFrom).toBe(first.id);
  const better = await ask([sales], 'Sum of amount by region', `${TOTAL} DESC`);
  const { id } = await quaestor.client.saveExample(better.id, 'Amount by region, total');
  const second = await ask([sales], 'Total amount by region', `${TOTAL} DESC`);
  expect(second).toMatchObject({ cachedFrom: null, answer: { sql: `${TOTAL} DESC` } });
  expect(prompts().at(-1)).toContain('Amount by region, total');
  expect((await ask([sales], 'Total amount by region', TOTAL)).cachedFrom).toBe(second.id);
  await quaestor.client.deleteExample(of(sales), id);
  expect(await quaestor.client.listExamples(of(sales))).toEqual([]);
  expect((await ask([sales], 'Total amount by region', TOTAL)).cachedFrom).toBeNull();
  expect((await quaestor.fetch(`/v1/datasets/${sales.id}/examples/${id}`, { method: 'DELETE' })).status).toBe(
    404,
  );
}, 60_000);

test('edited SQL that ran is saved in place of the answer under the same words', async () => {
  const question = await ask([sales], 'Total amount', 'SELECT sum(amount) AS total FROM sales');
  await quaestor.client.saveExample(question.id);
  const run = await runOnDatasets(quaestor, question.id, 'SELECT max(amount) AS most FROM sales');
  expect(await quaestor.client.saveExample(run.id)).toMatchObject({ questionId: run.id, columns: ['most'] });
  expect(await quaestor.client.listExamples(of(sales))).toHaveLength(1);
}, 60_000);

test('cleaning, undoing it and reading the file again check the examples, and tell what came out differently', async () => {
  const total = await ask([sales], 'Total amount', 'SELECT sum(amount) AS total FROM sales');
  const days = await ask([sales], 'Days', 'SELECT count(day) AS days FROM sales');
  const all = await ask([sales], 'All of it', 'SELECT * FROM sales');
  for (const { id } of [total, days, all]) await quaestor.client.saveExample(id);
  await clean(
    sales,
    { kind: 'drop-columns', columns: ['day'] },
    { kind: 'rename-columns', names: [{ from: 'region', to: 'area' }] },
  );
  const run = await runAfterVersion(sales);
  expect(run).toMatchObject({
    reason: 'version_changed',
    counts: { same: 1, rows_changed: 0, columns_changed: 1, failed: 1 },
  });
  const by = new Map(run.differences.map((result) => [result.question, result]));
  expect(by.get('Days')).toMatchObject({ outcome: 'failed', rowCount: null });
  expect(by.get('Days')?.error?.message).toContain('day');
  expect(by.get('All of it')).toMatchObject({ addedColumns: ['area'], removedColumns: ['region', 'day'] });
  expect(await quaestor.client.listExamples(of(sales))).toHaveLength(3);

  expect((await post(`/v1/datasets/${sales.id}/undo-cleaning`)).httpStatus).toBe(200);
  const same = { same: 3, rows_changed: 0, columns_changed: 0, failed: 0 };
  expect(await runAfterVersion(sales, 2)).toMatchObject({ reason: 'version_changed', counts: same });

  const { jobId } = await post(`/v1/datasets/${sales.id}/read`, { headerRows: 1, skipRows: 1 });
  await collectEvents(quaestor.client, String(jobId));
  const reread = await runAfterVersion(sales, 3);
  expect(reread.counts).toMatchObject({ same: 0 });
  expect(reread.differences).toHaveLength(3);
}, 90_000);

test('a check is asked for as for a data source; rows that changed are told', async () => {
  const question = await ask([sales], 'Total amount by region', TOTAL);
  await quaestor.client.saveExample(question.id);
  const check = async () => {
    const { id, jobId } = await quaestor.client.checkExamples(of(sales));
    const events = await collectEvents(quaestor.client, jobId);
    expect(events.at(-1)).toMatchObject({ kind: 'job.succeeded', data: { runId: id } });
    return (await quaestor.client.listExampleRuns(of(sales))).find((run) => run.id === id);
  };
  expect(await check()).toMatchObject({ reason: 'requested', counts: { same: 1 }, differences: [] });
  await clean(sales, { kind: 'cap-outliers', columns: ['amount'], upper: 15, treat: 'cap' });
  expect(await check()).toMatchObject({
    counts: { rows_changed: 1 },
    differences: [{ outcome: 'rows_changed', expectedRows: 3, rowCount: 3 }],
  });
}, 60_000);

test('an example of two datasets is listed with both, and outlives one of them to say that it is gone', async () => {
  const regions = await uploadAndRead(quaestor, 'regions.csv', `region,name\n1,North\n2,South ${files}\n`);
  const joined = await ask(
    [sales, regions],
    'Total by name',
    'SELECT name, sum(amount) AS total FROM sales JOIN regions USING (region) GROUP BY name',
  );
  const single = await ask([sales, regions], 'Names', 'SELECT count(name) AS names FROM regions');
  const example = await quaestor.client.saveExample(joined.id);
  const ofOne = await quaestor.client.saveExample(single.id);
  expect(await quaestor.client.listExamples(of(sales))).toEqual([example]);
  expect(await quaestor.client.listExamples(of(regions))).toEqual([example, ofOne]);
  await ask([sales, regions], 'Total by name of region', TOTAL);
  expect(prompts().at(-1)).toContain('JOIN regions USING');
  await ask([regions], 'Total by name, once more', 'SELECT count(name) AS names FROM regions');
  expect(prompts().at(-1)).not.toContain('JOIN regions USING');

  await quaestor.fetch(`/v1/datasets/${sales.id}`, { method: 'DELETE' });
  const [left] = await quaestor.client.listExamples(of(regions));
  expect(left?.tables).toEqual([
    { name: 'sales', datasetId: null, title: 'sales.csv' },
    { name: 'regions', datasetId: regions.id, title: 'regions.csv' },
  ]);
  const { id, jobId } = await quaestor.client.checkExamples(of(regions));
  await collectEvents(quaestor.client, jobId);
  const run = (await quaestor.client.listExampleRuns(of(regions))).find((one) => one.id === id);
  expect(run).toMatchObject({
    counts: { same: 1, failed: 1 },
    differences: [{ question: 'Total by name', outcome: 'failed', error: { code: 'not_found' } }],
  });
  expect(run?.differences[0]?.error?.message).toContain('sales.csv');

  await quaestor.fetch(`/v1/datasets/${regions.id}`, { method: 'DELETE' });
  const rest = await quaestor.app.db.withTenant(quaestor.tenant.tenantId, (tx) =>
    tx.query('SELECT FROM schema_mappings WHERE id = ANY($1::uuid[])', [[example.id, ofOne.id]]),
  );
  expect(rest).toEqual([]);
}, 90_000);

test('SQL over the rows of another answer cannot be an example, and the way out is told; SQL beside them can', async () => {
  const first = await ask([sales], 'Total amount by region', TOTAL);
  const target = { datasetIds: [sales.id], resultOf: [first.id] };
  reply = sqlReply('SELECT sum(total) AS total FROM result_total_amount_by_region');
  const ofRows = await askDatasets(quaestor, target, 'The total of totals');
  expect(ofRows.status).toBe('answered');
  const refused = await post(`/v1/questions/${ofRows.id}/example`);
  expect(refused).toMatchObject({ httpStatus: 409, code: 'conflict', details: { resultOf: [first.id] } });
  expect(refused['detail']).toMatch(/upload the file as a dataset/);
  const beside = await runOnDatasets(quaestor, ofRows.id, 'SELECT sum(amount) AS total FROM sales');
  expect(await quaestor.client.saveExample(beside.id)).toMatchObject({ tables: [{ name: 'sales' }] });
}, 60_000);

test('another tenant finds neither dataset nor examples', async () => {
  const question = await ask([sales], 'Total amount by region', TOTAL);
  const { id } = await quaestor.client.saveExample(question.id);
  const stranger = await createTestTenant(quaestor.app.db);
  const path = `/v1/datasets/${sales.id}/examples`;
  for (const [method, url] of [
    ['GET', path],
    ['GET', `${path}/runs`],
    ['POST', `${path}/runs`],
    ['DELETE', `${path}/${id}`],
    ['POST', `/v1/questions/${question.id}/example`],
  ] as const) {
    const sent = await quaestor.fetch(url, {
      method,
      headers: { authorization: `Bearer ${stranger.apiKey}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    expect({ method, url, status: sent.status }).toEqual({ method, url, status: 404 });
  }
  expect(await quaestor.client.listExamples(of(sales))).toHaveLength(1);
}, 60_000);
