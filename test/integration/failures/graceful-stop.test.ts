import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAnew } from '../../support/ask-anew.js';
import type { JobWatch } from '../../support/job-watch.js';
import { type KillableQuaestor, startKillableQuaestor } from '../../support/killable-quaestor.js';
import { pendingActivities } from '../../support/pending-activities.js';
import { COUNT_BY_STATUS, sqlReply } from '../../support/shop.js';
import { lockTable } from '../../support/source-lock.js';
import { waitUntil } from '../../support/wait-until.js';

let quaestor: KillableQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  quaestor = await startKillableQuaestor({
    env: {
      QUAESTOR_SHUTDOWN_GRACE_MS: '3000',
      LOG_LEVEL: 'info',
    },
  });
  dataSourceId = await quaestor.connect(quaestor.source.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
}, 60_000);

beforeEach(() => {
  quaestor.model.reset();
  quaestor.model.setReply(() => sqlReply(COUNT_BY_STATUS));
});

const ask = () => askAnew(quaestor.client, dataSourceId);

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
  quaestor.model.script('chat', { kind: 'hold' });
  const { questionId, watch } = await ask();
  await quaestor.model.waitUntil((stats) => stats.held === 1);
  const { ended } = await beginStop();
  quaestor.model.release();
  expect(await ended).toEqual({ code: 0, signal: null });
  await quaestor.startWorkers();
  await expectAnswer(questionId, watch);
  expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
}, 120_000);

test('SIGTERM: a step that outlasts the grace time is stopped on the data source, given back to the engine at once and done by the next process', async () => {
  const lock = await lockTable(quaestor.source, 'orders');
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
  expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
}, 120_000);
