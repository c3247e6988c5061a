import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type IndexingScene, startIndexingScene } from '../../support/indexing.js';
import type { RecordedRequest } from '../../support/model-server/types.js';

let scene: IndexingScene;

beforeAll(async () => {
  scene = await startIndexingScene();
}, 120_000);

afterAll(() => scene?.stop(), 60_000);

beforeEach(() => scene.model.reset());

/** Tables of 50 columns, no two of one family: 51 items each. */
const tablesSql = (count: number): string => `
  DO $$ BEGIN
    FOR t IN 1..${count} LOOP
      EXECUTE format('CREATE TABLE station_%s (%s)', translate(t::text, '0123456789', 'abcdefghij'),
        (SELECT string_agg(format('reading_%s int', c), ', ') FROM generate_series(1, 50) c));
    END LOOP;
  END $$`;

async function addTables(count: number) {
  const source = await scene.newSource(tablesSql(count));
  return { source, id: await scene.add(source.url) };
}

const inputsOf = (request: RecordedRequest): string[] => (request.body as { input: string[] }).input;

/** How often each text was sent in a request that was answered, and so paid for. */
const timesPaid = (): number[] => {
  const times = new Map<string, number>();
  for (const request of scene.model.requests.filter(({ status }) => status === 200))
    for (const text of inputsOf(request)) times.set(text, (times.get(text) ?? 0) + 1);
  return [...times.values()];
};

/** The length of the active version's vectors, and how many of its items have none of that length. */
async function vectorsOf(dataSourceId: string): Promise<{ dimensions: number; missing: number }> {
  const { tenantId } = scene.quaestor.tenant;
  return await scene.quaestor.app.db.withTenant(tenantId, async (tx) => {
    const [version] = await tx.query<{ id: string; dimensions: number }>(
      `SELECT v.id, v.dimensions FROM data_sources d JOIN registry_versions v ON v.id = d.active_version_id WHERE d.id = $1`,
      [dataSourceId],
    );
    const [counted] = await tx.query<{ missing: number }>(
      `SELECT count(*)::int AS missing FROM registry_items WHERE version_id = $1 AND content_hash NOT IN (
         SELECT content_hash FROM embeddings WHERE data_source_id = $2 AND vector_dims(vector) = $3)`,
      [version!.id, dataSourceId, version!.dimensions],
    );
    return { dimensions: version!.dimensions, missing: counted!.missing };
  });
}

test('one item that the endpoint refuses is found, told by name, and left out; all others are embedded, each once', async () => {
  const { source, id } = await addTables(8);
  await source.execute(
    `COMMENT ON COLUMN station_c.reading_7 IS 'poison'; COMMENT ON TABLE station_f IS 'poison'`,
  );
  scene.model.always('embeddings', (request) =>
    inputsOf(request).some((text) => text.includes('poison'))
      ? { kind: 'error', status: 400, message: 'This input is not allowed.' }
      : undefined,
  );
  const { job, events } = await scene.index(id);
  expect(job).toMatchObject({ status: 'succeeded', progress: { done: 408, total: 408 } });
  const told = events.find(({ kind }) => kind === 'items.refused');
  expect(told?.data).toMatchObject({ count: 2 });
  const { items } = told!.data as { items: { name: string; reason: string }[] };
  expect(items.map(({ name }) => name).sort()).toEqual(['public.station_c.reading_7', 'public.station_f']);
  expect(items[0]?.reason).toBe('This input is not allowed.');
  expect(events.find(({ kind }) => kind === 'batch.embedded')?.data).toMatchObject({
    items: 406,
    refused: 2,
  });
  expect(timesPaid()).toHaveLength(406);
  expect(timesPaid().every((times) => times === 1)).toBe(true);
  // Two searches by halving through 408 items, at most.
  expect(scene.model.stats.requests).toBeLessThanOrEqual(2 * 2 * 9 + 1);
  expect((await scene.read(id))?.refusedItems).toEqual({
    count: 2,
    names: ['public.station_c.reading_7', 'public.station_f'],
  });

  const sent = scene.model.stats.requests;
  const again = await scene.index(id);
  expect(again.events.find(({ kind }) => kind === 'embedding.planned')?.data).toMatchObject({ items: 0 });
  expect(scene.model.stats.requests).toBe(sent);
  expect((await scene.read(id))?.refusedItems?.count).toBe(2);
}, 120_000);

