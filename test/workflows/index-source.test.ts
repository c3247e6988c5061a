import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestSource, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { SHOP_SQL } from '../support/shop.js';

let model: ModelServer;
let quaestor: TestQuaestor;
const sources: TestSource[] = [];

beforeAll(async () => {
  model = await startModelServer();
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  for (const source of sources) await source.drop();
  await model?.close();
});

beforeEach(() => model.reset());

async function newSource(sql: string): Promise<TestSource> {
  const source = await createTestSource(sql);
  sources.push(source);
  return source;
}

let names = 0;
async function add(connectionString: string, includeSchemas: string[] = []): Promise<string> {
  return (await quaestor.client.addDataSource({ name: `s${++names}`, connectionString, includeSchemas })).id;
}

async function index(dataSourceId: string) {
  const jobId = await quaestor.client.indexDataSource(dataSourceId);
  const events = await collectEvents(quaestor.client, jobId);
  return { jobId, events, job: await quaestor.client.readJob(jobId) };
}

const read = async (id: string) =>
  (await quaestor.client.listDataSources()).find((candidate) => candidate.id === id);

test('indexing tells what it read, what it embeds and how far it is, and makes the source ready', async () => {
  const id = await add((await newSource(SHOP_SQL)).url);
  const { events, job } = await index(id);
  expect(events.map((event) => event.kind)).toEqual([
    'job.queued',
    'job.started',
    'schema.introspected',
    'values.sampled',
    'joins.inferred',
    'embedding.planned',
    'batch.embedded',
    'job.progressed',
    'version.activated',
    'job.succeeded',
  ]);
  // Three relations and 3 + 5 + 5 columns.
  expect(events[5]?.data).toEqual({ items: 16, batches: 1, unchanged: 0 });
  expect(job).toMatchObject({
    status: 'succeeded',
    progress: { done: 16, total: 16, unit: 'items', etaMs: 0 },
  });
  expect(await read(id)).toMatchObject({ status: 'ready', tables: 3, columns: 13 });
});

test('few, short values are sampled, those of persons are not, and a table that refuses is skipped and told', async () => {
  const id = await add(
    (await newSource(`${SHOP_SQL}; CREATE VIEW broken AS SELECT (1 / (id - id))::text AS kind FROM orders`))
      .url,
  );
  const { events, job } = await index(id);
  expect(job.status).toBe('succeeded');
  // Cities of customers, and the status of orders and of open orders; the customers' names are withheld.
  expect(events.find((event) => event.kind === 'values.sampled')?.data).toMatchObject({
    columns: 3,
    values: 6,
    withheld: 1,
    skipped: 1,
    skippedTables: [{ table: 'public.broken', reason: 'query_failed' }],
  });
});

test('the model is shown the stored spelling of what the question names', async () => {
  const id = await add((await newSource(SHOP_SQL)).url);
  await index(id);
  const asked = await quaestor.ask(id, 'How many PAID orders were there in bonn?');
  expect(asked.status).toBe('answered');
  const { body } = model.requests.find((request) => request.endpoint === 'chat')!;
  const prompt = (body as { messages: { content: string }[] }).messages.at(-1)!.content;
  expect(prompt).toMatch(/kind="stored values">\n(?:.*\n)*public\.customers\.city: 'Bonn'\n/);
  expect(prompt).toMatch(/\npublic\.orders\.status: 'paid'\n/);
});

test('an unchanged schema is indexed again without one call to the model', async () => {
  const id = await add((await newSource(SHOP_SQL)).url);
  await index(id);
  model.reset();
  const { events } = await index(id);
  expect(model.stats.requests).toBe(0);
  expect(events.find((event) => event.kind === 'embedding.planned')?.data).toEqual({
    items: 0,
    batches: 0,
    unchanged: 16,
  });
});

test('after one table has changed only its items are embedded', async () => {
  const source = await newSource(SHOP_SQL);
  const id = await add(source.url);
  await index(id);
  await source.execute('ALTER TABLE customers ADD COLUMN vat_number text');
  model.reset();
  await index(id);
  // The new column, and the table's own text that names it.
  expect(model.stats).toMatchObject({ requests: 1, embeddedInputs: 2 });
});

