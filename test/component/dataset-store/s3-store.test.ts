import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfig, type S3StoreConfig } from '../../../platform/config.js';
import { createDatasetStore } from '../../../platform/dataset-store/create-dataset-store.js';
import type {
  DatasetRef,
  DatasetStore,
  RemoteFile,
  VersionRef,
} from '../../../platform/dataset-store/dataset-store.js';
import { createS3Store } from '../../../platform/dataset-store/s3/s3-store.js';
import { createStandardHealth } from '../../../platform/health.js';
import { createLogger } from '../../../platform/logger.js';
import { type S3Server, startS3Server } from '../../support/s3-server.js';
import { waitUntil } from '../../support/wait-until.js';

const MB = 1024 ** 2;
const DAY = 86_400_000;
const signal = new AbortController().signal;
let server: S3Server;
let root: string;
const credentials = { ...process.env };

beforeAll(async () => {
  server = await startS3Server();
  root = await mkdtemp(join(tmpdir(), 'quaestor-s3-store-'));
  // The SDK looks for credentials there.
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] = server.env[name];
});
afterAll(async () => {
  process.env = credentials;
  await server.close();
  await rm(root, { recursive: true, force: true });
});
beforeEach(() => {
  server.fault = () => undefined;
  server.requests = [];
});

const REQUIRED = {
  DATABASE_URL: 'postgres://127.0.0.1/x',
  QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32).toString('base64'),
};
const settings = (change: Partial<S3StoreConfig> = {}): S3StoreConfig => ({
  ...parseConfig({ ...REQUIRED, ...server.env }).datasets.s3!,
  ...change,
});
/** A store as another machine has it: with a folder of its own. */
const machine = (change: Partial<S3StoreConfig> = {}): DatasetStore =>
  createS3Store(join(root, randomUUID()), settings(change));
const newRef = () => ({ tenantId: randomUUID(), datasetId: randomUUID() });
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const factsOf = (bytes: Buffer) => ({ sizeBytes: bytes.length, sha256: sha256(bytes) });

async function keep(store: DatasetStore, bytes: Buffer, stop?: AbortSignal) {
  const ref = newRef();
  await writeFile(await store.draftOriginal(ref), bytes);
  await store.keepOriginal(ref, factsOf(bytes), stop);
  return ref;
}
async function keepVersion(
  store: DatasetStore,
  data: Buffer,
  ref: VersionRef = { ...newRef(), versionId: randomUUID() },
) {
  const folder = await store.draftVersion(ref);
  await writeFile(join(folder, 'data.parquet'), data);
  await writeFile(join(folder, 'rejects.parquet'), 'rejects');
  await writeFile(join(folder, 'version.json'), '{}');
  await store.keepVersion(ref);
  return ref;
}
const readVersion = (store: DatasetStore, ref: VersionRef): Promise<Buffer> =>
  store.withVersion(ref, signal, (folder) => readFile(join(folder, 'data.parquet')));
const hashOf = (store: DatasetStore, ref: DatasetRef): Promise<string> =>
  store.withOriginal(ref, signal, async (path) => sha256(await readFile(path)));
const listed = async (store: DatasetStore): Promise<RemoteFile[]> => {
  const found: RemoteFile[] = [];
  for await (const file of store.remote!.list()) found.push(file);
  return found;
};

