import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Question } from '../../../contracts/question.js';
import { createTestSource, type TestSource } from '../../support/databases.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { SHOP_SQL } from '../../support/shop.js';

let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor();
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);
afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
});

const ask = async (question: string): Promise<{ status: number; body: Question }> => {
  const response = await quaestor.fetch('/v1/questions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=30' },
    body: JSON.stringify({ dataSourceId, question }),
  });
  return { status: response.status, body: (await response.json()) as Question };
};

test('a question asked with Prefer: wait comes back answered, and asked again it comes from the cache with the same rows', async () => {
  const first = await ask('How many orders are there?');
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ status: 'answered', cachedFrom: null });
  const second = await ask('how many orders are there'.replace('how', 'How'));
  expect(second.body).toMatchObject({ status: 'answered', cachedFrom: first.body.id });
  expect(second.body.answer).toEqual(first.body.answer);
  const rows = await Promise.all([first, second].map(({ body }) => quaestor.client.readRows(body.id)));
  expect(rows[1]).toEqual(rows[0]);
  expect(rows[0]?.rows).toHaveLength(1);
}, 60_000);

test('the events of a job have numbers without gaps and end with its end', async () => {
  const jobId = await quaestor.client.indexDataSource(dataSourceId);
  const events = await collectEvents(quaestor.client, jobId);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
  expect(events[0]?.kind).toBe('job.queued');
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  expect(await quaestor.client.readJob(jobId)).toMatchObject({ status: 'succeeded' });
}, 60_000);

test('health names the parts that run', async () => {
  const response = await quaestor.fetch('/health');
  expect(await response.json()).toMatchObject({
    status: 'ok',
    ready: true,
    parts: { store: { status: 'ok' }, engine: { status: 'ok' }, model: { detail: 'built-in' } },
  });
});
