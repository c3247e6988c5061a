import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Conversation, Question } from '../../contracts/question.js';
import { collectEvents } from '../support/quaestor.js';
import { COUNT_BY_STATUS, sqlReply } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';

let shop: ShopQuaestor;

beforeAll(async () => {
  shop = await startShopQuaestor();
}, 120_000);

afterAll(async () => shop?.stop());

beforeEach(() => shop.model.reset());

async function ask(question: string, sql: string, conversationId?: string): Promise<Question> {
  shop.model.setReply(() => sqlReply(sql));
  const reply = await shop.client.askQuestion({
    dataSourceId: shop.dataSourceId,
    question,
    ...(conversationId ? { conversationId } : {}),
  });
  if (reply.answered) return reply.question;
  await collectEvents(shop.client, reply.jobId);
  return await shop.client.readQuestion(reply.questionId);
}

test('a follow-up goes to the model with the questions before it, their SQL and their tables', async () => {
  const first = await ask('How many orders by status?', COUNT_BY_STATUS);
  expect(first.conversationId).toBe(first.id);
  const second = await ask('only for Ulm', 'SELECT 1 AS one FROM customers', first.id);
  expect(second).toMatchObject({ status: 'answered', conversationId: first.id });
  const prompt = JSON.stringify(
    shop.model.requests.filter(({ endpoint }) => endpoint === 'chat').at(-1)?.body,
  );
  expect(prompt).toContain('How many orders by status?');
  expect(prompt).toContain('GROUP BY status');
  expect(second.answer?.tables.map((table) => table.canonicalTableName)).toContain('public.orders');

  const read = await shop.fetch(`/v1/conversations/${first.id}`);
  expect(await read.json()).toMatchObject({
    title: 'How many orders by status?',
    questions: 2,
    turns: [{ id: first.id }, { id: second.id }],
  });
  const list = (await (await shop.fetch('/v1/conversations')).json()) as {
    conversations: Conversation[];
  };
  expect(list.conversations.map(({ id }) => id)).toContain(first.id);
});

test('the same words in another conversation are another question; in the same place they come from the cache', async () => {
  const orders = await ask('Orders please', 'SELECT count(*) AS orders FROM orders');
  const customers = await ask('Customers please', 'SELECT count(*) AS customers FROM customers');
  const first = await ask('only the first', 'SELECT 1 AS order_no FROM orders', orders.id);
  const other = await ask('only the first', 'SELECT 1 AS customer_no FROM customers', customers.id);
  expect(other).toMatchObject({ cachedFrom: null });
  expect(other.answer?.sql).toContain('customers');
  // Another conversation that went the same way.
  const again = await ask('Orders please', '');
  expect(again.cachedFrom).toBe(orders.id);
  const cached = await ask('only the first', '', again.id);
  expect(cached.cachedFrom).toBe(first.id);
});

test('a conversation is about one data source, and one of nobody’s is not found', async () => {
  const first = await ask('Orders again please', 'SELECT count(*) AS orders FROM orders');
  const otherId = await shop.connect(shop.source.url);
  await expect(
    shop.client.askQuestion({ dataSourceId: otherId, question: 'more', conversationId: first.id }),
  ).rejects.toMatchObject({ problem: { code: 'invalid_request' } });
  await expect(
    shop.client.askQuestion({
      dataSourceId: shop.dataSourceId,
      question: 'more',
      conversationId: shop.dataSourceId,
    }),
  ).rejects.toMatchObject({ problem: { code: 'not_found' } });
});