describe('files in a bucket', () => {
  test('what one machine keeps another reads, byte for byte, under names made of ids', async () => {
    const bytes = randomBytes(20 * MB + 123);
    const [here, there] = [machine({ prefix: 'a/b/' }), machine({ prefix: 'a/b/' })];
    const ref = await keep(here, bytes);
    const version = await keepVersion(here, bytes.subarray(0, 1_000), { ...ref, versionId: randomUUID() });
    expect(await hashOf(there, ref)).toBe(sha256(bytes));
    expect(await there.hasVersion(version, signal)).toBe(true);
    expect(await readVersion(there, version)).toEqual(bytes.subarray(0, 1_000));
    const under = `a/b/${ref.tenantId}/${ref.datasetId}/`;
    expect((await server.keys()).filter((key) => key.startsWith(under))).toEqual(
      [
        'original',
        ...['data.parquet', 'rejects.parquet', 'version.json'].map((name) => `${version.versionId}/${name}`),
      ]
        .map((name) => under + name)
        .sort(),
    );
    await there.remove(ref);
    expect((await server.keys()).filter((key) => key.startsWith(under))).toEqual([]);
    expect(await machine({ prefix: 'a/b/' }).hasVersion(version, signal)).toBe(false);
  });

  test('a large file goes in parts of equal size', async () => {
    await keep(machine(), randomBytes(20 * MB + 123));
    const parts = server.requests
      .filter(({ query }) => query.has('partNumber'))
      .sort((a, b) => Number(a.query.get('partNumber')) - Number(b.query.get('partNumber')));
    expect(parts.map(({ sizeBytes }) => sizeBytes)).toEqual([8 * MB, 8 * MB, 4 * MB + 123]);
  });

  test('an empty file is a file', async () => {
    const ref = await keep(machine(), Buffer.alloc(0));
    expect(await machine().withOriginal(ref, signal, (path) => readFile(path))).toHaveLength(0);
  });

  test('what many want at the same time is fetched once, and not again while the copy is there', async () => {
    const ref = await keepVersion(machine(), randomBytes(2 * MB));
    const there = machine();
    server.requests = [];
    await Promise.all(Array.from({ length: 10 }, () => readVersion(there, ref)));
    await readVersion(there, ref);
    expect(server.requests.map(({ key }) => key.split('/').at(-1))).toEqual([
      'data.parquet',
      'rejects.parquet',
    ]);
  });

  test('one who stops waiting does not take the fetch away from the others; when all have gone it ends', async () => {
    const ref = await keepVersion(machine(), randomBytes(MB));
    const there = machine();
    const [one, other] = [new AbortController(), new AbortController()];
    const gone = there.hasVersion(ref, one.signal);
    const stays = there.hasVersion(ref, other.signal);
    one.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    expect(await stays).toBe(true);
  });

  test('a version that is written anew is what is read then', async () => {
    const [here, there] = [machine(), machine()];
    const ref = await keepVersion(here, Buffer.from('first'));
    await keepVersion(here, Buffer.from('second one'), ref);
    expect(String(await readVersion(here, ref))).toBe('second one');
    expect(String(await readVersion(there, ref))).toBe('second one');
  });

  test('names are made of ids only, and objects that are not ours are left alone', async () => {
    const store = machine();
    for (const hostile of ['../../etc', '..', 'a/b', '', `${randomUUID()}/..`, `${randomUUID()}\n`]) {
      const ref = { tenantId: randomUUID(), datasetId: hostile };
      await expect(store.keepOriginal(ref, factsOf(Buffer.from('x')))).rejects.toThrow(RangeError);
      await expect(store.withOriginal(ref, signal, async () => 0)).rejects.toThrow(RangeError);
    }
    const strange = machine({ prefix: 'strange/' });
    const ref = await keep(strange, Buffer.from('x'));
    // Seen without the prefix, the same object is somebody else's.
    expect((await listed(store)).some(({ datasetId }) => datasetId === ref.datasetId)).toBe(false);
    expect(await listed(strange)).toMatchObject([{ ...ref, versionId: null }]);
  });
});

