import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAnew } from '../../support/ask-anew.js';
import { watchJob } from '../../support/job-watch.js';
import { pendingActivities } from '../../support/pending-activities.js';
import { COUNT_BY_STATUS, sqlReply } from '../../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../../support/shop-quaestor.js';
import { lockTable } from '../../support/source-lock.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

let way: TcpProxy;
let quaestor: ShopQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  // Idle connections go while a test looks.
  quaestor = await startShopQuaestor({ env: { QUAESTOR_KEEP_ALIVE_MS: '1000' } });
  way = await startTcpProxy({ target: quaestor.source.url });
  dataSourceId = await quaestor.connect(way.url);
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await way?.close();
}, 60_000);

beforeEach(async () => {
  quaestor.model.reset();
  quaestor.model.setReply(() => sqlReply(COUNT_BY_STATUS));
  await way.restore();
});

const ask = () => askAnew(quaestor.client, dataSourceId);

test.each(['tryQuery', 'runQuery'])(
  'a data source that dies in the middle of %s and comes back: the query is run again and answered',
  async (step) => {
    const lock = await lockTable(quaestor.source, 'orders');
    const { questionId, jobId, watch } = await ask();
    if (step === 'runQuery') {
      // Tried inline for a second, then moved to its own queue.
      await waitUntil('the query has moved to its queue', async () =>
        (await pendingActivities(quaestor.namespace, jobId)).some(({ isStarted }) => isStarted),
      );
    }
    await lock.untilBlocked();
    await way.cut();
    await lock.release();
    await waitUntil('Quaestor has met the closed port', async () =>
      (await pendingActivities(quaestor.namespace, jobId)).some(
        ({ type, lastFailure }) => type === 'runQuery' && lastFailure?.includes('has gone away'),
      ),
    );
    await way.restore();
    expect((await watch.done).at(-1)).toMatchObject({ kind: 'job.succeeded' });
    expect(await quaestor.client.readQuestion(questionId)).toMatchObject({
      status: 'answered',
      answer: { rowCount: 3 },
    });
    expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
  },
  90_000,
);

test('a data source that dies while its catalog is read and comes back: it is read again', async () => {
  const lock = await lockTable(quaestor.source, 'pg_catalog.pg_description');
  const jobId = await quaestor.client.indexDataSource(dataSourceId);
  const watch = watchJob(quaestor.client, jobId);
  await lock.untilBlocked();
  await way.cut();
  await lock.release();
  await waitUntil('Quaestor has met the closed port', async () =>
    (await pendingActivities(quaestor.namespace, jobId)).some(({ lastFailure }) =>
      lastFailure?.includes('has gone away'),
    ),
  );
  await way.restore();
  expect((await watch.done).at(-1)).toMatchObject({ kind: 'job.succeeded' });
}, 90_000);

test('a data source that dies in the middle of a query and stays away: the job ends with a reason that names it', async () => {
  const lock = await lockTable(quaestor.source, 'orders');
  const { questionId, watch } = await ask();
  await lock.untilBlocked();
  await way.cut();
  await lock.release();
  const last = (await watch.done).at(-1);
  expect(last).toMatchObject({
    kind: 'job.failed',
    data: { error: { code: expect.stringMatching(/^data_source_(connection_lost|unreachable)$/) } },
  });
  expect((await quaestor.client.readQuestion(questionId)).status).toBe('failed');
}, 90_000);

test('a data source that is away when the query begins: the job fails at once with data_source_unreachable', async () => {
  await way.cut();
  const { watch } = await ask();
  expect((await watch.done).at(-1)).toMatchObject({
    kind: 'job.failed',
    data: { error: { code: 'data_source_unreachable' } },
  });
}, 60_000);

test('twenty clients that asked with Prefer: wait and leave: the job goes on, later GETs have the answer, and nothing of the waits is left', async () => {
  const lock = await lockTable(quaestor.source, 'orders');
  const text = 'How many orders of each status do twenty clients wait for?';
  const leaving = new AbortController();
  const waits = Array.from({ length: 20 }, () =>
    quaestor.fetch('/v1/questions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=60' },
      body: JSON.stringify({ dataSourceId, question: text }),
      signal: leaving.signal,
    }),
  );
  const ends = Promise.allSettled(waits);
  const asked = await waitUntil('all have been taken', async () => {
    const rows = await quaestor.app.db.withTenant(quaestor.tenant.tenantId, async (tx) =>
      tx.query<{ id: string }>('SELECT id FROM questions WHERE text = $1', [text]),
    );
    return rows.length === waits.length && rows;
  });
  await lock.untilBlocked();
  const open = resources();
  leaving.abort();
  expect((await ends).every(({ status }) => status === 'rejected')).toBe(true);
  // Both ends of each connection are in this process.
  await waitUntil('their sockets are closed', () => resources().sockets <= open.sockets - 1.5 * waits.length);
  await lock.release();
  for (const { id } of asked) {
    const question = await quaestor.client.readQuestion(id);
    expect((await watchJob(quaestor.client, question.jobId).done).at(-1)?.kind).toBe('job.succeeded');
    expect(await quaestor.client.readQuestion(id)).toMatchObject({
      status: 'answered',
      answer: { rowCount: 3 },
    });
  }
  expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
}, 90_000);

test('a hundred clients that leave their event streams leave nothing behind', async () => {
  // A job that waits for as long as this test needs.
  const lock = await lockTable(quaestor.source, 'pg_catalog.pg_description');
  const jobId = await quaestor.client.indexDataSource(dataSourceId);
  const watch = watchJob(quaestor.client, jobId);
  await watch.until('job.started');
  await lock.untilBlocked();
  const comeAndGo = async () => {
    const leaving = new AbortController();
    const streams = await Promise.all(
      Array.from({ length: 50 }, () => quaestor.client.openEvents(jobId, { signal: leaving.signal })),
    );
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    const open = resources();
    leaving.abort();
    return open;
  };
  const atRest = async (most: number) =>
    await waitUntil('most sockets are closed', () => resources().sockets <= most);
  const atFirst = resources();
  // The first visit also fills the pool of the store, which keeps its connections for a while.
  const open = await comeAndGo();
  expect(open.sockets).toBeGreaterThanOrEqual(atFirst.sockets + 50);
  await atRest(open.sockets - 50);
  const before = resources();
  await comeAndGo();
  await waitUntil(
    'sockets and timers are as few as before',
    () => resources().sockets <= before.sockets && resources().timers <= before.timers,
    60_000,
  );
  await lock.release();
  expect((await watch.done).at(-1)).toMatchObject({ kind: 'job.succeeded' });
  expect(watch.connections).toBe(1);
}, 120_000);

/** What keeps this process alive, and Quaestor with it. */
function resources(): { sockets: number; timers: number } {
  const active = process.getActiveResourcesInfo();
  return {
    sockets: active.filter((name) => name === 'TCPSocketWrap').length,
    timers: active.filter((name) => name === 'Timeout').length,
  };
}
