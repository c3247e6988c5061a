import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Dataset } from '../../contracts/dataset.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { type AcceptedUpload, uploadAndRead, uploadFile } from '../support/upload-file.js';
import { workbookOf } from '../support/zip-file.js';

const MB = 1024 ** 2;
const GOOD = 'a,b\n1,x\n2,y\n';

async function expectAlive(quaestor: TestQuaestor): Promise<void> {
  expect((await quaestor.fetch('/health/ready')).status).toBe(200);
  expect(await uploadAndRead(quaestor, 'good.csv', GOOD)).toMatchObject({
    status: 'ready',
    version: { rowCount: 2 },
  });
}

describe('hostile files end in a clear problem, and the server reads the next one', () => {
  let quaestor: TestQuaestor;
  beforeAll(async () => {
    quaestor = await startTestQuaestor();
  }, 120_000);
  afterAll(async () => await quaestor?.stop(), 60_000);

  test.each<[string, string, () => Buffer, string[]]>([
    ['one line of 200 MB', 'line.csv', () => Buffer.alloc(200 * MB, 'a'), ['dataset_record_too_long']],
    [
      'one line of 200 MB with cells',
      'cells.csv',
      () => Buffer.alloc(200 * MB, 'abcdefg,'),
      ['dataset_record_too_long', 'dataset_too_many_columns'],
    ],
    [
      'one quoted cell of 20 MB',
      'quoted.csv',
      () => Buffer.concat([Buffer.from('a,b\n1,"'), Buffer.alloc(20 * MB, 'x'), Buffer.from('"\n')]),
      ['dataset_record_too_long'],
    ],
    [
      '5,000 columns',
      'wide.csv',
      () => Buffer.from(`${'c,'.repeat(4_999)}c\n${'1,'.repeat(4_999)}1\n`.repeat(3)),
      ['dataset_too_many_columns'],
    ],
    ['an empty file', 'empty.csv', () => Buffer.alloc(0), ['dataset_empty']],
    ['blank lines only', 'blank.csv', () => Buffer.from('\n\r\n  \n'), ['dataset_empty']],
    [
      'a gzip bomb',
      'bomb.csv.gz',
      () => gzipSync(Buffer.alloc(300 * MB, '1,2\n')),
      ['dataset_unpacks_too_large'],
    ],
    ['a zstd bomb', 'bomb.csv.zst', () => zstdBomb(300 * MB), ['dataset_unpacks_too_large']],
    [
      'a workbook bomb',
      'bomb.xlsx',
      () => workbookOf(`<row><c t="str"><v>${'a'.repeat(100 * MB)}</v></c></row>`),
      ['dataset_unpacks_too_large'],
    ],
    [
      'random bytes',
      'random.csv',
      () =>
        Buffer.from(
          Array.from({ length: 300_000 }, (_, index) => (Math.imul(index, 2_654_435_761) >>> 13) & 255),
        ),
      ['dataset_unreadable'],
    ],
    [
      'a program called a CSV',
      'program.csv',
      () => readFileSync(process.execPath).subarray(0, 300_000),
      ['dataset_unreadable'],
    ],
    [
      'a PDF called a CSV',
      'paper.csv',
      () => Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n'),
      ['dataset_unreadable'],
    ],
    [
      'an old workbook',
      'old.xls',
      () => Buffer.from('d0cf11e0a1b11ae1000000000000', 'hex'),
      ['dataset_unreadable'],
    ],
  ])(
    '%s',
    async (_what, name, content, codes) => {
      const dataset = await uploadAndRead(quaestor, name, content(), 'text/csv');
      expect(dataset.status).toBe('failed');
      expect(codes).toContain(dataset.error?.code);
      await expectAlive(quaestor);
    },
    240_000,
  );

  test('an upload that is broken off leaves nothing behind', async () => {
    const before = await listIds(quaestor);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(
          new TextEncoder().encode(
            '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\na,b\n',
          ),
        );
        controller.close();
      },
    });
    const reply = await quaestor.fetch('/v1/datasets', {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      duplex: 'half',
    } as RequestInit);
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ code: 'invalid_request' });
    expect(await listIds(quaestor)).toEqual(before);
  }, 60_000);
});

const listIds = async (quaestor: TestQuaestor): Promise<string[]> => {
  const { datasets } = (await (await quaestor.fetch('/v1/datasets')).json()) as { datasets: Dataset[] };
  return datasets.map(({ id }) => id);
};

