import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sweepFiles } from '../../activities/datasets/sweep-files.js';
import { createApiClient } from '../../cli/api-client.js';
import { uploadFile } from '../../cli/upload-file.js';
import type { Dataset } from '../../contracts/dataset.js';
import { createFolderStore } from '../../platform/dataset-store/folder-store.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { startTestDeployment } from '../support/quaestor-process.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { createTestTenant } from '../support/tenants.js';
import { uploadAndRead } from '../support/upload-file.js';
import { waitUntil } from '../support/wait-until.js';

const MB = 1024 ** 2;
const ROWS = 200_000;
const CSV = Buffer.from(
  `id,text\n${Array.from({ length: ROWS }, (_, index) => `${index},"row ${index} of a file in pieces"`).join('\n')}\n`,
);
const SHA256 = createHash('sha256').update(CSV).digest('hex');

async function expectWhole(quaestor: Pick<TestQuaestor, 'fetch' | 'client'>, id: string, jobId: string) {
  expect((await collectEvents(quaestor.client, jobId)).at(-1)?.kind).toBe('job.succeeded');
  const dataset = (await (await quaestor.fetch(`/v1/datasets/${id}`)).json()) as Dataset;
  expect(dataset).toMatchObject({
    sha256: SHA256,
    sizeBytes: CSV.length,
    status: 'ready',
    version: { rowCount: ROWS },
  });
}

const TUS = { 'tus-resumable': '1.0.0' };
const PIECE = { ...TUS, 'content-type': 'application/offset+octet-stream' };

describe('an upload that can be resumed', () => {
  let quaestor: TestQuaestor;
  let files: string;
  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'quaestor-resumable-'));
    quaestor = await startTestQuaestor({
      QUAESTOR_FILES: files,
      QUAESTOR_RATE_LIMITS: 'true',
      QUAESTOR_LIMIT_PRO_UPLOADS: '7',
      QUAESTOR_LIMIT_PRO_UPLOAD_MB: '12',
    });
  }, 120_000);
  afterAll(async () => {
    await quaestor?.stop();
    await rm(files, { recursive: true, force: true });
  }, 60_000);

  const create = async (length: number | string, headers: Record<string, string> = {}): Promise<Response> =>
    await quaestor.fetch('/v1/uploads', {
      method: 'POST',
      headers: { ...TUS, 'upload-length': String(length), ...headers },
    });
  const begun = async (): Promise<string[]> =>
    await readdir(join(files, quaestor.tenant.tenantId, 'uploads')).catch(() => []);

  test('a broken connection: the command line goes on where it was, and the file is read', async () => {
    const proxy = await startTcpProxy({ target: quaestor.app.url });
    const path = join(files, 'pieces.csv');
    await writeFile(path, CSV);
    try {
      const client = createApiClient({ baseUrl: proxy.url, apiKey: quaestor.tenant.apiKey });
      const uploadId = await client.createUpload({ sizeBytes: CSV.length, filename: 'pieces.csv' });
      // Some of it is there, and the connection is lost.
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array(CSV.subarray(0, 3 * MB))),
      });
      const headers = { ...PIECE, 'upload-offset': '0', authorization: `Bearer ${quaestor.tenant.apiKey}` };
      const request = { method: 'PATCH', headers, body, duplex: 'half' };
      const sending = fetch(new URL(`/v1/uploads/${uploadId}`, proxy.url), request as RequestInit).then(
        () => 'answered',
        () => 'broken',
      );
      await waitUntil('some of it is there', async () => (await client.readUploadOffset(uploadId)) > 0);
      await proxy.cut();
      expect(await sending).toBe('broken');
      await proxy.restore();
      const offsetBytes = await client.readUploadOffset(uploadId);
      expect(offsetBytes).toBeGreaterThan(0);
      const { datasetId, jobId } = await uploadFile(client, { path, resume: uploadId });
      await expectWhole(quaestor, datasetId, jobId);
      expect(await begun()).toEqual([]);
    } finally {
      await proxy.close();
    }
  }, 120_000);

  test('what is refused starts nothing: size of the tier, version, metadata, kind of body, place, budget', async () => {
    const tooLarge = await create(13 * MB);
    expect(tooLarge.status).toBe(413);
    expect(tooLarge.headers.get('content-type')).toMatch('application/problem+json');
    expect(await tooLarge.json()).toMatchObject({ code: 'dataset_too_large' });
    expect((await create(10, { 'tus-resumable': '0.2.2' })).status).toBe(412);
    expect((await create('ten')).status).toBe(400);
    expect((await create(10, { 'upload-metadata': 'filename !!' })).status).toBe(400);
    expect(await begun()).toEqual([]);

    const made = await create(10, {
      'upload-metadata': `filename ${Buffer.from('a.csv').toString('base64')}`,
    });
    expect(made.status).toBe(201);
    expect(Date.parse(made.headers.get('upload-expires') ?? '')).toBeGreaterThan(Date.now());
    const path = made.headers.get('location') ?? '';
    const patch = (headers: Record<string, string>, body = 'a,b\n1,2\n3,'): Promise<Response> =>
      quaestor.fetch(path, { method: 'PATCH', headers, body });
    expect((await patch({ ...TUS, 'upload-offset': '0', 'content-type': 'text/csv' })).status).toBe(415);
    const gap = await patch({ ...PIECE, 'upload-offset': '5' });
    expect(gap.status).toBe(409);
    expect(await gap.json()).toMatchObject({ code: 'upload_offset_mismatch', details: { offsetBytes: 0 } });

    const other = await createTestTenant(quaestor.app.db);
    const stranger = createApiClient({ baseUrl: quaestor.app.url, apiKey: other.apiKey });
    await expect(stranger.readUploadOffset(path.split('/').at(-1) ?? '')).rejects.toMatchObject({
      problem: { status: 404 },
    });

    expect((await quaestor.fetch(path, { method: 'DELETE', headers: TUS })).status).toBe(204);
    expect((await quaestor.fetch(path, { method: 'HEAD', headers: TUS })).status).toBe(404);
    const limited = await waitUntil('the budget is used up', async () => {
      const reply = await create(10);
      return reply.status === 429 && reply;
    });
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await limited.json()).toMatchObject({ code: 'rate_limited' });
    const options = await fetch(`${quaestor.app.url}/v1/uploads`, { method: 'OPTIONS' });
    expect(options.headers.get('tus-version')).toBe('1.0.0');
  }, 120_000);
});

