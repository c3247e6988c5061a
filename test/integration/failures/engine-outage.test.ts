import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { watchJob } from '../../support/job-watch.js';
import { sharedServers } from '../../support/shared-servers.js';
import { COUNT_BY_STATUS, sqlReply } from '../../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../../support/shop-quaestor.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { waitUntil } from '../../support/wait-until.js';

const OUTAGE_MS = 20_000;
/** An answer, also a refusal, must not take longer than a client would wait. */
const PATIENCE_MS = 10_000;

let engine: TcpProxy;
let quaestor: ShopQuaestor;
let dataSourceId: string;

beforeAll(async () => {
  engine = await startTcpProxy({ target: sharedServers().temporalAddress });
  quaestor = await startShopQuaestor({ env: { TEMPORAL_ADDRESS: engine.url } });
  ({ dataSourceId } = quaestor);
}, 120_000);

afterAll(async () => {
  await engine?.restore();
  await quaestor?.stop();
  await engine?.close();
}, 60_000);

beforeEach(async () => {
  quaestor.model.reset();
  quaestor.model.setReply(() => sqlReply(COUNT_BY_STATUS));
  await engine.restore();
});

interface Health {
  status: string;
  parts: Record<string, { status: string }>;
}

const send = (path: string, init: RequestInit = {}) =>
  quaestor.fetch(path, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });

const post = (path: string, body: unknown, key: string) =>
  send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });

const health = async () => (await (await send('/health')).json()) as Health;

const engineIs = (status: string) =>
  waitUntil(`health says that the engine is ${status}`, async () => {
    const { parts } = await health();
    return parts['engine']?.status === status;
  });

async function expectUnavailable(response: Response): Promise<void> {
  expect(response.status).toBe(503);
  expect(response.headers.get('content-type')).toMatch('application/problem+json');
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ code: 'engine_unavailable', retryable: true });
}

test('without the engine new work is refused as engine_unavailable, everything that is stored is read, and the same request works later', async () => {
  const known = await quaestor.ask(dataSourceId, 'How many orders of each status?');
  expect(known.status).toBe('answered');
  await engine.cut();

  const question = { dataSourceId, question: 'How many orders of each status are there?' };
  await expectUnavailable(await post('/v1/questions', question, 'asked-while-away'));
  await expectUnavailable(await post(`/v1/data-sources/${dataSourceId}/index`, {}, 'indexed-while-away'));
  for (const path of [
    '/v1/data-sources',
    '/v1/jobs',
    `/v1/jobs/${known.jobId}`,
    `/v1/questions/${known.id}`,
    `/v1/questions/${known.id}/rows`,
  ]) {
    expect([path, (await send(path)).status]).toEqual([path, 200]);
  }
  const cached = await post('/v1/questions', { dataSourceId, question: known.text }, 'cached-while-away');
  expect(cached.status).toBe(200);
  expect(await cached.json()).toMatchObject({ status: 'answered' });
  await engineIs('down');
  expect((await send('/health/live')).status).toBe(200);

  await engine.restore();
  await engineIs('ok');
  const accepted = await post('/v1/questions', question, 'asked-while-away');
  expect(accepted.status).toBe(202);
  const { jobId } = (await accepted.json()) as { jobId: string };
  expect((await watchJob(quaestor.client, jobId).done).at(-1)?.kind).toBe('job.succeeded');
  expect((await post(`/v1/data-sources/${dataSourceId}/index`, {}, 'indexed-while-away')).status).toBe(202);
  await waitUntil('the source is ready', async () =>
    (await quaestor.client.listDataSources()).every(({ status }) => status === 'ready'),
  );
}, 120_000);

test('the engine away for 20 s in the middle of an answer and an indexing: both end rightly, nothing is paid for twice, and work is taken again', async () => {
  await quaestor.source.execute('CREATE TABLE parcels (id int PRIMARY KEY, weight_kg numeric)');
  quaestor.model.script('embeddings', { kind: 'hold' });
  const indexing = watchJob(quaestor.client, await quaestor.client.indexDataSource(dataSourceId));
  await quaestor.model.waitUntil((stats) => stats.held === 1);
  quaestor.model.script('chat', { kind: 'hold' });
  const asked = await quaestor.client.askQuestion({ dataSourceId, question: 'Orders by status, please' });
  if (asked.answered) throw new Error('must not be cached');
  const answering = watchJob(quaestor.client, asked.jobId);
  await quaestor.model.waitUntil((stats) => stats.held === 2);

  await engine.cut();
  const awaySince = Date.now();
  // The paid replies arrive while nobody can be told.
  quaestor.model.release();
  await answering.until('sql.generated');
  await indexing.until('batch.embedded');
  await waitUntil('20 s have passed', () => Date.now() - awaySince >= OUTAGE_MS);
  await engine.restore();

  expect((await answering.done).at(-1)?.kind).toBe('job.succeeded');
  expect((await indexing.done).at(-1)?.kind).toBe('job.succeeded');
  expect(await quaestor.client.readQuestion(asked.questionId)).toMatchObject({
    status: 'answered',
    answer: { rowCount: 3 },
  });
  expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
  // One table and its two columns in one request; the question in another.
  expect(quaestor.model.stats.byEndpoint.embeddings).toBe(2);
  expect(quaestor.model.stats.embeddedInputs).toBe(4);

  await engineIs('ok');
  expect((await quaestor.ask(dataSourceId, 'Statuses of orders, counted')).status).toBe('answered');
}, 180_000);