/** A frame of blocks that each say "128 KB of this byte" (RFC 8878, 3.1.1.2: RLE blocks). */
function zstdBomb(bytes: number): Buffer {
  const block = 128 * 1024;
  const count = Math.ceil(bytes / block);
  const frame = Buffer.alloc(6 + count * 4);
  // Magic number, no checksum, a window of 1 MB.
  frame.set([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x50]);
  for (let index = 0; index < count; index += 1) {
    const isLast = index === count - 1;
    frame.writeUIntLE((block << 3) | (1 << 1) | (isLast ? 1 : 0), 6 + index * 4, 3);
    frame[6 + index * 4 + 3] = 0x61;
  }
  return frame;
}

/** A file system of its own needs the right to mount one (root on Linux, as in .ci/run's container). */
function mountSmallDisk(megabytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'quaestor-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'quaestor-test', folder], {
      stdio: 'ignore',
    });
    return folder;
  } catch {
    rmSync(folder, { recursive: true });
    process.stderr.write('  no right to mount a small disk: the tests of a full disk are skipped\n');
    return undefined;
  }
}

const disk = mountSmallDisk(24);

(disk ? describe : describe.skip)('a full disk', () => {
  let quaestor: TestQuaestor;
  beforeAll(async () => {
    quaestor = await startTestQuaestor({
      QUAESTOR_FILES: join(disk ?? '', 'files'),
      QUAESTOR_QUEUE_DATASETS_MAXIMUM_ATTEMPTS: '2',
      QUAESTOR_QUEUE_DATASETS_INITIAL_INTERVAL_MS: '100',
    });
  }, 120_000);
  afterAll(async () => {
    await quaestor?.stop();
    if (!disk) return;
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  }, 60_000);

  test('an upload that does not fit is refused with 507, leaves nothing, and the next one is read', async () => {
    const reply = await uploadFile(quaestor, 'large.csv', Buffer.alloc(40 * MB, 'a,b\n'));
    expect(reply.status).toBe(507);
    expect(await reply.json()).toMatchObject({ code: 'dataset_disk_full' });
    expect(await listIds(quaestor)).toEqual([]);
    await expectAlive(quaestor);
  }, 120_000);

  test.each([
    ['unpacking', gzipSync(randomRows(30 * MB, 'n,text', ''))],
    ['writing the table again', randomRows(14 * MB, 'n,text', 'short\n')],
  ])(
    '%s ends with the reason, and the file is read when there is room',
    async (_what, content) => {
      mkdirSync(join(disk ?? '', 'files'), { recursive: true });
      const ballast = join(disk ?? '', 'ballast');
      writeFileSync(ballast, Buffer.alloc(4 * MB));
      const reply = await uploadFile(quaestor, 'a.csv', content);
      expect(reply.status).toBe(202);
      const { dataset, jobId } = (await reply.json()) as AcceptedUpload;
      const events = await collectEvents(quaestor.client, jobId);
      expect(events.at(-1)).toMatchObject({
        kind: 'job.failed',
        data: { error: { code: 'dataset_disk_full' } },
      });
      const failed = (await (await quaestor.fetch(`/v1/datasets/${dataset.id}`)).json()) as Dataset;
      expect(failed).toMatchObject({ status: 'failed', error: { code: 'dataset_disk_full' } });
      const [tenant = ''] = readdirSync(join(disk ?? '', 'files')).filter((name) => name !== 'spill');
      const left = readdirSync(join(disk ?? '', 'files', tenant, dataset.id), { recursive: true });
      expect(left.filter((name) => /unpacked|normalised|partial/.test(String(name)))).toEqual([]);
      await quaestor.fetch(`/v1/datasets/${dataset.id}`, { method: 'DELETE' });
      rmSync(ballast);
      await expectAlive(quaestor);
    },
    240_000,
  );
});

/** CSV of about `bytes`, hardly to be packed, with a record of another shape after the header. */
function randomRows(bytes: number, header: string, odd: string): string {
  const lines = [header, ...(odd ? [odd.trim()] : [])];
  let size = 0;
  for (let index = 0; size < bytes; index += 1) {
    const line = `${index},${(Math.imul(index, 2_654_435_761) >>> 0).toString(36)}${(Math.imul(index, 40_503) >>> 0).toString(36)}`;
    lines.push(line);
    size += line.length + 1;
  }
  return `${lines.join('\n')}\n`;
}
