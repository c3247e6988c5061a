import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Dataset, ListedCell } from '../../contracts/dataset.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { type AcceptedUpload, uploadAndRead, uploadFile } from '../support/upload-file.js';

let quaestor: TestQuaestor;

beforeAll(async () => {
  quaestor = await startTestQuaestor();
}, 120_000);
afterAll(async () => await quaestor?.stop(), 60_000);

const get = async <Body>(path: string): Promise<Body> => (await (await quaestor.fetch(path)).json()) as Body;

test('a file is kept, read without losing a cell, and shown with reasons', async () => {
  const csv = `code,id,price,day,amount\n007,9007199254740993,1,29/02/2024,"1,234.50"\n042,1,1.7,13/01/2024,12.00\n`;
  const dataset = await uploadAndRead(quaestor, 'traps.csv', csv);
  expect(dataset).toMatchObject({
    name: 'traps.csv',
    sizeBytes: csv.length,
    sha256: createHash('sha256').update(csv).digest('hex'),
    status: 'ready',
    version: { number: 1, rowCount: 2, rejectedCells: 0, reading: { delimiter: ',', headerRows: 1 } },
  });
  expect(dataset.version?.columns.map(({ type }) => type)).toEqual([
    'VARCHAR',
    'BIGINT',
    'DECIMAL(18,1)',
    'DATE',
    'DECIMAL(18,2)',
  ]);
  expect(await get(`/v1/datasets/${dataset.id}/rows`)).toMatchObject({
    rows: [
      ['007', '9007199254740993', '1.0', '2024-02-29', '1234.50', 1],
      ['042', 1, '1.7', '2024-01-13', '12.00', 2],
    ],
  });
}, 60_000);

test('cells that a column cannot hold are NULL and listed with line, column, text and reason', async () => {
  const lines = Array.from(
    { length: 2_000 },
    (_, index) => `${index},${index === 1_499 ? 'unknown' : index * 2}`,
  );
  const dataset = await uploadAndRead(quaestor, 'late.csv', `n,twice\n${lines.join('\n')}\n`);
  expect(dataset.version).toMatchObject({ rowCount: 2_000, rejectedCells: 1 });
  expect(dataset.version?.columns[1]).toMatchObject({ type: 'BIGINT', rejected: 1 });
  const { rejects } = await get<{ rejects: ListedCell[] }>(`/v1/datasets/${dataset.id}/rejects`);
  expect(rejects).toEqual([{ line: 1_501, column: 'twice', text: 'unknown', reason: 'not_a_number' }]);
}, 60_000);

test('the dialect can be set by a person, and the file is read again as a new version', async () => {
  const first = await uploadAndRead(quaestor, 'odd.csv', 'a;b,c\n1;2,3\n4;5,6\n');
  const reply = await quaestor.fetch(`/v1/datasets/${first.id}/read`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ delimiter: ',', headerRows: 0 }),
  });
  expect(reply.status).toBe(202);
  const { jobId } = (await reply.json()) as AcceptedUpload;
  const events = await collectEvents(quaestor.client, jobId);
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  const second = await get<Dataset>(`/v1/datasets/${first.id}`);
  expect(second.version).toMatchObject({
    number: 2,
    rowCount: 3,
    reading: { delimiter: ',', headerRows: 0 },
  });
}, 60_000);

describe('a file that is no table ends in a clear problem, and the server lives', () => {
  test.each([
    ['an empty file', 'empty.csv', Buffer.alloc(0), 'dataset_empty'],
    [
      'binary garbage',
      'garbage.csv',
      Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 251)),
      'dataset_unreadable',
    ],
    [
      'a picture with a lying name',
      'photo.csv',
      Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'),
      'dataset_unreadable',
    ],
    ['a damaged Parquet file', 'x.parquet', Buffer.from('PAR1 not really PAR1'), 'dataset_unreadable'],
    ['damaged gzip', 'x.csv.gz', gzipSync('a,b\n1,2\n'.repeat(5_000)).subarray(0, 60), 'dataset_unreadable'],
    ['a bomb', 'bomb.csv.gz', gzipSync(Buffer.alloc(80 * 1024 ** 2, 'a')), 'dataset_unpacks_too_large'],
    [
      'too many columns',
      'wide.csv',
      `${'c,'.repeat(5_000)}c\n${'1,'.repeat(5_000)}1\n`,
      'dataset_too_many_columns',
    ],
    [
      'one endless line',
      'line.csv',
      Buffer.alloc(20 * 1024 ** 2, 'abcdefgh,'),
      'dataset_too_many_columns|dataset_record_too_long',
    ],
  ])(
    '%s',
    async (_what, name, content, code) => {
      const dataset = await uploadAndRead(quaestor, name, content);
      expect(dataset.status).toBe('failed');
      expect(dataset.error?.code).toMatch(new RegExp(`^(?:${code})$`));
      expect((await quaestor.fetch('/health/ready')).status).toBe(200);
    },
    120_000,
  );

  test('a body that is no form is refused with 415', async () => {
    const reply = await quaestor.fetch('/v1/datasets', {
      method: 'POST',
      body: 'a,b',
      headers: { 'content-type': 'text/csv' },
    });
    expect(reply.status).toBe(415);
  });
});

test('gzip and JSON lines come in as well, keys in the order in which they first stand', async () => {
  const zipped = await uploadAndRead(quaestor, 'a.csv.gz', gzipSync('a,b\n1,x\n2,y\n'));
  expect(zipped.version).toMatchObject({ rowCount: 2 });
  const json = await uploadAndRead(
    quaestor,
    'a.jsonl',
    '{"id": 9007199254740993, "name": "x"}\n{"id": 2, "extra": [1, 2]}\n',
  );
  expect(json.version?.columns.map(({ name, type }) => [name, type])).toEqual([
    ['id', 'BIGINT'],
    ['name', 'VARCHAR'],
    ['extra', 'VARCHAR'],
  ]);
  expect(await get(`/v1/datasets/${json.id}/rows`)).toMatchObject({
    rows: [
      ['9007199254740993', 'x', null, 1],
      [2, null, '[1,2]', 2],
    ],
  });
}, 60_000);

test('datasets are listed and deleted', async () => {
  const { id } = await uploadAndRead(quaestor, 'gone.csv', 'a,b\n1,2\n');
  expect(
    (await get<{ datasets: Dataset[] }>('/v1/datasets')).datasets.map((dataset) => dataset.id),
  ).toContain(id);
  expect((await quaestor.fetch(`/v1/datasets/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await quaestor.fetch(`/v1/datasets/${id}`)).status).toBe(404);
}, 60_000);

test('a job can be cancelled while the file is read', async () => {
  const rows = Array.from({ length: 300_000 }, (_, index) => `${index},'${index},x;y`).join('\n');
  const reply = await uploadFile(quaestor, 'large.csv', `a,b,c\n${rows}\n`);
  const { dataset, jobId } = (await reply.json()) as AcceptedUpload;
  await quaestor.client.cancelJob(jobId);
  const events = await collectEvents(quaestor.client, jobId);
  expect(['job.cancelled', 'job.succeeded']).toContain(events.at(-1)?.kind);
  const after = await get<Dataset>(`/v1/datasets/${dataset.id}`);
  expect(['uploaded', 'ready']).toContain(after.status);
}, 120_000);