describe('a store that fails', () => {
  test('answers of 500 and 503 and cut connections are borne while they are few', async () => {
    const bytes = randomBytes(20 * MB);
    const faults = [
      { status: 503, code: 'SlowDown' },
      'cut',
      { status: 500, code: 'InternalError' },
    ] as const;
    let met = 0;
    // The first sending of each part meets another one.
    server.fault = ({ query }) =>
      query.has('partNumber') && met < faults.length ? faults[met++] : undefined;
    const ref = await keep(machine(), bytes);
    expect(met).toBe(3);
    server.fault = () => undefined;
    expect(await hashOf(machine(), ref)).toBe(sha256(bytes));
  });

  test.each([
    ['says 503', { status: 503, code: 'SlowDown' }, 'dataset_store_unavailable'],
    ['breaks every connection', 'cut', 'dataset_store_unavailable'],
    ['denies access', { status: 403, code: 'AccessDenied' }, 'dataset_store_refused'],
  ] as const)(
    'one that %s fails with its own code, and nothing is left of the upload',
    async (_what, fault, code) => {
      const before = (await server.keys()).length;
      server.fault = ({ query }) => (query.has('partNumber') ? fault : undefined);
      await expect(keep(machine(), randomBytes(20 * MB))).rejects.toMatchObject({ code });
      expect(await server.keys()).toHaveLength(before);
      expect(await server.unfinished()).toEqual([]);
      server.fault = () => fault;
      await expect(machine().withOriginal(newRef(), signal, async () => 0)).rejects.toMatchObject({ code });
    },
  );

  test('a wrong key, a missing bucket and a missing object are told apart', async () => {
    process.env['AWS_ACCESS_KEY_ID'] = 'wrong';
    await expect(keep(machine(), Buffer.from('x'))).rejects.toMatchObject({
      code: 'dataset_store_refused',
      message: expect.stringContaining('InvalidAccessKeyId'),
    });
    process.env['AWS_ACCESS_KEY_ID'] = server.env['AWS_ACCESS_KEY_ID'];
    await expect(keep(machine({ bucket: 'nowhere' }), Buffer.from('x'))).rejects.toMatchObject({
      code: 'dataset_store_refused',
      message: expect.stringContaining('NoSuchBucket'),
    });
    await expect(machine().withOriginal(newRef(), signal, async () => 0)).rejects.toMatchObject({
      code: 'dataset_unreadable',
    });
  });

  test('a connection that breaks in the middle of a file leaves no part of it, and the next attempt has it whole', async () => {
    const bytes = randomBytes(8 * MB);
    const ref = await keep(machine(), bytes);
    const there = machine();
    server.fault = ({ method }) => (method === 'GET' ? 'cut-answer' : undefined);
    await expect(there.withOriginal(ref, signal, async () => 0)).rejects.toMatchObject({
      code: 'dataset_store_unavailable',
    });
    expect(await readdir(join(there.folder, ref.tenantId, ref.datasetId))).toEqual([]);
    server.fault = () => undefined;
    expect(await hashOf(there, ref)).toBe(sha256(bytes));
  });

  test('an object that is not what was kept is not used', async () => {
    const ref = await keep(machine(), Buffer.from('a,b\n1,2\n'));
    await writeFile(server.pathOf(`${ref.tenantId}/${ref.datasetId}/original`), 'a,b\n1,3\n');
    await expect(machine().withOriginal(ref, signal, async () => 0)).rejects.toMatchObject({
      code: 'dataset_file_damaged',
    });
  });

  test('an upload that is cancelled ends with the reason, and the store forgets its parts', async () => {
    const stop = new AbortController();
    const before = (await server.keys()).length;
    server.onAnswered = ({ query }) => {
      if (query.get('partNumber') === '2') stop.abort(new Error('cancelled'));
    };
    try {
      await expect(keep(machine(), randomBytes(60 * MB), stop.signal)).rejects.toThrow('cancelled');
    } finally {
      server.onAnswered = () => undefined;
    }
    await waitUntil('nothing is unfinished', async () => (await server.unfinished()).length === 0);
    expect(await server.keys()).toHaveLength(before);
  });

  test('start and health say what is wrong with the bucket, and the process lives', async () => {
    const lines: string[] = [];
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const logger = createLogger({ level: 'info', name: 'test', destination });
    const store = await createDatasetStore(
      { folder: join(root, 'start'), memoryLimitBytes: 0, s3: settings({ bucket: 'nowhere' }) },
      logger,
    );
    expect(lines.join('')).toContain('QUAESTOR_STORE_S3_BUCKET');
    const healthOf = (files: DatasetStore) =>
      createStandardHealth({
        db: { ping: async () => undefined },
        engine: { isReachable: async () => true },
        bus: { kind: 'memory', isDegraded: () => false },
        files,
        model: parseConfig(REQUIRED).model,
      }).check();
    expect(await healthOf(store)).toMatchObject({
      status: 'degraded',
      ready: true,
      parts: { files: { status: 'down', detail: expect.stringContaining('NoSuchBucket') } },
    });
    expect(await healthOf(machine())).toMatchObject({ status: 'ok', parts: { files: { status: 'ok' } } });
  });
});

