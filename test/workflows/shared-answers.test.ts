import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Question } from '../../contracts/question.js';
import { queryRowArrays } from '../support/databases.js';
import { collectEvents } from '../support/quaestor.js';
import { COUNT_BY_STATUS, sqlReply } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';

let shop: ShopQuaestor;

beforeAll(async () => {
  shop = await startShopQuaestor();
}, 120_000);

afterAll(async () => shop?.stop());

beforeEach(() => shop.model.reset());

interface Asked {
  id: string;
  jobId: string;
  status: string;
}
const post = async (question: string, more: Record<string, unknown> = {}): Promise<Asked> => {
  const response = await shop.fetch('/v1/questions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ dataSourceId: shop.dataSourceId, question, ...more }),
  });
  return (await response.json()) as Asked;
};
const endOf = async ({ id, jobId }: Asked): Promise<Question> => {
  await collectEvents(shop.client, jobId);
  return await shop.client.readQuestion(id);
};

test('a question that 20 ask at once is answered by one job and one model call, and all get its rows', async () => {
  shop.model.always('chat', { kind: 'hold' });
  shop.model.setReply(() => sqlReply(COUNT_BY_STATUS));
  const asked = await Promise.all(
    Array.from({ length: 20 }, (_, n) => post(`Orders by status, all together${n % 2 === 0 ? '?' : ' '}`)),
  );
  await shop.model.waitUntil(({ held }) => held === 1);
  expect(new Set(asked.map(({ id }) => id)).size).toBe(20);
  expect(new Set(asked.map(({ jobId }) => jobId)).size).toBe(1);
  shop.model.release();
  const ended = await Promise.all(asked.map(endOf));
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['answered']));
  expect(ended.filter(({ cachedFrom }) => cachedFrom === null)).toHaveLength(1);
  for (const { id } of ended) expect((await shop.client.readRows(id)).rows).toHaveLength(3);
  expect(shop.model.stats.byEndpoint.chat).toBe(1);
});

test('followers end as their leader does, and the next who asks leads anew', async () => {
  shop.model.always('chat', { kind: 'hold' });
  const [first, second] = await Promise.all([
    post('Orders, to be cancelled'),
    post('Orders, to be cancelled'),
  ]);
  await shop.model.waitUntil(({ held }) => held === 1);
  await shop.client.cancelJob(first!.jobId);
  expect((await Promise.all([first!, second!].map(endOf))).map(({ status }) => status)).toEqual([
    'cancelled',
    'cancelled',
  ]);
  shop.model.reset();
  shop.model.setReply(() => sqlReply(COUNT_BY_STATUS));
  const again = await endOf(await post('Orders, to be cancelled'));
  expect(again).toMatchObject({ status: 'answered', cachedFrom: null });
});

test('whoever takes no old answer gets new rows by the same SQL without a model call', async () => {
  shop.model.setReply(() => sqlReply(COUNT_BY_STATUS));
  const first = await endOf(await post('Orders by status, kept'));
  await queryRowArrays(shop.source.url, `UPDATE orders SET status = 'open' WHERE status = 'sent'`);
  const calls = shop.model.stats.byEndpoint.chat;
  const old = (await post('Orders by status, kept')) as unknown as Question;
  expect(old.cachedFrom).toBe(first.id);
  const fresh = await post('Orders by status, kept', { maxAgeSeconds: 0 });
  const events = await collectEvents(shop.client, fresh.jobId);
  expect(events.find(({ kind }) => kind === 'sql.generated')?.data).toMatchObject({ reusedFrom: first.id });
  expect((await shop.client.readRows(fresh.id)).rows).toEqual([
    ['open', '400'],
    ['paid', '200'],
  ]);
  expect(shop.model.stats.byEndpoint.chat).toBe(calls);
});