test('an endpoint that refuses everything fails the job with its words, soon, and no item is blamed', async () => {
  const { id } = await addTables(8);
  scene.model.always('embeddings', { kind: 'error', status: 400, message: 'Unknown parameter: dimensions.' });
  const { job, events } = await scene.index(id);
  expect(job).toMatchObject({ status: 'failed', error: { code: 'model_rejected_request' } });
  expect(job.error?.message).toContain('Unknown parameter: dimensions.');
  expect(events.some(({ kind }) => kind === 'items.refused')).toBe(false);
  expect(scene.model.stats.requests).toBeLessThanOrEqual(12);
}, 60_000);

test('with a fifth of the requests told to wait and a twentieth broken, the index is complete and nothing is paid for twice', async () => {
  const { id } = await addTables(240);
  // Six requests if all went well; the first two of each kind of fault for certain, the rest by chance.
  scene.model.script('embeddings', { kind: 'rate-limit', retryAfterMs: 50 }, { kind: 'error', status: 500 });
  scene.model.faults({
    endpoint: 'embeddings',
    probability: 0.25,
    behaviours: [
      ...Array.from({ length: 4 }, () => ({ kind: 'rate-limit' as const, retryAfterMs: 50 })),
      { kind: 'error', status: 500 },
    ],
  });
  const { job } = await scene.index(id);
  expect(job).toMatchObject({ status: 'succeeded', progress: { done: 240 * 51, total: 240 * 51 } });
  expect(timesPaid()).toHaveLength(240 * 51);
  expect(timesPaid().every((times) => times === 1)).toBe(true);
  expect(await vectorsOf(id)).toEqual({ dimensions: 512, missing: 0 });
}, 180_000);

test('an endpoint that changes the length of its vectors between two batches: all of the version have one length in the end', async () => {
  const { id } = await addTables(90);
  scene.model.script('embeddings', { kind: 'ok' });
  scene.model.always('embeddings', { kind: 'wrong-dimensions', dimensions: 256 });
  const { job } = await scene.index(id);
  expect(job.status).toBe('succeeded');
  expect(await vectorsOf(id)).toEqual({ dimensions: 256, missing: 0 });
}, 120_000);

test('an endpoint that has changed the length since the last indexing: a version of the new length is built beside the old one', async () => {
  const { source, id } = await addTables(4);
  await scene.index(id);
  expect(await vectorsOf(id)).toEqual({ dimensions: 512, missing: 0 });
  await source.execute('ALTER TABLE station_b ADD COLUMN reading_new int');
  scene.model.reset();
  scene.model.always('embeddings', { kind: 'wrong-dimensions', dimensions: 256 });
  const { job } = await scene.index(id);
  expect(job.status).toBe('succeeded');
  expect(await vectorsOf(id)).toEqual({ dimensions: 256, missing: 0 });
  // The new column first, which shows the new length; then the others, and it not again.
  expect(scene.model.stats).toMatchObject({ requests: 2, embeddedInputs: 4 * 51 + 1 });
}, 60_000);

test('an endpoint that goes on changing the length fails the job; the old version stays', async () => {
  const { source, id } = await addTables(4);
  await scene.index(id);
  await source.execute('ALTER TABLE station_b ADD COLUMN reading_new int');
  const lengths = [256, 128, 64, 32, 16];
  scene.model.script(
    'embeddings',
    ...lengths.map((dimensions) => ({ kind: 'wrong-dimensions' as const, dimensions })),
  );
  const { job } = await scene.index(id);
  expect(job).toMatchObject({ status: 'failed', error: { code: 'model_dimensions_changed' } });
  expect(await vectorsOf(id)).toEqual({ dimensions: 512, missing: 0 });
  expect((await scene.read(id))?.status).toBe('ready');
}, 60_000);
