import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAnew } from '../../support/ask-anew.js';
import type { JobWatch } from '../../support/job-watch.js';
import { type KillableQuaestor, startKillableQuaestor } from '../../support/killable-quaestor.js';
import { pendingActivities } from '../../support/pending-activities.js';
import { sharedServers } from '../../support/shared-servers.js';
import { COUNT_BY_STATUS, sqlReply } from '../../support/shop.js';
import { lockTable } from '../../support/source-lock.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

let engine: TcpProxy;
let quaestor: KillableQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  engine = await startTcpProxy({ target: sharedServers().temporalAddress });
  quaestor = await startKillableQuaestor({
    env: {
      TEMPORAL_ADDRESS: engine.url,
      // A dead worker is noticed a little sooner than in production (5 s).
      QUAESTOR_QUEUE_GENERATION_HEARTBEAT_MS: '3000',
    },
  });
  dataSourceId = await quaestor.connect(quaestor.source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await engine?.close();
}, 60_000);

beforeEach(() => {
  quaestor.model.reset();
  quaestor.model.setReply(() => sqlReply(COUNT_BY_STATUS));
});

const ask = () => askAnew(quaestor.client, dataSourceId);

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
  quaestor.model.script('chat', { kind: 'hold' });
  const { questionId, watch } = await ask();
  await quaestor.model.waitUntil((stats) => stats.held === 1);
  await quaestor.killWorkers();
  await quaestor.startWorkers();
  await expectAnswer(questionId, watch);
  // The reply that nobody could take, and the one that was taken.
  expect(
    quaestor.model.requests.filter(({ endpoint }) => endpoint === 'chat').map(({ status }) => status),
  ).toEqual([undefined, 200]);
}, 120_000);

test('a worker killed when the reply was stored but not yet told to the engine: the model is not asked again', async () => {
  quaestor.model.script('chat', { kind: 'hold' });
  const { questionId, watch } = await ask();
  await quaestor.model.waitUntil((stats) => stats.held === 1);
  // From here on the engine cannot hear that the step is done.
  await engine.cut();
  quaestor.model.release();
  await watch.until('sql.generated');
  await quaestor.killWorkers();
  await engine.restore();
  await quaestor.startWorkers();
  await expectAnswer(questionId, watch);
  expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
}, 120_000);

test('a worker killed while the query runs on the data source: the query is run again, the model is not asked again', async () => {
  const lock = await lockTable(quaestor.source, 'orders');
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
  expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
}, 120_000);
