import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestSource, queryRows, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { sharedServers } from '../support/shared-servers.js';
import { LONG_QUERY, SHOP_SQL, sqlReply } from '../support/shop.js';
import { waitUntil } from '../support/wait-until.js';

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

/** Statements of Quaestor's that run on the data source now. */
const running = () =>
  queryRows<{ query: string }>(
    sharedServers().sourceAdminUrl,
    `SELECT query FROM pg_stat_activity
     WHERE application_name = 'quaestor' AND state = 'active' AND query LIKE '%generate_series(1, 100000)%'`,
  );

async function start(question: string) {
  const reply = await quaestor.client.askQuestion({ dataSourceId, question });
  if (reply.answered) throw new Error('must not be cached');
  return reply;
}

test('cancelling a job stops its query on the database server, and the job says that it was cancelled', async () => {
  model.script('chat', { kind: 'text', text: sqlReply(LONG_QUERY) });
  const { jobId, questionId } = await start('How many pairs?');
  await waitUntil('the query runs on the server', async () => (await running()).length > 0);
  await quaestor.client.cancelJob(jobId);
  await waitUntil('the server runs it no more', async () => (await running()).length === 0);
  const events = await collectEvents(quaestor.client, jobId);
  expect(events.at(-1)?.kind).toBe('job.cancelled');
  expect(await quaestor.client.readQuestion(questionId)).toMatchObject({ status: 'cancelled' });
  expect(await quaestor.client.readJob(jobId)).toMatchObject({ status: 'cancelled' });
}, 60_000);

test('cancelling a job aborts the model call that it waits for', async () => {
  model.reset();
  model.script('chat', { kind: 'hang' });
  const { jobId } = await start('How many orders?');
  await model.waitUntil((stats) => stats.byEndpoint.chat === 1);
  await quaestor.client.cancelJob(jobId);
  const events = await collectEvents(quaestor.client, jobId);
  expect(events.at(-1)?.kind).toBe('job.cancelled');
}, 60_000);

test('cancelling an indexing leaves the old version in place and the source usable', async () => {
  model.reset();
  await source.execute('CREATE TABLE IF NOT EXISTS extra (id int)');
  model.script('embeddings', { kind: 'hang' });
  const jobId = await quaestor.client.indexDataSource(dataSourceId);
  await model.waitUntil((stats) => stats.byEndpoint.embeddings === 1);
  await quaestor.client.cancelJob(jobId);
  const events = await collectEvents(quaestor.client, jobId);
  expect(events.at(-1)?.kind).toBe('job.cancelled');
  const [read] = await quaestor.client.listDataSources();
  expect(read).toMatchObject({ status: 'ready', tables: 3 });
}, 60_000);

test('a job that has ended cannot be cancelled: 409 conflict', async () => {
  const [ended] = await quaestor.client.listJobs();
  const reply = await quaestor.fetch(`/v1/jobs/${ended!.id}`, { method: 'DELETE' });
  expect(reply.status).toBe(409);
  expect(await reply.json()).toMatchObject({ code: 'conflict' });
});
