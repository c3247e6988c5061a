import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestSource, type TestSource } from '../../support/databases.js';
import { type JobWatch, watchJob } from '../../support/job-watch.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';
import { pendingActivities } from '../../support/pending-activities.js';
import { startTestDeployment, type TestDeployment } from '../../support/quaestor-process.js';
import { COUNT_BY_STATUS, SHOP_SQL, sqlReply } from '../../support/shop.js';
import { lockTable } from '../../support/source-lock.js';
import { waitUntil } from '../../support/wait-until.js';

let model: ModelServer;
let source: TestSource;
let quaestor: TestDeployment;
let dataSourceId: string;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestDeployment({
    OPENAI_BASE_URL: model.baseUrl,
    QUAESTOR_SHUTDOWN_GRACE_MS: '3000',
    LOG_LEVEL: 'info',
  });
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
}, 60_000);

beforeEach(() => {
  model.reset();
  model.setReply(() => sqlReply(COUNT_BY_STATUS));
});

let words = 0;
async function ask(): Promise<{ questionId: string; jobId: string; watch: JobWatch }> {
  const question = `How many orders are there of each status, for the ${++words}. time?`;
  const reply = await quaestor.client.askQuestion({ dataSourceId, question });
  if (reply.answered) throw new Error('must not be cached');
  return { ...reply, watch: watchJob(quaestor.client, reply.jobId) };
}

const stopsSaid = () => quaestor.logs().split('"stopping"').length - 1;

/** Sends SIGTERM and resolves when the process has heard it; the end of the process is in the result. */
async function beginStop() {
  const before = stopsSaid();
  const ended = quaestor.terminateWorkers();
  await waitUntil('the process says that it stops', () => stopsSaid() > before);
  return { ended };
}

async function expectAnswer(questionId: string, watch: JobWatch): Promise<void> {
  expect((await watch.done).at(-1)?.kind).toBe('job.succeeded');
  expect(await quaestor.client.readQuestion(questionId)).toMatchObject({
    status: 'answered',
    answer: { rowCount: 3 },
  });
}

test('SIGTERM: a step that ends within the grace time is finished by the old process and not repeated', async () => {
  model.script('chat', { kind: 'hold' });
  const { questionId, watch } = await ask();
  await model.waitUntil((stats) => stats.held === 1);
  const { ended } = await beginStop();
  model.release();
  expect(await ended).toEqual({ code: 0, signal: null });
  await quaestor.startWorkers();
  await expectAnswer(questionId, watch);
  expect(model.stats.byEndpoint.chat).toBe(1);
}, 120_000);

test('SIGTERM: a step that outlasts the grace time is stopped on the data source, given back to the engine at once and done by the next process', async () => {
  const lock = await lockTable(source, 'orders');
  const { questionId, jobId, watch } = await ask();
  const queued = async () =>
    (await pendingActivities(quaestor.namespace, jobId)).find(({ type }) => type === 'runQuery');
  await waitUntil('the queued query runs', async () => (await queued())?.isStarted);
  await lock.untilBlocked();

  const { ended } = await beginStop();
  expect(await ended).toEqual({ code: 0, signal: null });
  // Nothing runs on in the database, and the engine was told: it does not wait for a heartbeat that never comes.
  expect(await lock.blocked()).toBe(0);
  const given = await queued();
  expect(given?.isStarted).toBe(false);
  expect(given?.lastFailure).not.toMatch(/timeout/i);

  await lock.release();
  await quaestor.startWorkers();
  await expectAnswer(questionId, watch);
  expect(model.stats.byEndpoint.chat).toBe(1);
}, 120_000);