test('files that no row knows are swept when they are old; those of a dataset stay', async () => {
  const files = await mkdtemp(join(tmpdir(), 'quaestor-sweep-'));
  const quaestor = await startTestQuaestor({ QUAESTOR_FILES: files });
  try {
    const { id, version } = await uploadAndRead(quaestor, 'a.csv', 'a,b\n1,2\n');
    const ours = join(files, quaestor.tenant.tenantId);
    const orphans = [
      join(ours, randomUUID()),
      join(ours, id, randomUUID()),
      join(files, randomUUID(), randomUUID()),
      join(files, 'spill', 'session-dead'),
    ];
    for (const folder of orphans) await mkdir(folder, { recursive: true });
    const young = join(ours, randomUUID());
    await mkdir(young);
    const lastWeek = new Date(Date.now() - 7 * 86_400_000);
    for (const folder of [...orphans, join(ours, id), join(ours, id, version?.id ?? '')])
      await utimes(folder, lastWeek, lastWeek);
    const swept = await sweepFiles({ db: quaestor.app.db, files: createFolderStore(files) }, Date.now());
    expect(swept).toEqual({ uploads: 0, datasets: 2, versions: 1, unfinished: 0, copies: 0, spills: 1 });
    expect(orphans.filter((folder) => existsSync(folder))).toEqual([]);
    expect(existsSync(young)).toBe(true);
    expect(existsSync(join(ours, id, version?.id ?? '', 'data.parquet'))).toBe(true);
  } finally {
    await quaestor.stop();
    await rm(files, { recursive: true, force: true });
  }
}, 180_000);

test('the API killed in the middle of an upload: the command line goes on where it was', async () => {
  const deployment = await startTestDeployment();
  const folder = await mkdtemp(join(tmpdir(), 'quaestor-resume-'));
  try {
    const path = join(folder, 'pieces.csv');
    await writeFile(path, CSV);
    const id = await deployment.client.createUpload({ sizeBytes: CSV.length, filename: 'pieces.csv' });
    // After three megabytes the sender says nothing more, as if its line were slow.
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(CSV.subarray(0, 3 * MB))),
    });
    const request = { method: 'PATCH', headers: { ...PIECE, 'upload-offset': '0' }, body, duplex: 'half' };
    const sending = deployment.fetch(`/v1/uploads/${id}`, request as RequestInit).then(
      () => 'answered',
      () => 'broken',
    );
    await waitUntil('some of it is there', async () => (await deployment.client.readUploadOffset(id)) > 0);
    await deployment.killApi();
    expect(await sending).toBe('broken');
    await deployment.startApi();
    const offsetBytes = await deployment.client.readUploadOffset(id);
    expect(offsetBytes).toBeGreaterThan(0);
    const { datasetId, jobId } = await uploadFile(deployment.client, { path, resume: id });
    expect(datasetId).toBe(id);
    await expectWhole(deployment, id, jobId);
  } finally {
    await deployment.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 180_000);
