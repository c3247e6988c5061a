import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Question } from '../../contracts/question.js';
import type { MappingContent } from '../../contracts/schema-mapping.js';
import { createTestSource, type TestSource } from '../support/databases.js';
import { watchJob } from '../support/job-watch.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { COUNT_BY_STATUS, SHOP_SQL, sqlReply } from '../support/shop.js';

let model: ModelServer;
let quaestor: TestQuaestor;
let source: TestSource;
let id: string;

beforeAll(async () => {
  model = await startModelServer();
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
  const more = Array.from({ length: 30 }, (_, n) => `CREATE TABLE misc_${'q'.repeat(n + 1)} (k int);`);
  source = await createTestSource(`${SHOP_SQL} ${more.join(' ')}`);
  id = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

const say = (...mappings: MappingContent[]) => quaestor.client.putMappings(id, mappings);
const names = async (query: string, area?: string) =>
  (await quaestor.client.searchSchema(id, { query, ...(area ? { area } : {}) })).tables.map(
    (table) => table.canonicalTableName,
  );

test('a search shows tables with reasons, scores, fitting columns and joins, and what a synonym adds at once', async () => {
  const { tables, joins } = await quaestor.client.searchSchema(id, { query: 'status of orders by city' });
  const orders = tables.find((table) => table.canonicalTableName === 'public.orders');
  expect(orders).toMatchObject({ kind: 'table', columnCount: 5, columns: [{ name: 'status' }] });
  expect(orders?.legs?.words).toBeGreaterThan(0);
  expect(orders?.reasons.join()).toContain('words: status, orders');
  const declared = joins.filter(({ isInferred }) => !isInferred);
  expect(declared).toMatchObject([{ fromTable: 'public.orders', toTable: 'public.customers' }]);

  await say({ kind: 'synonym', target: 'misc_qqq', text: 'voucher' });
  expect((await names('vouchers'))[0]).toBe('public.misc_qqq');
});

test('a search keeps to a subject area, and an area that nobody made is refused', async () => {
  await say({ kind: 'area', name: 'Selling', members: ['orders', 'customers'] });
  expect((await names('orders of customers', 'selling')).sort()).toEqual([
    'public.customers',
    'public.orders',
  ]);
  await expect(names('x', 'nonsense')).rejects.toMatchObject({ problem: { code: 'subject_area_unknown' } });
});

test('a question keeps to a subject area, and shares no answer with the same question without one', async () => {
  await say({ kind: 'area', name: 'Buyers', members: ['customers'] });
  const question = 'How many orders have our customers placed?';
  const ask = async (area?: string) => {
    model.script('chat', { kind: 'text', text: sqlReply('SELECT count(*) FROM public.customers') });
    return await quaestor.ask(id, question, area);
  };
  const whole = await ask();
  expect(whole.answer?.tables.map((table) => table.canonicalTableName)).toContain('public.orders');
  const kept = await ask('buyers');
  expect(kept).toMatchObject({ status: 'answered', area: 'buyers', cachedFrom: null });
  expect(kept.answer?.tables.map((table) => table.canonicalTableName)).toEqual(['public.customers']);
  expect(await ask('Buyers')).toMatchObject({ cachedFrom: kept.id, area: 'Buyers' });
  expect(await ask()).toMatchObject({ cachedFrom: whole.id });
  await expect(ask('nonsense')).rejects.toMatchObject({ problem: { code: 'subject_area_unknown' } });
  model.reset();
});

test('a follow-up and an edited run keep to the subject area of the question before, until one leaves it', async () => {
  await say({ kind: 'area', name: 'Buyers', members: ['customers'] });
  model.script(
    'chat',
    ...Array.from({ length: 4 }, () => ({
      kind: 'text' as const,
      text: sqlReply('SELECT count(*) FROM public.customers'),
    })),
  );
  const first = await quaestor.ask(id, 'How many customers have placed orders this year?', 'Buyers');
  const goOn = async (question: string, more: { area?: string | null } = {}) => {
    const reply = await quaestor.client.askQuestion({
      ...{ dataSourceId: id, conversationId: first.id, question },
      ...more,
    });
    if (!reply.answered) await watchJob(quaestor.client, reply.jobId).done;
    return await quaestor.client.readQuestion(reply.answered ? reply.question.id : reply.questionId);
  };
  const tablesOf = (question: Question) =>
    question.answer?.tables.map((table) => table.canonicalTableName) ?? [];
  const second = await goOn('And their orders of last year?');
  expect(second).toMatchObject({ status: 'answered', area: 'Buyers' });
  expect(tablesOf(second)).toEqual(['public.customers']);

  const run = await quaestor.client.runSql(second.id, 'SELECT 1 AS one FROM public.customers LIMIT 1');
  expect(await quaestor.client.readQuestion(run.id)).toMatchObject({ area: 'Buyers' });

  const third = await goOn('And all their orders?', { area: null });
  expect(third.area).toBeUndefined();
  expect(tablesOf(third)).toContain('public.orders');
  // What was left stays left.
  expect((await goOn('And all their orders by city?')).area).toBeUndefined();
  model.reset();
});

test('an answer is written with the instructions, metrics and examples, and not taken from the cache after an edit', async () => {
  const question = 'Number of orders by status';
  model.script('chat', { kind: 'text', text: sqlReply(COUNT_BY_STATUS) });
  expect((await quaestor.ask(id, question)).status).toBe('answered');
  await say(
    { kind: 'instruction', text: 'Cancelled orders do not count.' },
    { kind: 'metric', name: 'order value', expression: 'avg(total)', tables: ['orders'] },
    { kind: 'example', question: 'Number of orders by day', sql: 'SELECT 1 FROM public.orders' },
    { kind: 'description', target: 'orders', text: 'One row a purchase.' },
  );
  model.reset();
  model.script('chat', { kind: 'text', text: sqlReply(COUNT_BY_STATUS) });
  const again = await quaestor.ask(id, question);
  expect(again).toMatchObject({ status: 'answered', cachedFrom: null });
  const { body } = model.requests.find((request) => request.endpoint === 'chat')!;
  const prompt = (body as { messages: { content: string }[] }).messages.at(-1)!.content;
  expect(prompt).toMatch(/kind="instructions">\n- Cancelled orders do not count\.\n/);
  expect(prompt).toMatch(/kind="metrics">\norder value = avg\(total\)\n/);
  expect(prompt).toMatch(/kind="examples">\n-- Number of orders by day\n/);
  expect(prompt).toContain('One row a purchase.');
});

test('joins that no key declares are inferred from names and values, used for questions, and gone when rejected', async () => {
  const keyless = await createTestSource(`
    CREATE TABLE clients (id int PRIMARY KEY, city text);
    CREATE TABLE visits (client_id int, day date);
    INSERT INTO clients SELECT n, 'x' FROM generate_series(1, 50) n;
    INSERT INTO visits SELECT n % 50 + 1, '2026-01-01' FROM generate_series(1, 200) n;`);
  try {
    const dataSourceId = await quaestor.connect(keyless.url);
    const search = () => quaestor.client.searchSchema(dataSourceId, { query: 'visits of clients' });
    const ends = {
      fromTable: 'public.visits',
      fromColumns: ['client_id'],
      toTable: 'public.clients',
      toColumns: ['id'],
    };
    expect((await search()).joins).toMatchObject([{ ...ends, isInferred: true }]);
    const put = (decision: string) =>
      quaestor.fetch(`/v1/data-sources/${dataSourceId}/joins`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ joins: [{ ...ends, decision }] }),
      });
    expect((await put('accepted')).status).toBe(200);
    expect((await search()).joins).toEqual([expect.not.objectContaining({ isInferred: true })]);
    await put('rejected');
    expect((await search()).joins).toEqual([]);
  } finally {
    await keyless.drop();
  }
});
