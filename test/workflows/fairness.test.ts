import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type ApiClient, createApiClient } from '../../cli/api-client.js';
import { SCOPES, type Tier } from '../../contracts/identity.js';
import { type JobWatch, watchJob } from '../support/job-watch.js';
import { pendingActivities } from '../support/pending-activities.js';
import { createActions } from '../support/quaestor.js';
import { COUNT_BY_STATUS, sqlReply } from '../support/shop.js';
import { type ShopQuaestor, startShopQuaestor } from '../support/shop-quaestor.js';
import { createTestTenant } from '../support/tenants.js';
import { waitUntil } from '../support/wait-until.js';

let quaestor: ShopQuaestor;

beforeAll(async () => {
  quaestor = await startShopQuaestor({
    // One model call at a time: all others wait in the queue.
    env: { QUAESTOR_QUEUE_GENERATION_CONCURRENCY: '1' },
  });
}, 120_000);

afterAll(() => quaestor?.stop(), 60_000);

beforeEach(() => {
  quaestor.model.reset();
  quaestor.model.setReply(() => sqlReply(COUNT_BY_STATUS));
});

interface Asker {
  name: string;
  client: ApiClient;
  dataSourceId: string;
}

async function newAsker(name: string, tier: Tier): Promise<Asker> {
  const tenant = await createTestTenant(quaestor.app.db, SCOPES, tier);
  const client = createApiClient({ baseUrl: quaestor.app.url, apiKey: tenant.apiKey });
  const dataSourceId = await createActions(client, () => quaestor.app.url, tenant).connect(
    quaestor.source.url,
  );
  return { name, client, dataSourceId };
}

let asked = 0;
/** Asks so many questions and resolves when all of them wait for the quaestor.model. */
async function queueUp(asker: Asker, count: number) {
  const jobs: { jobId: string; watch: JobWatch }[] = [];
  for (let n = 0; n < count; n++) {
    const reply = await asker.client.askQuestion({
      dataSourceId: asker.dataSourceId,
      question: `How many orders are there of each status, asks ${asker.name} for the ${++asked}. time?`,
    });
    if (reply.answered) throw new Error('must not be cached');
    jobs.push({ jobId: reply.jobId, watch: watchJob(asker.client, reply.jobId) });
  }
  await waitUntil('all of them wait for the model', async () => {
    const pending = await Promise.all(jobs.map(({ jobId }) => pendingActivities(quaestor.namespace, jobId)));
    return pending.every(([activity]) => activity !== undefined);
  });
  return jobs;
}

/** Who asked, in the order in which the model was called, without the call that was held. */
const order = (askers: Asker[]): string[] =>
  quaestor.model.requests
    .filter(({ endpoint }) => endpoint === 'chat')
    .slice(1)
    .map(({ body }) => askers.find(({ name }) => JSON.stringify(body).includes(`asks ${name} for`))!.name);

/** One question of the first asker holds the model while all others queue up behind it. */
async function runBehindAHeldCall(askers: [Asker, number][]): Promise<string[]> {
  quaestor.model.script('chat', { kind: 'hold' });
  const [first] = askers;
  const jobs = await queueUp(first![0], 1);
  await quaestor.model.waitUntil((stats) => stats.held === 1);
  for (const [asker, count] of askers) jobs.push(...(await queueUp(asker, count)));
  quaestor.model.release();
  for (const { watch } of jobs) expect((await watch.done).at(-1)?.kind).toBe('job.succeeded');
  return order(askers.map(([asker]) => asker));
}

test('a tenant that asks a little does not wait behind all that another one has asked before', async () => {
  const busy = await newAsker('Busy', 'FREE');
  const calm = await newAsker('Calm', 'FREE');
  const called = await runBehindAHeldCall([
    [busy, 12],
    [calm, 3],
  ]);
  expect(called).toHaveLength(15);
  // Turn by turn, but for calls that were already handed to the worker: in the order of asking they would be the last three.
  expect(called.lastIndexOf('Calm')).toBeLessThanOrEqual(9);
}, 120_000);

test('a higher tier goes first', async () => {
  const free = await newAsker('Free', 'FREE');
  const enterprise = await newAsker('Enterprise', 'ENTERPRISE');
  const called = await runBehindAHeldCall([
    [free, 8],
    [enterprise, 4],
  ]);
  expect(called).toHaveLength(12);
  expect(called.lastIndexOf('Enterprise')).toBeLessThanOrEqual(6);
}, 120_000);
