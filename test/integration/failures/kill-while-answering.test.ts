import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createTestSource, type TestSource } from '../../support/databases.js';
import { type JobWatch, watchJob } from '../../support/job-watch.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';
import { pendingActivities } from '../../support/pending-activities.js';
import { startTestDeployment, type TestDeployment } from '../../support/quaestor-process.js';
import { sharedServers } from '../../support/shared-servers.js';
import { COUNT_BY_STATUS, SHOP_SQL, sqlReply } from '../../support/shop.js';
import { lockTable } from '../../support/source-lock.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

let model: ModelServer;
let source: TestSource;
let engine: TcpProxy;
let quaestor: TestDeployment;
let dataSourceId: string;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  engine = await startTcpProxy({ target: sharedServers().temporalAddress });
  quaestor = await startTestDeployment({
    OPENAI_BASE_URL: model.baseUrl,
    TEMPORAL_ADDRESS: engine.url,
    // A dead worker is noticed a little sooner than in production (5 s).
    QUAESTOR_QUEUE_GENERATION_HEARTBEAT_MS: '3000',
  });
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await engine?.close();
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

async function expectAnswer(questionId: string, watch: JobWatch): Promise<void> {
  const events = await watch.done;
  const kinds = events.map(({ kind }) => kind);
  expect(kinds.at(-1)).toBe('job.succeeded');
  // Each step is told once, however often it was tried.
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(kinds).toEqual(expect.arrayContaining(['sql.generated', 'query.completed', 'answer.recorded']));
  const question = await quaestor.client.readQuestion(questionId);
  expect(question).toMatchObject({ status: 'answered', answer: { repairs: 0, rowCount: 3 } });
  const { rows } = await quaestor.client.readRows(questionId);
  expect(rows).toEqual([
    ['open', '200'],
    ['paid', '200'],
    ['sent', '200'],
  ]);
}

test('a worker killed while the model writes: the next one asks again and answers', async () => {
  model.script('chat', { kind: 'hold' });
  const { questionId, watch } = await ask();
  await model.waitUntil((stats) => stats.held === 1);
  await quaestor.killWorkers();
  await quaestor.startWorkers();
  await expectAnswer(questionId, watch);
  // The reply that nobody could take, and the one that was taken.
  expect(model.requests.filter(({ endpoint }) => endpoint === 'chat').map(({ status }) => status)).toEqual([
    undefined,
    200,
  ]);
}, 120_000);

test('a worker killed when the reply was stored but not yet told to the engine: the model is not asked again', async () => {
  model.script('chat', { kind: 'hold' });
  const { questionId, watch } = await ask();
  await model.waitUntil((stats) => stats.held === 1);
  // From here on the engine cannot hear that the step is done.
  await engine.cut();
  model.release();
  await watch.until('sql.generated');
  await quaestor.killWorkers();
  await engine.restore();
  await quaestor.startWorkers();
  await expectAnswer(questionId, watch);
  expect(model.stats.byEndpoint.chat).toBe(1);
}, 120_000);

test('a worker killed while the query runs on the data source: the query is run again, the model is not asked again', async () => {
  const lock = await lockTable(source, 'orders');
  const { questionId, jobId, watch } = await ask();
  // Tried inline for a second, then moved to its own queue.
  await waitUntil('the queued query runs', async () =>
    (await pendingActivities(quaestor.namespace, jobId)).some(
      ({ type, isStarted }) => type === 'runQuery' && isStarted,
    ),
  );
  await lock.untilBlocked();
  await quaestor.killWorkers();
  await quaestor.startWorkers();
  await waitUntil('another attempt runs', async () =>
    (await pendingActivities(quaestor.namespace, jobId)).some(
      ({ attempt, isStarted }) => attempt === 2 && isStarted,
    ),
  );
  await lock.release();
  await expectAnswer(questionId, watch);
  expect(model.stats.byEndpoint.chat).toBe(1);
}, 120_000);
