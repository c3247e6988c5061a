import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ExampleRun } from '../../contracts/verified-example.js';
import { collectEvents } from '../support/quaestor.js';
import { COUNT_BY_STATUS } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';
import { waitUntil } from '../support/wait-until.js';

let shop: ShopQuaestor;
let asked = 0;
const ofShop = () => ({ dataSourceId: shop.dataSourceId });

beforeAll(async () => {
  shop = await startShopQuaestor();
}, 120_000);
afterAll(async () => shop?.stop());
beforeEach(async () => {
  shop.model.reset();
  for (const { id } of await shop.client.listExamples(ofShop()))
    await shop.client.deleteMapping(shop.dataSourceId, id);
});

async function verify(sql: string): Promise<string> {
  const question = await shop.askFor(`A question to verify, number ${++asked}`, sql);
  expect(question.status).toBe('answered');
  const example = await shop.client.saveExample(question.id);
  expect(example).toMatchObject({ questionId: question.id, question: question.text, sql });
  return question.text;
}

async function check(): Promise<ExampleRun> {
  const { id, jobId } = await shop.client.checkExamples(ofShop());
  const events = await collectEvents(shop.client, jobId);
  expect(events.at(-1)).toMatchObject({ kind: 'job.succeeded', data: { runId: id } });
  return (await shop.client.listExampleRuns(ofShop())).find((run) => run.id === id)!;
}

test('an answer becomes an example that models see, with who verified it, and its SQL still gives the same', async () => {
  const question = await verify(COUNT_BY_STATUS);
  const [example] = await shop.client.listExamples(ofShop());
  expect(example).toMatchObject({ question, rowCount: 3, columns: ['status', 'orders'] });
  expect(example?.verifiedBy).toMatch(/\S/);
  const [mapping] = await shop.client.listMappings(shop.dataSourceId, { kind: 'example' });
  expect(mapping).toMatchObject({ origin: 'answer', status: 'accepted', tables: ['public.orders'] });
  await shop.askFor(`${question}, or one like it`, COUNT_BY_STATUS);
  expect(JSON.stringify(shop.model.requests.at(-1)?.body)).toContain('GROUP BY status');
  expect(await check()).toMatchObject({
    reason: 'requested',
    status: 'succeeded',
    counts: { same: 1, rows_changed: 0, columns_changed: 0, failed: 0 },
    differences: [],
  });
});

test('what comes out differently is told: rows, columns, and SQL that the guard or the database refuses', async () => {
  await shop.source.execute(
    'CREATE TABLE parts (id int PRIMARY KEY, name text); INSERT INTO parts VALUES (1, $$a$$); CREATE VIEW part_list AS SELECT id, name FROM parts',
  );
  await collectEvents(shop.client, await shop.client.indexDataSource(shop.dataSourceId));
  const rows = await verify('SELECT id FROM parts');
  const values = await verify('SELECT name FROM parts');
  const columns = await verify('SELECT * FROM part_list');
  const gone = await verify('SELECT count(*) AS customers FROM customers');
  await shop.source.execute(
    `INSERT INTO parts VALUES (2, 'b'); DELETE FROM parts WHERE id = 1; UPDATE parts SET name = 'z';
     INSERT INTO parts VALUES (3, NULL);
     DROP VIEW part_list; CREATE VIEW part_list AS SELECT id, name AS title FROM parts;
     ALTER TABLE customers RENAME TO clients`,
  );
  const run = await check();
  await shop.source.execute('ALTER TABLE clients RENAME TO customers');
  expect(run.counts).toEqual({ same: 0, rows_changed: 2, columns_changed: 1, failed: 1 });
  const by = new Map(run.differences.map((result) => [result.question, result]));
  expect(by.get(rows)).toMatchObject({ outcome: 'rows_changed', expectedRows: 1, rowCount: 2 });
  expect(by.get(values)).toMatchObject({ outcome: 'rows_changed' });
  expect(by.get(columns)).toMatchObject({ addedColumns: ['title'], removedColumns: ['name'] });
  expect(by.get(gone)).toMatchObject({ outcome: 'failed', rowCount: null, error: { code: 'query_failed' } });
}, 60_000);

test('after an indexing the examples are checked by themselves, and a table that is gone is told by the guard', async () => {
  await shop.source.execute('CREATE TABLE boxes (id int)');
  await collectEvents(shop.client, await shop.client.indexDataSource(shop.dataSourceId));
  await verify('SELECT id FROM boxes');
  await shop.source.execute('DROP TABLE boxes');
  await collectEvents(shop.client, await shop.client.indexDataSource(shop.dataSourceId));
  const run = await waitUntil('the run has ended', async () => {
    const [newest] = await shop.client.listExampleRuns(ofShop());
    return newest?.reason === 'indexed' && newest.status === 'succeeded' && newest;
  });
  expect(run.differences).toMatchObject([{ outcome: 'failed', error: { code: 'sql_unknown_table' } }]);
}, 60_000);

test('an example whose SQL was edited is not verified any more; the same words verified again replace it', async () => {
  const question = await verify(COUNT_BY_STATUS);
  await shop.client.putMappings(shop.dataSourceId, [{ kind: 'example', question, sql: 'SELECT 1' }]);
  expect(await shop.client.listExamples(ofShop())).toEqual([]);
  const other = await shop.askFor('Other words', 'SELECT count(*) AS n FROM orders');
  expect(await shop.client.saveExample(other.id, question)).toMatchObject({ question, rowCount: 1 });
  expect(await shop.client.listExamples(ofShop())).toHaveLength(1);
});

test('a question without an answer cannot be verified', async () => {
  shop.model.always('chat', { kind: 'text', text: 'No.' });
  const refused = await shop.ask(shop.dataSourceId, 'What is the meaning of it all?');
  const reply = await shop.send('POST', `/v1/questions/${refused.id}/example`, {});
  expect(reply.status).toBe(409);
});
