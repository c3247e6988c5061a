import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Question } from '../../contracts/question.js';
import { workflowIds } from '../../contracts/workflows.js';
import { sharedServers } from '../support/shared-servers.js';
import { sqlReply } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';
import { waitUntil } from '../support/wait-until.js';

let shop: ShopQuaestor;
let connection: Connection;
let client: Client;
let asked = 0;

beforeAll(async () => {
  shop = await startShopQuaestor();
  connection = await Connection.connect({ address: sharedServers().temporalAddress });
  client = new Client({ connection, namespace: shop.namespace });
}, 120_000);
afterAll(async () => {
  await connection?.close();
  await shop?.stop();
});
beforeEach(() => shop.model.reset());

const scheduleOf = (questionId: string) =>
  client.schedule.getHandle(workflowIds.questionSchedule(questionId));

async function trigger(questionId: string, runs: number): Promise<Question> {
  // One that starts while another runs is passed over; a run may have ended before its schedule says that it began.
  await waitUntil('the schedule knows that the runs before have ended', async () => {
    const { info } = (await scheduleOf(questionId).describe()).raw;
    return Number(info?.actionCount ?? 0) >= runs - 1 && info?.runningWorkflows?.length === 0;
  });
  await scheduleOf(questionId).trigger();
  return await waitUntil('the run has ended', async () => {
    const list = await shop.client.listRuns(questionId);
    const newest = list.at(-1);
    return list.length === runs && newest?.finishedAt != null && newest;
  });
}

test('each run is a question of its own with new rows by the same SQL, without a model call', async () => {
  const sql = 'SELECT count(*) AS orders FROM orders';
  const question = await shop.askFor(`How many orders? ${++asked}`, sql);
  const schedule = { cron: '0 8 * * MON', timeZone: 'Europe/Berlin' };
  expect(await shop.client.putQuestionSchedule(question.id, schedule)).toMatchObject({ ...schedule, sql });
  const calls = shop.model.stats.byEndpoint.chat;
  await shop.source.execute(
    'INSERT INTO orders SELECT 100000 + n, 1, $$new$$, 1, now() FROM generate_series(1, 5) n',
  );
  const run = await trigger(question.id, 1);
  expect(run).toMatchObject({
    status: 'answered',
    text: question.text,
    run: { questionId: question.id, kind: 'schedule' },
    answer: { sql, model: question.answer!.model },
  });
  expect((await shop.client.readRows(run.id)).rows).toEqual([['605']]);
  expect((await shop.client.readRows(question.id)).rows).toEqual([['600']]);
  expect(shop.model.stats.byEndpoint.chat).toBe(calls);
  expect((await trigger(question.id, 2)).id).not.toBe(run.id);
}, 60_000);

test('a scheduled run keeps to the subject area of its question', async () => {
  await shop.client.putMappings(shop.dataSourceId, [{ kind: 'area', name: 'Selling', members: ['orders'] }]);
  const sql = 'SELECT count(*) AS orders FROM orders';
  shop.model.setReply(() => sqlReply(sql));
  const question = await shop.ask(shop.dataSourceId, `How many orders? ${++asked}`, 'Selling');
  await shop.client.putQuestionSchedule(question.id, { everyMinutes: 60 });
  expect(await trigger(question.id, 1)).toMatchObject({ status: 'answered', area: 'Selling' });
}, 60_000);

test('the schedule never runs twice at once, catches up late runs only for a while, and keeps its time zone', async () => {
  const question = await shop.askFor(`How many orders? ${++asked}`, 'SELECT count(*) AS orders FROM orders');
  await shop.client.putQuestionSchedule(question.id, { everyMinutes: 5 });
  await shop.client.putQuestionSchedule(question.id, { cron: '0 8 * * MON', timeZone: 'Europe/Berlin' });
  const { policies, spec } = await scheduleOf(question.id).describe();
  expect(policies.overlap).toBe('SKIP');
  expect(policies.catchupWindow).toBeLessThanOrEqual(60 * 60 * 1_000);
  expect(Number(spec.jitter)).toBeGreaterThan(0);
  expect(spec.timezone).toBe('Europe/Berlin');
  expect(await shop.client.readQuestionSchedule(question.id)).toMatchObject({ timeZone: 'Europe/Berlin' });
});

test('a run that the database refuses ends by itself with the reason, and the next one goes on', async () => {
  const sql = `SELECT 600 / count(*) AS share FROM customers WHERE city = 'Ulm'`;
  const question = await shop.askFor(`What is the share? ${++asked}`, sql);
  await shop.client.putQuestionSchedule(question.id, { everyMinutes: 60 });
  await shop.source.execute(`UPDATE customers SET city = 'Neu-Ulm' WHERE city = 'Ulm'`);
  const refused = await trigger(question.id, 1);
  expect(refused).toMatchObject({ status: 'refused', answer: null });
  expect(refused.error?.message).toMatch(/division by zero/);
  await shop.source.execute(`UPDATE customers SET city = 'Ulm' WHERE city = 'Neu-Ulm'`);
  expect(await trigger(question.id, 2)).toMatchObject({ status: 'answered' });
}, 60_000);

test.each([
  ['no time', {}],
  ['two times', { cron: '0 8 * * *', everyMinutes: 5 }],
  ['a zone that is none', { cron: '0 8 * * *', timeZone: 'Moon/Crater' }],
  ['a zone without cron', { everyMinutes: 5, timeZone: 'Europe/Berlin' }],
  ['an hour that is none', { cron: '0 99 * * *' }],
])('%s is refused, and nothing is scheduled', async (_what, schedule) => {
  const question = await shop.askFor(`How many? ${++asked}`, 'SELECT count(*) AS orders FROM orders');
  const reply = await shop.send('PUT', `/v1/questions/${question.id}/schedule`, schedule);
  expect(reply.status).toBe(400);
  expect((await shop.send('GET', `/v1/questions/${question.id}/schedule`)).status).toBe(404);
  await expect(scheduleOf(question.id).describe()).rejects.toThrow();
});

test('deleting the schedule, or the data source, ends it', async () => {
  const question = await shop.askFor(`How many? ${++asked}`, 'SELECT count(*) AS orders FROM orders');
  await shop.client.putQuestionSchedule(question.id, { everyMinutes: 60 });
  await shop.client.deleteQuestionSchedule(question.id);
  await expect(scheduleOf(question.id).describe()).rejects.toThrow();
  await shop.client.putQuestionSchedule(question.id, { everyMinutes: 60 });
  await shop.client.removeDataSource(shop.dataSourceId);
  await expect(scheduleOf(question.id).describe()).rejects.toThrow();
});
