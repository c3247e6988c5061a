import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import exceljs from 'exceljs';
import { createDuckDbPool, type DuckDbPool } from '../../activities/datasets/duckdb/duckdb-pool.js';
import { createTestSource, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { SHOP_SQL, sqlReply } from '../support/shop.js';

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let duckdb: DuckDbPool;
let questionId: string;

const SQL = `SELECT v.* FROM (VALUES
    (9007199254740993::int8, 12.50::numeric, 'a,b', DATE '2026-01-31', true, timestamptz '2026-01-31 12:00:00+02'),
    (NULL, NULL, '', NULL, NULL, NULL),
    (-1, -0.125, '=1+1', DATE '2026-02-28', false, timestamptz '2026-02-28 00:00:00+00')
  ) AS v(big, price, "naïve name", day, flag, at)`;

beforeAll(async () => {
  model = await startModelServer({ reply: () => sqlReply(SQL) });
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
  duckdb = createDuckDbPool({
    maxProcesses: 1,
    memoryLimitBytes: 128 * 1024 ** 2,
    spillFolder: join(tmpdir(), `quaestor-export-test-${process.pid}`),
  });
  const question = await quaestor.ask(await quaestor.connect(source.url), 'Orders as a file?');
  questionId = question.id;
  expect(question.status).toBe('answered');
}, 120_000);

afterAll(async () => {
  await duckdb?.close();
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
});

interface Accepted {
  id: string;
  jobId: string;
  links: { file: string };
}
async function exportAs(body: Record<string, unknown>): Promise<Buffer> {
  const response = await quaestor.fetch(`/v1/questions/${questionId}/exports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(202);
  const accepted = (await response.json()) as Accepted;
  const events = await collectEvents(quaestor.client, accepted.jobId);
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  const file = await quaestor.fetch(accepted.links.file);
  expect(file.headers.get('content-disposition')).toContain(`answer-${questionId}.${String(body['format'])}`);
  const bytes = Buffer.from(await file.arrayBuffer());
  expect(Number(file.headers.get('content-length'))).toBe(bytes.length);
  return bytes;
}

test('CSV holds every cell as the database printed it, formulas as they are or escaped', async () => {
  expect((await exportAs({ format: 'csv' })).toString('utf8')).toBe(
    'big,price,naïve name,day,flag,at\r\n' +
      '9007199254740993,12.50,"a,b",2026-01-31,true,2026-01-31 10:00:00+00\r\n' +
      ',,"",,,\r\n' +
      '-1,-0.125,=1+1,2026-02-28,false,2026-02-28 00:00:00+00\r\n',
  );
  expect((await exportAs({ format: 'csv', escapeFormulas: true })).toString('utf8')).toContain(
    "-0.125,'=1+1,",
  );
});

test('XLSX has numbers and dates where Excel holds them exactly, and texts that are never formulas', async () => {
  const book = new exceljs.Workbook();
  await book.xlsx.load((await exportAs({ format: 'xlsx' })) as unknown as ArrayBuffer);
  const sheet = book.getWorksheet('Answer')!;
  const values = (row: number) => (sheet.getRow(row).values as unknown[]).slice(1);
  expect(values(1)).toEqual(['big', 'price', 'naïve name', 'day', 'flag', 'at']);
  expect(values(2)).toEqual([
    '9007199254740993',
    12.5,
    'a,b',
    new Date('2026-01-31'),
    true,
    '2026-01-31 10:00:00+00',
  ]);
  expect(values(4).slice(0, 3)).toEqual([-1, -0.125, '=1+1']);
  expect(sheet.getCell('C4').type).toBe(exceljs.ValueType.String);
});

test('Parquet has exact types, and null is not the empty text', async () => {
  const path = join(tmpdir(), `quaestor-export-${process.pid}.parquet`);
  await writeFile(path, await exportAs({ format: 'parquet' }));
  try {
    const { columns, rows } = await duckdb.withSession({ timeoutMs: 60_000 }, (session) =>
      session.all(`SELECT * FROM read_parquet('${path}')`),
    );
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'big BIGINT',
      'price DECIMAL(5,3)',
      'naïve name VARCHAR',
      'day DATE',
      'flag BOOLEAN',
      'at TIMESTAMP WITH TIME ZONE',
    ]);
    expect(rows[0]?.slice(0, 5)).toEqual(['9007199254740993', '12.500', 'a,b', '2026-01-31', true]);
    expect(rows[1]).toEqual([null, null, '', null, null, null]);
  } finally {
    await rm(path);
  }
});

test('a question without rows, and a file that is not there yet, are said to be so', async () => {
  model.setReply(() => 'CANNOT_ANSWER: no such thing');
  const dataSourceId = (await quaestor.client.listDataSources())[0]!.id;
  const refused = await quaestor.ask(dataSourceId, 'Which employees are on leave?');
  const response = await quaestor.fetch(`/v1/questions/${refused.id}/exports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format: 'csv' }),
  });
  expect(response.status).toBe(409);
  expect((await quaestor.fetch(`/v1/exports/${refused.id}/file`)).status).toBe(404);
});