describe('room on this machine', () => {
  test('copies that were not used for longest go; one that is held, and a file that is kept nowhere else, stay', async () => {
    const here = machine({ cacheBytes: 2 * MB + 100 });
    const refs = [];
    for (let n = 0; n < 5; n++) refs.push(await keepVersion(here, randomBytes(MB)));
    const draft = join(await here.draftVersion({ ...newRef(), versionId: randomUUID() }), 'data.parquet');
    await writeFile(draft, randomBytes(MB));
    const isHere = refs.map((ref) => join(here.versionFolder(ref), 'data.parquet'));
    expect(await here.remote?.trimCopies()).toBe(0);
    for (const [age, ref] of [...refs].reverse().entries()) {
      const then = new Date(Date.now() - (age + 1) * DAY);
      await utimes(join(here.versionFolder(ref), 'files.kept'), then, then);
    }
    await here.withVersion(refs[0]!, signal, async () => {
      expect(await here.remote?.trimCopies()).toBe(3);
    });
    expect(isHere.map((path) => existsSync(path))).toEqual([true, false, false, false, true]);
    expect(existsSync(draft)).toBe(true);
    // As if a process had died while it made room.
    const last = here.versionFolder(refs[4]!);
    await rename(join(last, 'files.kept'), join(last, 'files.kept.leaving'));
    await here.remote?.trimCopies();
    expect(await readdir(last)).toEqual(['version.json']);
    server.requests = [];
    await readVersion(here, refs[1]!);
    expect(server.requests).not.toEqual([]);
  });

  test('what was begun and never finished is ended when it is old', async () => {
    const store = machine();
    server.fault = ({ method, query }) =>
      query.has('partNumber') || method === 'DELETE' ? { status: 500, code: 'InternalError' } : undefined;
    await expect(keep(store, randomBytes(20 * MB))).rejects.toMatchObject({
      code: 'dataset_store_unavailable',
    });
    server.fault = () => undefined;
    expect(await server.unfinished()).toHaveLength(1);
    expect(await store.remote?.removeUnfinished(Date.now() - DAY)).toBe(0);
    await server.age(2 * DAY);
    expect(await store.remote?.removeUnfinished(Date.now() - DAY)).toBe(1);
    expect(await server.unfinished()).toEqual([]);
    // A store that cannot list them is no fault.
    server.fault = ({ query }) =>
      query.has('uploads') ? { status: 501, code: 'NotImplemented' } : undefined;
    expect(await store.remote?.removeUnfinished(Date.now())).toBe(0);
  });

  test('a file of 200 MB goes and comes in a fraction of the memory', async () => {
    const bytes = Buffer.alloc(200 * MB, randomBytes(1_000));
    const ref = newRef();
    const here = machine();
    await writeFile(await here.draftOriginal(ref), bytes);
    const script = fileURLToPath(new URL('./support/keep-large-file.ts', import.meta.url));
    const facts = factsOf(bytes);
    const args = [
      here.folder,
      join(root, randomUUID()),
      ref.tenantId,
      ref.datasetId,
      String(facts.sizeBytes),
      facts.sha256,
    ];
    const env = { PATH: process.env['PATH'], ...REQUIRED, ...server.env };
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, ...args], {
      env,
    });
    const { before, peak } = JSON.parse(stdout) as { before: number; peak: number };
    expect(peak - before).toBeLessThan(140 * MB);
  });
});
