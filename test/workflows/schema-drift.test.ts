import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { collectEvents } from '../support/quaestor.js';
import { sqlReply } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';

let shop: ShopQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  shop = await startShopQuaestor();
}, 120_000);

afterAll(async () => shop?.stop(), 60_000);

// Tests change the schema and count indexings, so each has a data source of its own on the same database.
beforeEach(async () => {
  shop.model.reset();
  dataSourceId = await shop.connect(shop.source.url);
});

const indexings = async () =>
  (await shop.client.listJobs()).filter(
    ({ kind, subjectId }) => kind === 'index-source' && subjectId === dataSourceId,
  );

const columns = async () =>
  (await shop.client.listDataSources()).find(({ id }) => id === dataSourceId)?.columns;

test('a column that the registry has and the database no longer: the answer says so, and one indexing is started', async () => {
  const before = await columns();
  await shop.source.execute('ALTER TABLE customers DROP COLUMN city CASCADE');
  shop.model.setReply(() => sqlReply('SELECT city FROM customers'));
  // Two at once, and each tries twice.
  const asked = await Promise.all([
    shop.ask(dataSourceId, 'Which cities are there?'),
    shop.ask(dataSourceId, 'In which cities are our customers?'),
  ]);
  for (const question of asked) {
    expect(question).toMatchObject({ status: 'refused', error: { code: 'data_source_schema_changed' } });
    expect(question.error?.message).toMatch(/city.*is being indexed again/);
  }
  const jobs = await indexings();
  expect(jobs).toHaveLength(2);
  const events = await collectEvents(shop.client, jobs[0]!.id);
  expect(events[0]).toMatchObject({ kind: 'job.queued', data: { reason: 'drift' } });
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  expect(await columns()).toBe(before! - 1);
}, 60_000);

test('a query that the database refuses for another reason starts no indexing', async () => {
  shop.model.setReply(() => sqlReply('SELECT id / 0 AS broken FROM orders'));
  const question = await shop.ask(dataSourceId, 'How many orders are there?');
  expect(question).toMatchObject({ status: 'refused', error: { code: 'model_answer_unusable' } });
  expect(await indexings()).toHaveLength(1);
}, 60_000);
