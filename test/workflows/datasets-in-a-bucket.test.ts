import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sweepFiles } from '../../activities/datasets/sweep-files.js';
import { uploadFile as uploadInPieces } from '../../cli/upload-file.js';
import type { CleaningStep } from '../../contracts/cleaning.js';
import type { Dataset } from '../../contracts/dataset.js';
import { parseConfig } from '../../platform/config.js';
import { createS3Store } from '../../platform/dataset-store/s3/s3-store.js';
import { askDatasets } from '../support/ask-datasets.js';
import { watchJob } from '../support/job-watch.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { startTestDeployment } from '../support/quaestor-process.js';
import { type S3Server, startS3Server } from '../support/s3-server.js';
import { sqlReply } from '../support/shop.js';
import { type AcceptedUpload, uploadAndRead, uploadFile } from '../support/upload-file.js';
import { waitUntil } from '../support/wait-until.js';

const ROWS = 50_000;
const CSV = `region,amount\n${Array.from({ length: ROWS }, (_, i) => ` r${i % 3} ,${i}`).join('\n')}\n`;
const STEPS: CleaningStep[] = [{ kind: 'trim', columns: ['region'], collapse: true }];
const RECIPE = { recipe: { format: 'quaestor-cleaning-recipe', version: 1, steps: STEPS } };
const DAY = 86_400_000;

type Target = Pick<TestQuaestor, 'fetch' | 'client'>;
let model: ModelServer;
let server: S3Server;
let root: string;
const environment = { ...process.env };

beforeAll(async () => {
  model = await startModelServer();
  root = await mkdtemp(join(tmpdir(), 'quaestor-bucket-'));
}, 60_000);
afterAll(async () => {
  process.env = environment;
  await model?.close();
  await rm(root, { recursive: true, force: true });
});

// One after the other: the embedded store takes one Quaestor at a time.
let running: { stop(): Promise<void> } | undefined;
beforeEach(async () => {
  server = await startS3Server();
  // A Quaestor in this process looks for credentials here, one of its own is given them.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = server.env[name];
  model.setReply(() => sqlReply('SELECT count(*) AS n FROM sales'));
});
afterEach(async () => {
  await running?.stop();
  running = undefined;
  await server.close();
}, 60_000);

const newFolder = (): string => join(root, randomUUID());
const readDataset = async (target: Target, id: string): Promise<Dataset> =>
  (await (await target.fetch(`/v1/datasets/${id}`)).json()) as Dataset;

async function clean(target: Target, id: string): Promise<string> {
  const reply = await target.fetch(`/v1/datasets/${id}/clean`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(RECIPE),
  });
  expect(reply.status).toBe(202);
  return ((await reply.json()) as { jobId: string }).jobId;
}

async function expectAsked(target: Target, id: string, rows = ROWS): Promise<void> {
  const question = await askDatasets(target, { datasetIds: [id] }, `How many rows? ${randomUUID()}`);
  expect(question).toMatchObject({ status: 'answered' });
  expect((await target.client.readRows(question.id)).rows).toEqual([[String(rows)]]);
}

const expectProfiled = async (target: Target, id: string): Promise<void> => {
  await waitUntil('it is profiled', async () => {
    const reply = await target.fetch(`/v1/datasets/${id}/profile`);
    return ((await reply.json()) as { status?: string }).status === 'succeeded';
  });
};

/** Objects of a version that is on. */
const objectsOf = (tenantId: string, { id, version }: Dataset): string[] =>
  ['data.parquet', 'rejects.parquet', 'version.json'].map(
    (name) => `${tenantId}/${id}/${version?.id}/${name}`,
  );

async function sweep(quaestor: Pick<TestQuaestor, 'app'>, now: number) {
  const { s3 } = parseConfig({
    DATABASE_URL: 'postgres://127.0.0.1/x',
    QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    ...server.env,
  }).datasets;
  return await sweepFiles({ db: quaestor.app.db, files: createS3Store(newFolder(), s3!) }, now);
}

test('upload, reading, profile, question, cleaning and deletion work on a bucket, though no machine keeps its folder', async () => {
  const files = newFolder();
  const quaestor = await startTestQuaestor({
    ...server.env,
    QUAESTOR_FILES: files,
    OPENAI_BASE_URL: model.baseUrl,
  });
  running = quaestor;
  const { tenantId } = quaestor.tenant;
  const forget = () => rm(join(files, tenantId), { recursive: true, force: true });

  const first = await uploadAndRead(quaestor, 'sales.csv', CSV);
  expect(first).toMatchObject({ status: 'ready', version: { rowCount: ROWS } });
  const original = `${tenantId}/${first.id}/original`;
  expect(await server.keys()).toEqual([...objectsOf(tenantId, first), original].sort());
  await expectProfiled(quaestor, first.id);
  await forget();
  await expectAsked(quaestor, first.id);
  await forget();
  const events = await collectEvents(quaestor.client, await clean(quaestor, first.id));
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  const second = await readDataset(quaestor, first.id);
  expect(second.version).toMatchObject({ number: 2, rowCount: ROWS });
  await forget();
  await expectAsked(quaestor, first.id);
  expect(await server.keys()).toEqual(
    [...objectsOf(tenantId, first), ...objectsOf(tenantId, second), original].sort(),
  );
  // Nothing of it is an orphan, however old.
  expect(await sweep(quaestor, Date.now() + 10 * DAY)).toMatchObject({ datasets: 0, versions: 0 });

  expect((await quaestor.fetch(`/v1/datasets/${first.id}`, { method: 'DELETE' })).status).toBe(204);
  expect(await server.keys()).toEqual([]);
  expect(existsSync(join(files, tenantId, first.id))).toBe(false);
}, 180_000);

