import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Question } from '../../contracts/question.js';
import { createTestSource, queryRowArrays, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { COUNT_BY_STATUS, SHOP_SQL, sqlReply } from '../support/shop.js';

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

beforeEach(() => model.reset());

interface Asked {
  id: string;
  jobId: string;
  status: string;
}
const post = async (question: string, more: Record<string, unknown> = {}): Promise<Asked> => {
  const response = await quaestor.fetch('/v1/questions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dataSourceId, question, ...more }),
  });
  return (await response.json()) as Asked;
};
const endOf = async ({ id, jobId }: Asked): Promise<Question> => {
  await collectEvents(quaestor.client, jobId);
  return await quaestor.client.readQuestion(id);
};

test('a question that 20 ask at once is answered by one job and one model call, and all get its rows', async () => {
  model.always('chat', { kind: 'hold' });
  model.setReply(() => sqlReply(COUNT_BY_STATUS));
  const asked = await Promise.all(
    Array.from({ length: 20 }, (_, n) => post(`Orders by status, all together${n % 2 === 0 ? '?' : ' '}`)),
  );
  await model.waitUntil(({ held }) => held === 1);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(20);
  expect(new Set(asked.map(({ jobId }) => jobId)).size).toBe(1);
  model.release();
  const ended = await Promise.all(asked.map(endOf));
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['answered']));
  expect(ended.filter(({ cachedFrom }) => cachedFrom === null)).toHaveLength(1);
  for (const { id } of ended) expect((await quaestor.client.readRows(id)).rows).toHaveLength(3);
  expect(model.stats.byEndpoint.chat).toBe(1);
});

test('followers end as their leader does, and the next who asks leads anew', async () => {
  model.always('chat', { kind: 'hold' });
  const [first, second] = await Promise.all([
    post('Orders, to be cancelled'),
    post('Orders, to be cancelled'),
  ]);
  await model.waitUntil(({ held }) => held === 1);
  await quaestor.client.cancelJob(first!.jobId);
  expect((await Promise.all([first!, second!].map(endOf))).map(({ status }) => status)).toEqual([
    'cancelled',
    'cancelled',
  ]);
  model.reset();
  model.setReply(() => sqlReply(COUNT_BY_STATUS));
  const again = await endOf(await post('Orders, to be cancelled'));
  expect(again).toMatchObject({ status: 'answered', cachedFrom: null });
});

test('whoever takes no old answer gets new rows by the same SQL without a model call', async () => {
  model.setReply(() => sqlReply(COUNT_BY_STATUS));
  const first = await endOf(await post('Orders by status, kept'));
  await queryRowArrays(source.url, `UPDATE orders SET status = 'open' WHERE status = 'sent'`);
  const calls = model.stats.byEndpoint.chat;
  const old = (await post('Orders by status, kept')) as unknown as Question;
  expect(old.cachedFrom).toBe(first.id);
  const fresh = await post('Orders by status, kept', { maxAgeSeconds: 0 });
  const events = await collectEvents(quaestor.client, fresh.jobId);
  expect(events.find(({ kind }) => kind === 'sql.generated')?.data).toMatchObject({ reusedFrom: first.id });
  expect((await quaestor.client.readRows(fresh.id)).rows).toEqual([
    ['open', '400'],
    ['paid', '200'],
  ]);
  expect(model.stats.byEndpoint.chat).toBe(calls);
});
