import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestSource, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { SHOP_SQL, sqlReply } from '../support/shop.js';

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
}, 60_000);

beforeEach(async () => {
  model.reset();
  dataSourceId = await quaestor.connect(source.url);
});

const indexings = async () =>
  (await quaestor.client.listJobs()).filter(
    ({ kind, subjectId }) => kind === 'index-source' && subjectId === dataSourceId,
  );

const columns = async () =>
  (await quaestor.client.listDataSources()).find(({ id }) => id === dataSourceId)?.columns;

test('a column that the registry has and the database no longer: the answer says so, and one indexing is started', async () => {
  const before = await columns();
  await source.execute('ALTER TABLE customers DROP COLUMN city CASCADE');
  model.setReply(() => sqlReply('SELECT city FROM customers'));
  // Two at once, and each tries twice.
  const asked = await Promise.all([
    quaestor.ask(dataSourceId, 'Which cities are there?'),
    quaestor.ask(dataSourceId, 'In which cities are our customers?'),
  ]);
  for (const question of asked) {
    expect(question).toMatchObject({ status: 'refused', error: { code: 'data_source_schema_changed' } });
    expect(question.error?.message).toMatch(/city.*is being indexed again/);
  }
  const jobs = await indexings();
  expect(jobs).toHaveLength(2);
  const events = await collectEvents(quaestor.client, jobs[0]!.id);
  expect(events[0]).toMatchObject({ kind: 'job.queued', data: { reason: 'drift' } });
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  expect(await columns()).toBe(before! - 1);
}, 60_000);

test('a query that the database refuses for another reason starts no indexing', async () => {
  model.setReply(() => sqlReply('SELECT id / 0 AS broken FROM orders'));
  const question = await quaestor.ask(dataSourceId, 'How many orders are there?');
  expect(question).toMatchObject({ status: 'refused', error: { code: 'model_answer_unusable' } });
  expect(await indexings()).toHaveLength(1);
}, 60_000);
