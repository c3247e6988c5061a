import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type IndexingScene, startIndexingScene } from '../support/indexing.js';
import type { ModelServer } from '../support/model-server.js';
import { collectEvents, type TestQuaestor } from '../support/quaestor.js';
import { SHOP_SQL, sqlReply } from '../support/shop.js';

let model: ModelServer;
let quaestor: TestQuaestor;
let newSource: IndexingScene['newSource'];
let add: IndexingScene['add'];
let index: IndexingScene['index'];
let read: IndexingScene['read'];
let stop: (() => Promise<void>) | undefined;

beforeAll(async () => {
  ({ model, quaestor, newSource, add, index, read, stop } = await startIndexingScene());
}, 120_000);

afterAll(() => stop?.(), 60_000);

beforeEach(() => model.reset());

test('indexing tells what it read, what it embeds and how far it is, and makes the source ready', async () => {
  const id = await add((await newSource(SHOP_SQL)).url);
  const { events, job } = await index(id);
  // Values are sampled and joins looked for beside the rest.
  const beside = ['values.sampled', 'joins.inferred'];
  expect(events.map(({ kind }) => kind).filter((kind) => beside.includes(kind))).toEqual(beside);
  const others = events.filter(({ kind }) => !beside.includes(kind));
  expect(others.map((event) => event.kind)).toEqual([
    'job.queued',
    'job.started',
    'schema.introspected',
    'embedding.planned',
    'batch.embedded',
    'job.progressed',
    'version.activated',
    'job.succeeded',
  ]);
  // Three relations and 3 + 5 + 5 columns.
  expect(others[3]?.data).toEqual({ items: 16, batches: 1, unchanged: 0 });
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

test('shards of one table are embedded once, the next one costs nothing, and a question may name any of them', async () => {
  const days = ['20240101', '20240102', '20240103'];
  const source = await newSource(
    days
      .map(
        (day) =>
          `CREATE TABLE events_${day} (id int, kind text); INSERT INTO events_${day} VALUES (${day}, 'click')`,
      )
      .join(';'),
  );
  const id = await add(source.url);
  expect((await index(id)).events.find(({ kind }) => kind === 'embedding.planned')?.data).toEqual({
    items: 3,
    batches: 1,
    unchanged: 0,
  });
  await source.execute('CREATE TABLE events_20240104 (id int, kind text)');
  const sent = model.stats.requests;
  await index(id);
  expect(model.stats.requests).toBe(sent);
  expect(await read(id)).toMatchObject({ tables: 4, columns: 8 });

  model.setReply(() => sqlReply('SELECT id FROM events_20240102'));
  const asked = await quaestor.ask(id, 'Which events were there on 20240102?');
  expect(asked.answer?.tables[0]).toMatchObject({ canonicalTableName: 'public.events_20240102' });
}, 60_000);

test('whatever a schema may hold is indexed: wide tables, odd and longest names, none, and views that fail', async () => {
  const longest = '表'.repeat(21);
  const columns = Array.from({ length: 1_600 }, (_, at) => `c${at} int`).join(', ');
  const source = await newSource(`
    CREATE SCHEMA "Odd ""s"".x"; CREATE SCHEMA empty;
    CREATE TABLE "Odd ""s"".x"."T.with ""dots"" 📦" ("C.with ""dots""" int, "📦 größe" text, "select" text);
    CREATE TABLE "${longest}" ("${longest}" text);
    CREATE TABLE nothing ();
    CREATE TABLE wide (${columns});
    CREATE TABLE numbers (n int); INSERT INTO numbers VALUES (1);
    CREATE VIEW failing AS SELECT (1 / (n - n))::text AS kind FROM numbers`);
  const id = await add(source.url);
  const { job, events } = await index(id);
  expect(job.status).toBe('succeeded');
  expect(await read(id)).toMatchObject({ tables: 6, columns: 3 + 1 + 1_600 + 1 + 1 });
  expect(events.find(({ kind }) => kind === 'embedding.planned')?.data).toMatchObject({ items: 6 + 1_606 });
  expect(events.find(({ kind }) => kind === 'values.sampled')?.data).toMatchObject({
    skippedTables: [{ table: 'public.failing', reason: 'query_failed' }],
  });
}, 60_000);

test('schemas that the user may not use are left out, and the job says which', async () => {
  const role = `narrow_${process.pid}`;
  const source = await newSource(`
    ${SHOP_SQL}; CREATE SCHEMA closed; CREATE TABLE closed.secrets (id int); CREATE SCHEMA hidden; CREATE TABLE hidden.more (id int);
    CREATE ROLE ${role} LOGIN PASSWORD 'narrow'; GRANT SELECT ON customers TO ${role}`);
  const url = new URL(source.url);
  url.username = role;
  url.password = 'narrow';
  const id = await add(url.href);
  const { job, events } = await index(id);
  expect(job.status).toBe('succeeded');
  expect(events.find(({ kind }) => kind === 'schema.introspected')?.data).toMatchObject({
    tables: 1,
    skipped: ['closed', 'hidden'],
  });
  await source.execute(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
}, 60_000);
