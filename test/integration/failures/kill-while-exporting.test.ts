import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestSource, queryRows, type TestSource } from '../../support/databases.js';
import { type JobWatch, watchJob } from '../../support/job-watch.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';
import { pendingActivities } from '../../support/pending-activities.js';
import { startTestDeployment, type TestDeployment } from '../../support/quaestor-process.js';
import { SHOP_SQL, sqlReply } from '../../support/shop.js';
import { waitUntil } from '../../support/wait-until.js';

const ROWS = 600;
const SQL = 'SELECT * FROM orders';

let model: ModelServer;
let source: TestSource;
let quaestor: TestDeployment;
let questionId: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quaestor-killed-exports-'));
  model = await startModelServer({ reply: () => sqlReply(SQL) });
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestDeployment({
    OPENAI_BASE_URL: model.baseUrl,
    // Where exports are built, so that what is left behind can be seen.
    TMPDIR: folder,
    QUAESTOR_QUEUE_EXPORT_HEARTBEAT_MS: '3000',
  });
  const question = await quaestor.ask(await quaestor.connect(source.url), 'All orders as a file?');
  expect(question).toMatchObject({ status: 'answered', answer: { rowCount: ROWS } });
  questionId = question.id;
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

interface Started {
  id: string;
  jobId: string;
  watch: JobWatch;
}

async function startExport(format: string): Promise<Started> {
  const response = await quaestor.fetch(`/v1/questions/${questionId}/exports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format }),
  });
  expect(response.status).toBe(202);
  const { id, jobId } = (await response.json()) as { id: string; jobId: string };
  return { id, jobId, watch: watchJob(quaestor.client, jobId) };
}

const isBeingWritten = async (jobId: string, attempt: number): Promise<boolean> =>
  (await pendingActivities(quaestor.namespace, jobId)).some(
    (each) => each.isStarted && each.attempt >= attempt,
  );

const leftBehind = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('quaestor-export-'));

test.each(['csv', 'xlsx', 'parquet'])(
  'a worker killed while it writes a file as %s: another builds it anew, and it is there once and whole',
  async (format) => {
    const { id, jobId, watch } = await startExport(format);
    await waitUntil('the file is being written, or is there', async () => {
      const job = await quaestor.client.readJob(jobId);
      return job.status === 'succeeded' || (await isBeingWritten(jobId, 1));
    });
    await quaestor.killWorkers();
    await quaestor.startWorkers();
    const events = await watch.done;
    expect(events.at(-1)?.kind).toBe('job.succeeded');
    expect(events.filter(({ kind }) => kind === 'job.succeeded')).toHaveLength(1);
    const file = await quaestor.fetch(`/v1/exports/${id}/file`);
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(bytes.length).toBe(Number(file.headers.get('content-length')));
    if (format === 'csv') expect(bytes.toString('utf8').trimEnd().split('\r\n')).toHaveLength(ROWS + 1);
    // How each format begins and ends.
    if (format === 'xlsx') expect(bytes.subarray(0, 2).toString('latin1')).toBe('PK');
    if (format === 'parquet') {
      expect(bytes.subarray(0, 4).toString('latin1')).toBe('PAR1');
      expect(bytes.subarray(-4).toString('latin1')).toBe('PAR1');
    }
  },
  120_000,
);

test('an export that is cancelled stops, gives no file, and leaves nothing in the temporary folder', async () => {
  // What a killed process left, the system clears away; only this one counts.
  const before = await leftBehind();
  const { id, jobId, watch } = await startExport('xlsx');
  await quaestor.fetch(`/v1/jobs/${jobId}`, { method: 'DELETE' });
  const events = await watch.done;
  expect(['job.cancelled', 'job.succeeded']).toContain(events.at(-1)?.kind);
  const file = await quaestor.fetch(`/v1/exports/${id}/file`);
  expect(file.ok).toBe(events.at(-1)?.kind === 'job.succeeded');
  await waitUntil('nothing new is left', async () =>
    (await leftBehind()).every((name) => before.includes(name)),
  );
  if (!quaestor.isOneProcess) {
    const parts = await queryRows<{ n: number }>(
      quaestor.store.url,
      'SELECT count(*)::int AS n FROM export_parts p JOIN exports e ON e.id = p.export_id JOIN jobs j ON j.id = e.job_id WHERE j.status <> $$succeeded$$',
    );
    expect(parts[0]?.n).toBe(0);
  }
}, 60_000);
