import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { queryRows } from '../support/databases.js';
import { collectEvents } from '../support/quaestor.js';
import { sharedServers } from '../support/shared-servers.js';
import { LONG_QUERY, sqlReply } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';
import { waitUntil } from '../support/wait-until.js';

let shop: ShopQuaestor;

beforeAll(async () => {
  shop = await startShopQuaestor();
}, 120_000);

afterAll(async () => shop?.stop());

/** Statements of Quaestor's that run on the data source now. */
const running = () =>
  queryRows<{ query: string }>(
    sharedServers().sourceAdminUrl,
    `SELECT query FROM pg_stat_activity
     WHERE application_name = 'quaestor' AND state = 'active' AND query LIKE '%generate_series(1, 100000)%'`,
  );

async function start(question: string) {
  const reply = await shop.client.askQuestion({ dataSourceId: shop.dataSourceId, question });
  if (reply.answered) throw new Error('must not be cached');
  return reply;
}

test('cancelling a job stops its query on the database server, and the job says that it was cancelled', async () => {
  shop.model.script('chat', { kind: 'text', text: sqlReply(LONG_QUERY) });
  const { jobId, questionId } = await start('How many pairs?');
  await waitUntil('the query runs on the server', async () => (await running()).length > 0);
  await shop.client.cancelJob(jobId);
  await waitUntil('the server runs it no more', async () => (await running()).length === 0);
  const events = await collectEvents(shop.client, jobId);
  expect(events.at(-1)?.kind).toBe('job.cancelled');
  expect(await shop.client.readQuestion(questionId)).toMatchObject({ status: 'cancelled' });
  expect(await shop.client.readJob(jobId)).toMatchObject({ status: 'cancelled' });
}, 60_000);

test('cancelling a job aborts the model call that it waits for', async () => {
  shop.model.reset();
  shop.model.script('chat', { kind: 'hang' });
  const { jobId } = await start('How many orders?');
  await shop.model.waitUntil((stats) => stats.byEndpoint.chat === 1);
  await shop.client.cancelJob(jobId);
  const events = await collectEvents(shop.client, jobId);
  expect(events.at(-1)?.kind).toBe('job.cancelled');
}, 60_000);

test('cancelling an indexing leaves the old version in place and the source usable', async () => {
  shop.model.reset();
  await shop.source.execute('CREATE TABLE IF NOT EXISTS extra (id int)');
  shop.model.script('embeddings', { kind: 'hang' });
  const jobId = await shop.client.indexDataSource(shop.dataSourceId);
  await shop.model.waitUntil((stats) => stats.byEndpoint.embeddings === 1);
  await shop.client.cancelJob(jobId);
  const events = await collectEvents(shop.client, jobId);
  expect(events.at(-1)?.kind).toBe('job.cancelled');
  const [read] = await shop.client.listDataSources();
  expect(read).toMatchObject({ status: 'ready', tables: 3 });
}, 60_000);

test('a job that has ended cannot be cancelled: 409 conflict', async () => {
  const [ended] = await shop.client.listJobs();
  const reply = await shop.fetch(`/v1/jobs/${ended!.id}`, { method: 'DELETE' });
  expect(reply.status).toBe(409);
  expect(await reply.json()).toMatchObject({ code: 'conflict' });
});
