import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type ApiClient, createApiClient } from '../../../cli/api-client.js';
import { parseConfig } from '../../../platform/config.js';
import { createLogger } from '../../../platform/logger.js';
import { type AllInOne, startAllInOne } from '../../../workers/all-in-one.js';
import {
  createTestSource,
  createTestStore,
  type TestSource,
  type TestStore,
} from '../../support/databases.js';
import { watchJob } from '../../support/job-watch.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';
import { createActions, testEnvironment } from '../../support/quaestor.js';
import { quietRuntime } from '../../support/quiet-runtime.js';
import { COUNT_BY_STATUS, SHOP_SQL, sqlReply } from '../../support/shop.js';
import { lockTable } from '../../support/source-lock.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { createTestTenant } from '../../support/tenants.js';
import { waitUntil } from '../../support/wait-until.js';

const OUTAGE_MS = 20_000;
/** Longer than the waits between the five attempts that a step on a data source has (7.5 s). */
const SHORT_OUTAGE_MS = 10_000;
const PATIENCE_MS = 10_000;

let model: ModelServer;
let source: TestSource;
let store: TestStore;
let storeProxy: TcpProxy;
let app: AllInOne;
let client: ApiClient;
let actions: ReturnType<typeof createActions>;
let dataSourceId: string;

beforeAll(async () => {
  quietRuntime();
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  store = await createTestStore();
  storeProxy = await startTcpProxy({ target: store.url });
  const env = await testEnvironment({ ...store, url: storeProxy.url }, { OPENAI_BASE_URL: model.baseUrl });
  const config = parseConfig(env);
  app = await startAllInOne({ config, logger: createLogger({ level: config.logLevel, name: 'test' }) });
  const tenant = await createTestTenant(app.db);
  client = createApiClient({ baseUrl: app.url, apiKey: tenant.apiKey });
  actions = createActions(client, () => app.url, tenant);
  dataSourceId = await actions.connect(source.url);
}, 120_000);

afterAll(async () => {
  await storeProxy?.restore();
  await app?.stop();
  await storeProxy?.close();
  await store?.drop();
  await source?.drop();
  await model?.close();
}, 60_000);

beforeEach(async () => {
  model.reset();
  model.setReply(() => sqlReply(COUNT_BY_STATUS));
  await storeProxy.restore();
});

const send = (path: string, init: RequestInit = {}) =>
  actions.fetch(path, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });

const ask = (question: string, key: string) =>
  send('/v1/questions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ dataSourceId, question }),
  });

async function startAsking(question: string) {
  const reply = await client.askQuestion({ dataSourceId, question });
  if (reply.answered) throw new Error('must not be cached');
  return { ...reply, watch: watchJob(client, reply.jobId) };
}

async function expectUnavailable(response: Response): Promise<void> {
  expect(response.status).toBe(503);
  expect(response.headers.get('content-type')).toMatch('application/problem+json');
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await response.json()).toMatchObject({ code: 'store_unavailable', retryable: true });
}

const healthIs = (httpStatus: number) =>
  waitUntil(`health answers ${httpStatus}`, async () => (await send('/health')).status === httpStatus);

test('without the store every call is refused as store_unavailable, health says so, and the same request works when it is back', async () => {
  await storeProxy.cut();
  await expectUnavailable(await ask('How many orders of each status are there?', 'asked-while-away'));
  await expectUnavailable(await send('/v1/data-sources'));
  await expectUnavailable(await send('/v1/jobs'));
  await healthIs(503);
  expect(await (await send('/health')).json()).toMatchObject({
    status: 'down',
    parts: { store: { status: 'down' } },
  });
  expect((await send('/health/live')).status).toBe(200);

  await storeProxy.restore();
  await healthIs(200);
  const accepted = await ask('How many orders of each status are there?', 'asked-while-away');
  expect(accepted.status).toBe(202);
  const { jobId } = (await accepted.json()) as { jobId: string };
  expect((await watchJob(client, jobId).done).at(-1)?.kind).toBe('job.succeeded');
}, 120_000);

test('the store away for 20 s just when paid replies arrive: they are kept, nothing is paid for twice, both jobs end rightly', async () => {
  await source.execute('CREATE TABLE parcels (id int PRIMARY KEY, weight_kg numeric)');
  model.script('embeddings', { kind: 'hold' });
  const indexing = watchJob(client, await client.indexDataSource(dataSourceId));
  await model.waitUntil((stats) => stats.held === 1);
  model.script('chat', { kind: 'hold' });
  const { questionId, watch: answering } = await startAsking('Orders by status, please');
  await model.waitUntil((stats) => stats.held === 2);

  await storeProxy.cut();
  const awaySince = Date.now();
  model.release();
  await waitUntil('20 s have passed', () => Date.now() - awaySince >= OUTAGE_MS);
  await storeProxy.restore();

  expect((await answering.done).at(-1)?.kind).toBe('job.succeeded');
  expect((await indexing.done).at(-1)?.kind).toBe('job.succeeded');
  expect(await client.readQuestion(questionId)).toMatchObject({
    status: 'answered',
    answer: { rowCount: 3 },
  });
  expect(model.stats.byEndpoint.chat).toBe(1);
  // One table and its two columns in one request; the question in another.
  expect(model.stats.byEndpoint.embeddings).toBe(2);
  expect(model.stats.embeddedInputs).toBe(4);
}, 180_000);

test('the store away for longer than a step has retries, while a catalog is read and a query runs: both wait for it and end rightly', async () => {
  const catalog = await lockTable(source, 'pg_catalog.pg_description');
  const indexing = watchJob(client, await client.indexDataSource(dataSourceId));
  await catalog.untilBlocked();
  const orders = await lockTable(source, 'orders');
  const { questionId, watch: answering } = await startAsking('Count the orders by status');
  await orders.untilBlocked(2);

  await storeProxy.cut();
  const awaySince = Date.now();
  await catalog.release();
  await orders.release();
  await waitUntil('10 s have passed', () => Date.now() - awaySince >= SHORT_OUTAGE_MS);
  await storeProxy.restore();

  expect((await answering.done).at(-1)?.kind).toBe('job.succeeded');
  expect((await indexing.done).at(-1)?.kind).toBe('job.succeeded');
  expect((await client.readQuestion(questionId)).status).toBe('answered');
  expect(model.stats.byEndpoint.chat).toBe(1);
}, 180_000);

test('an event stream that was open when the store went goes on without a gap on the same connection', async () => {
  model.script('chat', { kind: 'hold' });
  const { watch } = await startAsking('How many orders are open, paid and sent?');
  await watch.until('context.chosen');
  await model.waitUntil((stats) => stats.held === 1);
  await storeProxy.cut();
  await healthIs(503);
  await storeProxy.restore();
  await healthIs(200);
  model.release();
  expect((await watch.done).at(-1)?.kind).toBe('job.succeeded');
  expect(watch.connections).toBe(1);
}, 120_000);