test('what people say about a table or a column is embedded with it, and only that is embedded again', async () => {
  const id = await add((await newSource(SHOP_SQL)).url);
  await index(id);
  await quaestor.client.putMappings(id, [
    { kind: 'synonym', target: 'orders', text: 'purchases' },
    { kind: 'description', target: 'orders.total', text: 'In euros' },
  ]);
  model.reset();
  await index(id);
  expect(model.stats).toMatchObject({ requests: 1, embeddedInputs: 2 });
  const { body } = model.requests.find((request) => request.endpoint === 'embeddings')!;
  expect((body as { input: string[] }).input.sort()).toEqual([
    expect.stringMatching(/^public\.orders\.total .*: In euros$/),
    expect.stringMatching(/^public\.orders: also called purchases /),
  ]);
});

test('asking for an index twice at once starts one job', async () => {
  const id = await add((await newSource(SHOP_SQL)).url);
  model.script('embeddings', { kind: 'hold' });
  const [first, second] = await Promise.all([
    quaestor.client.indexDataSource(id),
    quaestor.client.indexDataSource(id),
  ]);
  expect(second).toBe(first);
  await model.waitUntil((stats) => stats.held === 1);
  model.release();
  const events = await collectEvents(quaestor.client, first);
  expect(events.at(-1)?.kind).toBe('job.succeeded');
});

test('an embedding endpoint that asks to wait or breaks is asked again, and the index is complete', async () => {
  const id = await add((await newSource(SHOP_SQL)).url);
  model.script(
    'embeddings',
    { kind: 'rate-limit', retryAfter: 1 },
    { kind: 'error', status: 500 },
    { kind: 'malformed-json' },
  );
  const { job } = await index(id);
  expect(job.status).toBe('succeeded');
  expect(model.stats.byEndpoint.embeddings).toBe(4);
}, 60_000);

test('questions are answered from the old version until the new one is complete', async () => {
  const source = await newSource(SHOP_SQL);
  const id = await add(source.url);
  await index(id);
  await source.execute('CREATE TABLE refunds (id int PRIMARY KEY, amount numeric)');
  model.script('embeddings', { kind: 'hold' });
  const jobId = await quaestor.client.indexDataSource(id);
  await model.waitUntil((stats) => stats.held === 1);
  expect(await read(id)).toMatchObject({ tables: 3 });
  model.release();
  await collectEvents(quaestor.client, jobId);
  expect(await read(id)).toMatchObject({ tables: 4, status: 'ready' });
});

test.each([
  ['an unreachable host', 'postgresql://u:p@127.0.0.1:1/db', 'data_source_unreachable'],
  ['a host that does not exist', 'postgresql://u:p@no-such-host.invalid:5432/db', 'data_source_unreachable'],
])(
  '%s (%s) ends the job with a stated reason',
  async (_what, url, code) => {
    const id = await add(url);
    const { job, events } = await index(id);
    expect(job).toMatchObject({ status: 'failed', error: { code } });
    expect(events.at(-1)).toMatchObject({ kind: 'job.failed', data: { error: { code } } });
    expect((await read(id))?.status).toBe('failed');
  },
  60_000,
);

test('a wrong password, a missing database and a database without tables each have their own code', async () => {
  const empty = await newSource('SELECT 1');
  const wrongPassword = new URL(empty.url);
  wrongPassword.password = 'wrong';
  const missing = new URL(empty.url);
  missing.pathname = '/no_such_database';
  const codes: (string | undefined)[] = [];
  for (const url of [wrongPassword.href, missing.href, empty.url]) {
    codes.push((await index(await add(url))).job.error?.code);
  }
  expect(codes).toEqual(['data_source_auth_failed', 'data_source_database_missing', 'data_source_empty']);
});

test('schemas that are named are the only ones indexed', async () => {
  const id = await add(
    (await newSource(`${SHOP_SQL}; CREATE SCHEMA other; CREATE TABLE other.things (id int)`)).url,
    ['other'],
  );
  await index(id);
  expect(await read(id)).toMatchObject({ tables: 1, columns: 1 });
});
