import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Question } from '../../contracts/question.js';
import { type JobWatch, watchJob } from '../support/job-watch.js';
import { COUNT_BY_STATUS, sqlReply } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';

let shop: ShopQuaestor;
let asked = 0;

beforeAll(async () => {
  shop = await startShopQuaestor();
}, 120_000);

afterAll(async () => shop?.stop());

beforeEach(() => shop.model.reset());

const AMBIGUOUS = 'AMBIGUOUS: orders that were paid | orders that were sent';
const replies = (...texts: string[]) =>
  shop.model.script('chat', ...texts.map((text) => ({ kind: 'text' as const, text })));
const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
  await shop.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const lastPrompt = () => JSON.stringify(shop.model.requests.at(-1)?.body);

async function askAmbiguous(): Promise<{ question: Question; watch: JobWatch }> {
  replies(AMBIGUOUS);
  const question = await shop.ask(shop.dataSourceId, `How many orders were finished? (${++asked})`);
  return { question, watch: watchJob(shop.client, question.jobId) };
}

test('a question with two readings waits, shows them, and is answered in the one that was chosen', async () => {
  const { question, watch } = await askAmbiguous();
  expect(question).toMatchObject({
    status: 'waiting',
    answer: null,
    error: null,
    choice: { round: 1, readings: ['orders that were paid', 'orders that were sent'], chosen: null },
  });
  replies(sqlReply(COUNT_BY_STATUS));
  await shop.client.replyToQuestion(question.id, { choice: 2 });
  const events = await watch.done;
  expect(events.map(({ kind }) => kind)).toEqual([
    'job.queued',
    'job.started',
    'context.chosen',
    'choice.requested',
    'choice.made',
    'sql.generated',
    'sql.accepted',
    'query.started',
    'query.completed',
    'answer.recorded',
    'job.succeeded',
  ]);
  const after = await shop.client.readQuestion(question.id);
  expect(after).toMatchObject({
    status: 'answered',
    choice: { chosen: 'orders that were sent' },
    answer: { repairs: 0 },
  });
  expect(after.answer?.timings.map(({ step }) => step)).toContain('reader');
  expect(lastPrompt()).toContain('orders that were sent');
});

test('an answer in a chosen reading is not given to others who ask the same question', async () => {
  const { question, watch } = await askAmbiguous();
  replies(sqlReply(COUNT_BY_STATUS));
  await shop.client.replyToQuestion(question.id, { choice: 1 });
  await watch.done;
  replies(AMBIGUOUS);
  const again = await shop.ask(shop.dataSourceId, question.text);
  expect(again).toMatchObject({ status: 'waiting', cachedFrom: null });
});

test('the reader may say in other words what is meant', async () => {
  const { question } = await askAmbiguous();
  replies(sqlReply(COUNT_BY_STATUS));
  const reply = await post(
    `/v1/questions/${question.id}/reply`,
    { text: 'neither: those that are not open' },
    { prefer: 'wait=30' },
  );
  expect(reply.status).toBe(200);
  expect(await reply.json()).toMatchObject({ status: 'answered' });
  expect(lastPrompt()).toContain('neither: those that are not open');
});

test('the first reply counts: the same again is fine, another is a conflict', async () => {
  const { question, watch } = await askAmbiguous();
  shop.model.script('chat', { kind: 'hold' });
  expect((await post(`/v1/questions/${question.id}/reply`, { choice: 1 })).status).toBe(202);
  await shop.model.waitUntil((stats) => stats.held === 1);
  expect((await post(`/v1/questions/${question.id}/reply`, { choice: 1 })).status).toBe(202);
  const other = await post(`/v1/questions/${question.id}/reply`, { choice: 2 });
  expect(other.status).toBe(409);
  expect(await other.json()).toMatchObject({ code: 'conflict' });
  shop.model.setReply(() => sqlReply(COUNT_BY_STATUS));
  shop.model.release();
  await watch.done;
  expect((await shop.client.readQuestion(question.id)).choice?.chosen).toBe('orders that were paid');
});

test('a model that goes on asking is refused after two rounds, with its readings', async () => {
  const { question, watch } = await askAmbiguous();
  replies('AMBIGUOUS: today | ever');
  await shop.client.replyToQuestion(question.id, { choice: 1 });
  await watch.until('choice.requested', 2);
  replies('AMBIGUOUS: this | that');
  await shop.client.replyToQuestion(question.id, { choice: 2 });
  await watch.done;
  expect(await shop.client.readQuestion(question.id)).toMatchObject({
    status: 'refused',
    error: { code: 'ambiguous_question', details: { readings: ['this', 'that'] } },
  });
});

test('with ifAmbiguous: refuse nobody is waited for', async () => {
  replies(AMBIGUOUS);
  const question = `How many orders were finished? (${++asked})`;
  const reply = await post(
    '/v1/questions',
    { dataSourceId: shop.dataSourceId, question, ifAmbiguous: 'refuse' },
    { prefer: 'wait=30' },
  );
  expect(await reply.json()).toMatchObject({
    status: 'refused',
    error: {
      code: 'ambiguous_question',
      details: { readings: ['orders that were paid', 'orders that were sent'] },
    },
  });
});

test('Prefer: wait ends with the question back to the reader', async () => {
  replies(AMBIGUOUS);
  const question = `How many orders were finished? (${++asked})`;
  const reply = await post(
    '/v1/questions',
    { dataSourceId: shop.dataSourceId, question },
    { prefer: 'wait=60' },
  );
  expect(reply.status).toBe(202);
  expect(await reply.json()).toMatchObject({
    status: 'waiting',
    choice: { readings: ['orders that were paid', 'orders that were sent'] },
    links: { reply: expect.stringContaining('/reply') },
  });
});