test('an upload in pieces ends in the bucket, also when the bucket was away at its last byte: the command line goes on', async () => {
  const files = newFolder();
  const quaestor = await startTestQuaestor({ ...server.env, QUAESTOR_FILES: files });
  running = quaestor;
  const path = join(root, 'pieces.csv');
  await writeFile(path, CSV);
  const id = await quaestor.client.createUpload({ sizeBytes: CSV.length, filename: 'pieces.csv' });
  let refused = 0;
  // As often as one request is tried: the API has to say no.
  server.fault = ({ key, method }) =>
    method === 'PUT' && key.endsWith('original') && refused++ < 3
      ? { status: 503, code: 'SlowDown' }
      : undefined;
  let offsets: number[] = [];
  const { datasetId, jobId } = await uploadInPieces(quaestor.client, {
    path,
    resume: id,
    onBroken: (offsetBytes) => {
      offsets = [...offsets, offsetBytes];
    },
  });
  expect(offsets).toEqual([CSV.length]);
  expect(datasetId).toBe(id);
  expect((await collectEvents(quaestor.client, jobId)).at(-1)?.kind).toBe('job.succeeded');
  expect(await readDataset(quaestor, datasetId)).toMatchObject({
    status: 'ready',
    version: { rowCount: ROWS },
  });
  expect(await readdir(join(files, quaestor.tenant.tenantId, 'uploads'))).toEqual([]);
}, 180_000);

test('a form whose file the bucket does not take is refused with the reason, and nothing is left of it', async () => {
  const files = newFolder();
  const quaestor = await startTestQuaestor({ ...server.env, QUAESTOR_FILES: files });
  running = quaestor;
  for (const [fault, status, code] of [
    [{ status: 503, code: 'SlowDown' }, 503, 'dataset_store_unavailable'],
    [{ status: 403, code: 'AccessDenied' }, 502, 'dataset_store_refused'],
  ] as const) {
    server.fault = () => fault;
    const reply = await uploadFile(quaestor, 'a.csv', 'a,b\n1,2\n');
    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ code });
  }
  server.fault = () => undefined;
  expect(((await (await quaestor.fetch('/v1/datasets')).json()) as { datasets: [] }).datasets).toEqual([]);
  expect(await readdir(join(files, quaestor.tenant.tenantId))).toEqual([]);
  expect(await uploadAndRead(quaestor, 'a.csv', 'a,b\n1,2\n')).toMatchObject({ status: 'ready' });
}, 180_000);

test('while the bucket says 503 the reading of a file waits, and ends well when it is back', async () => {
  const quaestor = await startTestQuaestor({ ...server.env, QUAESTOR_FILES: newFolder() });
  running = quaestor;
  let refused = 0;
  // More often than the client asks by itself.
  server.fault = ({ key, method }) =>
    method === 'PUT' && key.endsWith('data.parquet') && refused++ < 7
      ? { status: 503, code: 'SlowDown' }
      : undefined;
  const dataset = await uploadAndRead(quaestor, 'sales.csv', CSV);
  expect(refused).toBeGreaterThan(7);
  // The file was read once.
  expect(server.requests.filter(({ key }) => key.endsWith('rejects.parquet'))).toHaveLength(1);
  expect(dataset).toMatchObject({ status: 'ready', version: { number: 1, rowCount: ROWS } });
}, 180_000);

test('a reading that the bucket refuses fails with the way out', async () => {
  const quaestor = await startTestQuaestor({ ...server.env, QUAESTOR_FILES: newFolder() });
  running = quaestor;
  server.fault = ({ key, method }) =>
    method === 'PUT' && key.endsWith('.parquet') ? { status: 403, code: 'AccessDenied' } : undefined;
  expect(await uploadAndRead(quaestor, 'sales.csv', CSV)).toMatchObject({
    status: 'failed',
    error: { code: 'dataset_store_refused', wayOut: expect.stringContaining('credentials') },
  });
}, 180_000);

