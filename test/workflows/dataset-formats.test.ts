import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Workbook } from 'exceljs';
import { createDuckDbPool } from '../../activities/datasets/duckdb/duckdb-pool.js';
import type { Cell } from '../../contracts/question.js';
import { startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { uploadAndRead } from '../support/upload-file.js';

let quaestor: TestQuaestor;

beforeAll(async () => {
  quaestor = await startTestQuaestor();
}, 120_000);
afterAll(async () => await quaestor?.stop(), 60_000);

/** The same two rows in every format. */
const ROWS: [number, string, string][] = [
  [1, 'Köln', '12.50'],
  [2, 'a "quote", and more', '0.10'],
];
const CSV = `id,city,price\n1,Köln,12.50\n2,"a ""quote"", and more",0.10\n`;
const JSON_ROWS =
  '{"id": 1, "city": "Köln", "price": "12.50"}\n{"id": 2, "city": "a \\"quote\\", and more", "price": "0.10"}';

/** What only DuckDB writes: `(id, city, price)` as a file of its kind. */
async function written(options: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'quaestor-formats-'));
  const pool = createDuckDbPool({ maxProcesses: 1, memoryLimitBytes: 128 * 1024 ** 2, spillFolder: folder });
  const path = join(folder, 'file');
  try {
    await pool.withSession({ timeoutMs: 60_000 }, (session) =>
      session.run(
        `COPY (SELECT * FROM (VALUES (1, 'Köln', 12.50::DECIMAL(6,2)), (2, 'a "quote", and more', 0.10)) AS t(id, city, price)) TO '${path}' (${options})`,
      ),
    );
    return await readFile(path);
  } finally {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function workbook(): Promise<Buffer> {
  const book = new Workbook();
  book.addWorksheet('Cities').addRows([['id', 'city', 'price'], ...ROWS]);
  return Buffer.from(await book.xlsx.writeBuffer());
}

test.each<[string, string, () => Buffer | string | Promise<Buffer>]>([
  ['csv', 'CSV', () => CSV],
  ['csv', 'CSV packed by gzip', () => gzipSync(CSV)],
  ['csv', 'CSV packed by zstd', () => written('FORMAT csv, COMPRESSION zstd')],
  ['csv', 'CSV in UTF-16', () => Buffer.from(`\ufeff${CSV}`, 'utf16le')],
  ['jsonl', 'JSON lines', () => JSON_ROWS],
  ['jsonl', 'JSON lines packed by gzip', () => gzipSync(JSON_ROWS)],
  ['json', 'a JSON array', () => `[\n${JSON_ROWS.replace('\n', ',\n')}\n]`],
  ['parquet', 'Parquet', () => written('FORMAT parquet')],
  ['parquet', 'Parquet packed by zstd inside', () => written('FORMAT parquet, COMPRESSION zstd')],
  ['xlsx', 'a workbook', workbook],
])(
  '%s: %s is uploaded and read cell by cell',
  async (format, _what, make) => {
    const dataset = await uploadAndRead(quaestor, 'cities', await make());
    expect(dataset).toMatchObject({ status: 'ready', error: null });
    expect(dataset.version).toMatchObject({ rowCount: 2, rejectedCells: 0, reading: { format } });
    const reply = await quaestor.fetch(`/v1/datasets/${dataset.id}/rows`);
    const { rows } = (await reply.json()) as { rows: Cell[][] };
    expect(rows).toEqual(ROWS.map((row, index) => [...row, index + 1]));
  },
  60_000,
);

test.each([
  [
    'a CSV called a workbook',
    'report.xlsx',
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    CSV,
  ],
  ['a CSV called a picture', 'photo.png', 'image/png', CSV],
  ['gzip called text', 'plain.txt', 'text/plain', gzipSync(CSV)],
])(
  'the content decides, not name and type: %s',
  async (_what, name, type, content) => {
    expect(await uploadAndRead(quaestor, name, content, type)).toMatchObject({
      status: 'ready',
      version: { rowCount: 2, reading: { format: 'csv' } },
    });
  },
  60_000,
);
