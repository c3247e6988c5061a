import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { datasetFiles } from '../../../platform/dataset-files.js';
import { createUnfinishedUploads, type UploadFacts } from '../../../platform/unfinished-uploads.js';
import { waitUntil } from '../../support/wait-until.js';

const DAY_MS = 86_400_000;
const tenantId = randomUUID();

describe('uploads in pieces', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'quaestor-uploads-'));
  });
  afterEach(async () => await rm(root, { recursive: true, force: true }));

  const content = randomBytes(700_000);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const facts = (): UploadFacts => ({
    id: randomUUID(),
    userId: randomUUID(),
    fileName: 'a.csv',
    name: 'a',
    sizeBytes: content.length,
    expiresAt: new Date(Date.now() + DAY_MS).toISOString(),
  });
  const piece = (from: number, to = content.length): Readable => Readable.from([content.subarray(from, to)]);

  it('are put together byte by byte, with the hash of the whole, by one process or by two', async () => {
    for (const isOne of [true, false]) {
      const upload = facts();
      const first = createUnfinishedUploads(root);
      const second = isOne ? first : createUnfinishedUploads(root);
      await first.create(tenantId, upload);
      expect(await first.append(tenantId, upload.id, 0, piece(0, 300_000))).toBe(300_000);
      expect(await second.find(tenantId, upload.id)).toEqual({ ...upload, offsetBytes: 300_000 });
      expect(await second.append(tenantId, upload.id, 300_000, piece(300_000))).toBe(content.length);
      expect(await second.complete(tenantId, upload)).toBe(sha256);
      const kept = await readFile(datasetFiles.original(root, tenantId, upload.id));
      expect(kept.equals(content)).toBe(true);
      // A process that died after the move comes here again.
      expect(await createUnfinishedUploads(root).complete(tenantId, upload)).toBe(sha256);
      expect(await second.find(tenantId, upload.id)).toMatchObject({ offsetBytes: content.length });
    }
  });

  it('keep what came before a break', async () => {
    const uploads = createUnfinishedUploads(root);
    const upload = facts();
    await uploads.create(tenantId, upload);
    const broken = new PassThrough();
    const appending = uploads.append(tenantId, upload.id, 0, broken);
    appending.catch(() => undefined);
    broken.write(content.subarray(0, 200_000));
    const offsetBytes = await waitUntil('bytes are written', async () => {
      const found = await uploads.find(tenantId, upload.id);
      return found?.offsetBytes === 200_000 && found.offsetBytes;
    });
    broken.destroy(new Error('the line broke'));
    await expect(appending).rejects.toThrow('the line broke');
    await uploads.append(tenantId, upload.id, offsetBytes, piece(offsetBytes));
    expect(await uploads.complete(tenantId, upload)).toBe(sha256);
  });

  it('end a writer that waits when its client comes back', async () => {
    const uploads = createUnfinishedUploads(root);
    const upload = facts();
    await uploads.create(tenantId, upload);
    const waiting = uploads.append(tenantId, upload.id, 0, new PassThrough());
    waiting.catch(() => undefined);
    expect(await uploads.append(tenantId, upload.id, 0, piece(0))).toBe(content.length);
    await expect(waiting).rejects.toThrow();
    expect(await uploads.complete(tenantId, upload)).toBe(sha256);
  });

  it('refuse a gap, an overlap and more bytes than were announced', async () => {
    const uploads = createUnfinishedUploads(root);
    const upload = { ...facts(), sizeBytes: 1_000 };
    await uploads.create(tenantId, upload);
    await uploads.append(tenantId, upload.id, 0, piece(0, 500));
    for (const from of [0, 499, 501]) {
      await expect(uploads.append(tenantId, upload.id, from, piece(from, 1_000))).rejects.toMatchObject({
        code: 'upload_offset_mismatch',
        details: { offsetBytes: 500 },
      });
    }
    await expect(uploads.append(tenantId, upload.id, 500, piece(500, 2_000))).rejects.toMatchObject({
      code: 'dataset_too_large',
    });
  });

  it('belong to their tenant', async () => {
    const uploads = createUnfinishedUploads(root);
    const upload = facts();
    await uploads.create(tenantId, upload);
    expect(await uploads.find(randomUUID(), upload.id)).toBeUndefined();
    await expect(uploads.append(randomUUID(), upload.id, 0, piece(0))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('are swept when they have expired, and not before', async () => {
    const uploads = createUnfinishedUploads(root);
    const upload = facts();
    await uploads.create(tenantId, upload);
    expect(await uploads.sweep(Date.now())).toBe(0);
    expect(await uploads.sweep(Date.now() + 2 * DAY_MS)).toBe(1);
    expect(existsSync(join(root, tenantId, 'uploads', upload.id))).toBe(false);
  });
});