test('API and workers that share no folder work on the same dataset', async () => {
  const [api, workers] = [newFolder(), newFolder()];
  const deployment = await startTestDeployment(
    { ...server.env, QUAESTOR_FILES: api, OPENAI_BASE_URL: model.baseUrl },
    { QUAESTOR_FILES: workers },
  );
  running = deployment;
  const dataset = await uploadAndRead(deployment, 'sales.csv', CSV);
  expect(dataset).toMatchObject({ status: 'ready', version: { rowCount: ROWS } });
  await expectAsked(deployment, dataset.id);
  const gets = () => server.requests.filter(({ method, key }) => method === 'GET' && key !== '').length;
  // On the embedded store there is one process, which has what it was sent.
  expect(gets()).toBe(deployment.isOneProcess ? 0 : 1);
  // Another machine takes the place of the workers.
  await deployment.killWorkers();
  for (const folder of [api, workers]) await rm(folder, { recursive: true, force: true });
  await deployment.startWorkers();
  await expectAsked(deployment, dataset.id);
  const events = await collectEvents(deployment.client, await clean(deployment, dataset.id));
  expect(events.at(-1)?.kind).toBe('job.succeeded');
}, 240_000);

test.each(['ingestion', 'cleaning'] as const)(
  'a worker killed between the last object of a version and its record (%s): it is done anew, once, and nothing is an orphan',
  async (what) => {
    const deployment = await startTestDeployment({
      ...server.env,
      QUAESTOR_FILES: newFolder(),
      QUAESTOR_QUEUE_DATASETS_HEARTBEAT_MS: '3000',
    });
    running = deployment;
    const before = what === 'cleaning' ? await uploadAndRead(deployment, 'sales.csv', CSV) : undefined;
    let killed: Promise<void> | undefined;
    const kept = new Promise<void>((resolve) => {
      server.fault = ({ key, method }) =>
        !killed && method === 'PUT' && key.endsWith('version.json') ? 'no-answer' : undefined;
      server.onAnswered = ({ key, method }) => {
        if (!killed && method === 'PUT' && key.endsWith('version.json'))
          killed = deployment.killWorkers().then(resolve);
      };
    });
    const target = before
      ? { id: before.id, jobId: await clean(deployment, before.id) }
      : await uploadFile(deployment, 'sales.csv', CSV).then(async (reply) => {
          const { dataset, jobId } = (await reply.json()) as AcceptedUpload;
          return { id: dataset.id, jobId };
        });
    await kept;
    await deployment.startWorkers();
    const events = await watchJob(deployment.client, target.jobId).done;
    expect(events.at(-1)?.kind).toBe('job.succeeded');
    expect(events.filter(({ kind }) => /^dataset\.(?:read|cleaned)$/.test(kind))).toHaveLength(1);
    const after = await readDataset(deployment, target.id);
    expect(after).toMatchObject({ status: 'ready', version: { number: before ? 2 : 1, rowCount: ROWS } });
    const { tenantId } = deployment.tenant;
    expect(await server.keys()).toEqual(
      [
        `${tenantId}/${after.id}/original`,
        ...objectsOf(tenantId, after),
        ...(before ? objectsOf(tenantId, before) : []),
      ].sort(),
    );
  },
  240_000,
);

test('objects without a row are swept when they are old; what is young, of a row, or of nobody here stays', async () => {
  const quaestor = await startTestQuaestor({ ...server.env, QUAESTOR_FILES: newFolder() });
  running = quaestor;
  const { tenantId } = quaestor.tenant;
  const dataset = await uploadAndRead(quaestor, 'sales.csv', 'a,b\n1,2\n');
  const known = await server.keys();
  const { s3 } = parseConfig({
    DATABASE_URL: 'postgres://127.0.0.1/x',
    QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
    ...server.env,
  }).datasets;
  const elsewhere = createS3Store(newFolder(), s3!);
  const keep = async (ref: { tenantId: string; datasetId: string }) => {
    await writeFile(await elsewhere.draftOriginal(ref), 'x');
    await elsewhere.keepOriginal(ref, { sizeBytes: 1, sha256: '' });
  };
  await keep({ tenantId, datasetId: randomUUID() });
  const version = { tenantId, datasetId: dataset.id, versionId: randomUUID() };
  const folder = await elsewhere.draftVersion(version);
  for (const name of ['data.parquet', 'rejects.parquet']) await writeFile(join(folder, name), 'x');
  await elsewhere.keepVersion(version);
  const foreign = { tenantId: randomUUID(), datasetId: randomUUID() };
  await keep(foreign);

  const all = await server.keys();
  expect(await sweep(quaestor, Date.now())).toMatchObject({ datasets: 0, versions: 0 });
  expect(await server.keys()).toEqual(all);
  expect(await sweep(quaestor, Date.now() + 2 * DAY)).toMatchObject({ datasets: 1, versions: 1 });
  expect(await server.keys()).toEqual([...known, `${foreign.tenantId}/${foreign.datasetId}/original`].sort());
}, 180_000);
