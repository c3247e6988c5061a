import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { createTestSource, type TestSource } from '../support/databases.js';
import { watchJob } from '../support/job-watch.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { startTestDeployment, type TestDeployment } from '../support/quaestor-process.js';
import { sharedServers } from '../support/shared-servers.js';
import { COUNT_BY_STATUS, SHOP_SQL, sqlReply } from '../support/shop.js';
import { waitUntil } from '../support/wait-until.js';

let model: ModelServer;
let source: TestSource;
let quaestor: TestDeployment;
let dataSourceId: string;
let asked = 0;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestDeployment({ OPENAI_BASE_URL: model.baseUrl });
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
}, 60_000);

beforeEach(() => model.reset());

async function askAmbiguous() {
  model.script('chat', { kind: 'text', text: 'AMBIGUOUS: orders that were paid | orders that were sent' });
  const question = await quaestor.ask(dataSourceId, `How many orders were finished? (${++asked})`);
  expect(question.status).toBe('waiting');
  return question;
}

test('a waiting question outlasts the death of its worker, and a watcher that left and came back', async () => {
  const question = await askAmbiguous();
  const watch = watchJob(quaestor.client, question.jobId);
  await watch.until('choice.requested');
  await quaestor.killWorkers();
  watch.disconnect();
  await quaestor.startWorkers();
  expect(await quaestor.client.readQuestion(question.id)).toMatchObject({ status: 'waiting' });
  model.script('chat', { kind: 'text', text: sqlReply(COUNT_BY_STATUS) });
  await quaestor.client.replyToQuestion(question.id, { choice: 1 });
  const events = await watch.done;
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  expect(await quaestor.client.readQuestion(question.id)).toMatchObject({
    status: 'answered',
    choice: { chosen: 'orders that were paid' },
  });
  // The question back to the reader was paid for once.
  expect(model.stats.byEndpoint.chat).toBe(2);
}, 120_000);

test('a reply that comes while no worker runs is kept and taken when one does', async () => {
  const question = await askAmbiguous();
  if (quaestor.isOneProcess) return expectNoReplyLost(question.id, question.jobId);
  await quaestor.killWorkers();
  await quaestor.client.replyToQuestion(question.id, { choice: 2 });
  model.script('chat', { kind: 'text', text: sqlReply(COUNT_BY_STATUS) });
  await quaestor.startWorkers();
  await watchJob(quaestor.client, question.jobId).done;
  expect(await quaestor.client.readQuestion(question.id)).toMatchObject({ status: 'answered' });
}, 120_000);

/** Where API and workers are one process, the reply is sent first and the process dies with it. */
async function expectNoReplyLost(questionId: string, jobId: string): Promise<void> {
  model.script('chat', { kind: 'hold' }, { kind: 'text', text: sqlReply(COUNT_BY_STATUS) });
  await quaestor.client.replyToQuestion(questionId, { choice: 2 });
  await model.waitUntil((stats) => stats.held === 1);
  await quaestor.killWorkers();
  await quaestor.startWorkers();
  await watchJob(quaestor.client, jobId).done;
  expect(await quaestor.client.readQuestion(questionId)).toMatchObject({ status: 'answered' });
}

test('a waiting question can be cancelled, and takes no reply after that', async () => {
  const question = await askAmbiguous();
  const watch = watchJob(quaestor.client, question.jobId);
  await quaestor.client.cancelJob(question.jobId);
  expect((await watch.done).at(-1)?.kind).toBe('job.cancelled');
  expect(await quaestor.client.readQuestion(question.id)).toMatchObject({ status: 'cancelled' });
  await expect(quaestor.client.replyToQuestion(question.id, { choice: 1 })).rejects.toMatchObject({
    problem: { code: 'conflict' },
  });
}, 120_000);

test('a wait is a timer of the engine of seven days, and the limit of the whole workflow leaves room for two', async () => {
  const question = await askAmbiguous();
  const connection = await Connection.connect({ address: sharedServers().temporalAddress });
  const { namespace } = quaestor;
  const handle = new Client({ connection, namespace }).workflow.getHandle(question.jobId);
  const timer = await waitUntil('the timer of the wait is in the history', async () => {
    const { events } = await handle.fetchHistory();
    return events?.find(({ timerStartedEventAttributes }) => timerStartedEventAttributes)
      ?.timerStartedEventAttributes;
  });
  expect(Number(timer.startToFireTimeout?.seconds)).toBe(7 * 24 * 60 * 60);
  // The limit of the whole workflow leaves room for it.
  const { raw } = await handle.describe();
  const limit = Number(raw.executionConfig?.workflowRunTimeout?.seconds ?? 0);
  expect(limit === 0 || limit > 14 * 24 * 60 * 60).toBe(true);
  await connection.close();
  await quaestor.client.cancelJob(question.jobId);
}, 120_000);

test('a repair that is cancelled ends, and the model’s connection is let go', async () => {
  model.script(
    'chat',
    { kind: 'text', text: sqlReply('SELECT count(*) FROM ordres') },
    { kind: 'text', text: sqlReply('SELECT nothing FROM orders') },
    { kind: 'hang' },
  );
  const reply = await quaestor.client.askQuestion({
    dataSourceId,
    question: `How many orders? (${++asked})`,
  });
  if (reply.answered) throw new Error('must not be cached');
  const watch = watchJob(quaestor.client, reply.jobId);
  await model.waitUntil((stats) => stats.byEndpoint.chat === 3);
  await quaestor.client.cancelJob(reply.jobId);
  expect((await watch.done).at(-1)?.kind).toBe('job.cancelled');
  await model.waitUntil((stats) => stats.inFlight === 0);
}, 120_000);
