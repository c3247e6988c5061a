import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type JobWatch, watchJob } from '../../support/job-watch.js';
import { type KillableQuaestor, startKillableQuaestor } from '../../support/killable-quaestor.js';
import { lockTable } from '../../support/source-lock.js';

/** 120 tables of 50 columns: three requests of at most 2,048 inputs. */
const TABLES = 120;
const ITEMS = TABLES + TABLES * 50;
const WIDE_SQL = `
  DO $$ BEGIN
    FOR t IN 1..${TABLES} LOOP
      -- Numbers alone would make the tables one family.
      EXECUTE format('CREATE TABLE station_%s (%s)', translate(t::text, '0123456789', 'abcdefghij'),
        (SELECT string_agg(format('reading_%s int', c), ', ') FROM generate_series(1, 50) c));
    END LOOP;
  END $$`;

let quaestor: KillableQuaestor;

beforeAll(async () => {
  quaestor = await startKillableQuaestor({
    sourceSql: WIDE_SQL,
    env: {
      // A dead worker is noticed sooner than in production (10 s); nothing else is different.
      QUAESTOR_QUEUE_EMBEDDING_HEARTBEAT_MS: '3000',
    },
  });
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
}, 60_000);

beforeEach(() => quaestor.model.reset());

let names = 0;
/** Vectors are kept by data source, so each test pays for its own. */
async function startIndexing(): Promise<{ dataSourceId: string; watch: JobWatch }> {
  const { id } = await quaestor.client.addDataSource({
    name: `wide-${++names}`,
    connectionString: quaestor.source.url,
  });
  return { dataSourceId: id, watch: watchJob(quaestor.client, await quaestor.client.indexDataSource(id)) };
}

/** How often each text was sent in a request that was answered, and so paid for. */
function timesPaid(): Map<string, number> {
  const times = new Map<string, number>();
  for (const request of quaestor.model.requests) {
    if (request.endpoint !== 'embeddings' || request.status !== 200) continue;
    for (const text of (request.body as { input: string[] }).input)
      times.set(text, (times.get(text) ?? 0) + 1);
  }
  return times;
}

async function expectWholeIndex(dataSourceId: string, watch: JobWatch): Promise<void> {
  const events = await watch.done;
  const of = (kind: string) => events.filter((event) => event.kind === kind).map((event) => event.data);
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  // Every batch is told once, and the progress counts each item once.
  expect(of('batch.embedded').map((data) => data['batch'])).toEqual(expect.arrayContaining([0, 1, 2]));
  expect(of('batch.embedded')).toHaveLength(3);
  expect(of('job.progressed').at(-1)).toMatchObject({ done: ITEMS, total: ITEMS });
  for (const kind of ['job.started', 'schema.introspected', 'embedding.planned', 'version.activated']) {
    expect(of(kind)).toHaveLength(1);
  }
  const read = (await quaestor.client.listDataSources()).find(({ id }) => id === dataSourceId);
  expect(read).toMatchObject({ status: 'ready', tables: TABLES, columns: TABLES * 50 });

  // All vectors are there: indexing again needs none.
  const sent = quaestor.model.stats.requests;
  const again = watchJob(quaestor.client, await quaestor.client.indexDataSource(dataSourceId));
  expect((await again.done).find(({ kind }) => kind === 'embedding.planned')?.data).toEqual({
    items: 0,
    batches: 0,
    unchanged: ITEMS,
  });
  expect(quaestor.model.stats.requests).toBe(sent);
}

test.each([0, 1, 2, 3])(
  'a worker killed when %i of three batches are stored: the job ends rightly, and no stored batch is paid for again',
  async (stored) => {
    const kinds = [0, 1, 2].map((place) => ({ kind: place < stored ? ('ok' as const) : ('hold' as const) }));
    quaestor.model.script('embeddings', ...kinds);
    const { dataSourceId, watch } = await startIndexing();
    if (stored > 0) await watch.until('batch.embedded', stored);
    const inFlight = 3 - stored;
    await quaestor.model.waitUntil((stats) => stats.held === inFlight);
    await quaestor.killWorkers();
    await quaestor.startWorkers();
    await expectWholeIndex(dataSourceId, watch);

    const paid = timesPaid();
    expect(paid.size).toBe(ITEMS);
    expect([...paid.values()].every((times) => times === 1)).toBe(true);
    // Three batches, and those that were in flight once more.
    expect(quaestor.model.stats.byEndpoint.embeddings).toBe(3 + inFlight);
    if (quaestor.isOneProcess && stored < 3) expect(watch.connections).toBeGreaterThan(1);
  },
  120_000,
);

test('a worker killed while it reads the catalog: the job reads it again and ends rightly', async () => {
  const lock = await lockTable(quaestor.source, 'pg_catalog.pg_description');
  const { dataSourceId, watch } = await startIndexing();
  await lock.untilBlocked();
  await quaestor.killWorkers();
  await lock.release();
  await quaestor.startWorkers();
  await expectWholeIndex(dataSourceId, watch);
  expect(quaestor.model.stats.embeddedInputs).toBe(ITEMS);
}, 120_000);

test('a worker killed while it plans what to embed: the plan goes on, and nothing is paid for twice', async () => {
  const { dataSourceId, watch } = await startIndexing();
  await watch.until('schema.introspected');
  await quaestor.killWorkers();
  await quaestor.startWorkers();
  await expectWholeIndex(dataSourceId, watch);
  expect(quaestor.model.stats.embeddedInputs).toBe(ITEMS);
}, 120_000);

test('a client that loses its connection in the middle gets the rest, each event once', async () => {
  quaestor.model.script('embeddings', { kind: 'ok' }, { kind: 'hold' }, { kind: 'hold' });
  const { dataSourceId, watch } = await startIndexing();
  await watch.until('batch.embedded');
  watch.disconnect();
  await quaestor.model.waitUntil((stats) => stats.held === 2);
  quaestor.model.release();
  await expectWholeIndex(dataSourceId, watch);
  expect(watch.connections).toBeGreaterThan(1);
}, 120_000);
