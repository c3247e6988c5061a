import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { SchemaMapping } from '../../contracts/schema-mapping.js';
import { createTestSource, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';

const SCHEMA = `
  CREATE TABLE mvkz (id integer PRIMARY KEY, krz text, xst text, customer_name text, remark text);
  COMMENT ON COLUMN mvkz.xst IS 'state of the voucher';
  INSERT INTO mvkz SELECT n, 'K' || n % 3, 'x', 'Ann ' || n, NULL FROM generate_series(1, 30) n;
  CREATE TABLE customers (id integer PRIMARY KEY, name text);
  COMMENT ON TABLE customers IS 'People who buy';
  CREATE TABLE log_20250101 (id integer, txt text);
  CREATE TABLE log_20250102 (id integer, txt text);
`;
const ALL = ['public.log_20250102', 'public.log_20250102.txt', 'public.mvkz', 'public.mvkz.krz'];

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let id: string;

/** Describes every name that it is asked for. */
const describeAll = (text: (name: string) => string) => (prompt: string) => {
  const names = /kind="names to describe">\n([\s\S]*?)\n<\/DATA/.exec(prompt)?.[1]?.split('\n') ?? [];
  return JSON.stringify({ descriptions: names.map((name) => ({ name, text: text(name) })) });
};
let reply = describeAll((name) => `What ${name} is.`);

beforeAll(async () => {
  model = await startModelServer({
    reply: (messages) => reply(messages.map(({ content }) => content).join('\n')),
  });
  source = await createTestSource(SCHEMA);
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
}, 120_000);
beforeEach(async () => {
  reply = describeAll((name) => `What ${name} is.`);
  id = await quaestor.connect(source.url);
});
afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

const start = async (body: object = {}): Promise<Response> =>
  await quaestor.fetch(`/v1/data-sources/${id}/descriptions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const describeIt = async (body: object = {}) => {
  const response = await start(body);
  expect(response.status).toBe(202);
  const { jobId } = (await response.json()) as { jobId: string };
  return await collectEvents(quaestor.client, jobId);
};
const descriptions = async (status: string): Promise<(SchemaMapping & { target: string })[]> =>
  (await quaestor.client.listMappings(id, { kind: 'description', status })) as (SchemaMapping & {
    target: string;
  })[];
const targets = async (status: string) => (await descriptions(status)).map(({ target }) => target).sort();

test('tables and cryptic columns that nothing describes are proposed, once, and wait for a person', async () => {
  const before = model.stats.byEndpoint.chat;
  const events = await describeIt();
  expect(events.at(-1)).toMatchObject({ kind: 'job.succeeded', data: { proposed: 4, dropped: 0 } });
  expect(events.find(({ kind }) => kind === 'descriptions.planned')?.data).toEqual({
    tables: 2,
    names: 4,
    batches: 1,
    leftOut: 0,
  });
  expect(await targets('generated')).toEqual(ALL);
  expect((await descriptions('generated')).every(({ origin }) => origin === 'model')).toBe(true);
  expect(model.stats.byEndpoint.chat - before).toBe(1);

  // What was proposed or rejected is not asked again.
  const [first] = await descriptions('generated');
  await quaestor.client.putMappingStatus(id, first!.id, 'rejected');
  expect((await describeIt()).at(-1)).toMatchObject({ kind: 'job.succeeded', data: { proposed: 0 } });
  expect(model.stats.byEndpoint.chat - before).toBe(1);
});

test('proposals outlive an indexing, which embeds those that were accepted, and only these', async () => {
  await describeIt({ tables: ['mvkz'] });
  const proposed = await descriptions('generated');
  expect(proposed.map(({ target }) => target).sort()).toEqual(['public.mvkz', 'public.mvkz.krz']);
  const index = async () => {
    const events = await collectEvents(quaestor.client, await quaestor.client.indexDataSource(id));
    return events.find(({ kind }) => kind === 'embedding.planned')?.data;
  };
  expect(await index()).toMatchObject({ items: 0 });
  await quaestor.client.putMappingStatus(
    id,
    proposed.find(({ target }) => target === 'public.mvkz.krz')!.id,
    'accepted',
  );
  expect(await index()).toMatchObject({ items: 1 });
  expect(await targets('generated')).toEqual(['public.mvkz']);
  expect(await targets('accepted')).toEqual(['public.mvkz.krz']);
});

test('what is no description of an asked name is dropped; a reply without any is no fault of the job', async () => {
  reply = describeAll((name) => (name === 'public.mvkz' ? 'See https://evil.example/' : 'Fine.'));
  expect((await describeIt({ tables: ['mvkz'] })).at(-1)).toMatchObject({
    data: { proposed: 1, dropped: 1 },
  });
  reply = () => 'I would rather not.';
  const events = await describeIt({ tables: ['mvkz'] });
  expect(events.at(-1)).toMatchObject({ kind: 'job.succeeded', data: { proposed: 0, dropped: 0 } });
  expect(events.find(({ kind }) => kind === 'descriptions.proposed')?.data).toMatchObject({
    isUnusable: true,
  });
  expect(await targets('generated')).toEqual(['public.mvkz.krz']);
});

test('an endpoint that asks to wait or breaks is asked again; one that refuses fails the job with its words', async () => {
  model.script('chat', { kind: 'rate-limit', retryAfter: 1 }, { kind: 'error', status: 500 });
  expect((await describeIt({ tables: ['mvkz'] })).at(-1)).toMatchObject({
    kind: 'job.succeeded',
    data: { proposed: 2 },
  });
  model.script('chat', { kind: 'error', status: 400 });
  expect((await describeIt()).at(-1)).toMatchObject({
    kind: 'job.failed',
    data: { error: { code: 'model_rejected_request' } },
  });
});

test('two at once are one, a job can be cancelled, and the next one goes on', async () => {
  model.script('chat', { kind: 'hang' });
  const response = await start();
  const { jobId } = (await response.json()) as { jobId: string };
  const second = await start();
  expect(second.status).toBe(409);
  expect(await second.json()).toMatchObject({ code: 'conflict', details: { jobId } });
  await quaestor.client.cancelJob(jobId);
  expect((await collectEvents(quaestor.client, jobId)).at(-1)).toMatchObject({ kind: 'job.cancelled' });
  expect((await describeIt()).at(-1)).toMatchObject({ data: { proposed: 4 } });
});

test('a table that the index does not have is refused, with those that may be meant', async () => {
  const unknown = await start({ tables: ['mvkx'] });
  expect(unknown.status).toBe(422);
  expect(await unknown.json()).toMatchObject({
    code: 'mapping_invalid',
    details: { issues: [{ nearest: ['public.mvkz'] }] },
  });
});
