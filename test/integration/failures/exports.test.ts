import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import type { ResultExport } from '../../../contracts/export.js';
import { createTestSource, type TestSource } from '../../support/databases.js';
import { watchJob } from '../../support/job-watch.js';
import { type ModelServer, startModelServer } from '../../support/model-server.js';
import { startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { startTestDeployment } from '../../support/quaestor-process.js';
import { SHOP_SQL, sqlReply } from '../../support/shop.js';
import { waitUntil } from '../../support/wait-until.js';

/** As many rows as are kept, so that the file takes its time. */
const LARGE = `SELECT n, md5(n::text) || repeat('x', 800) AS text FROM generate_series(1, 9000) n`;
const FAST_CANCEL = { QUAESTOR_QUEUE_EXPORT_HEARTBEAT_MS: '1500' };

const stops: (() => Promise<unknown>)[] = [];
// One after the other: the embedded store takes one Quaestor at a time.
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
}, 60_000);

type Target = Pick<TestQuaestor, 'fetch' | 'client' | 'connect' | 'ask'>;

async function startShop(): Promise<{ model: ModelServer; source: TestSource }> {
  const model = await startModelServer({ reply: () => sqlReply(LARGE) });
  stops.push(() => model.close());
  const source = await createTestSource(SHOP_SQL);
  stops.push(() => source.drop());
  return { model, source };
}

async function startExport(target: Target, source: TestSource) {
  const question = await target.ask(await target.connect(source.url), 'All of it?');
  expect(question).toMatchObject({ status: 'answered', answer: { rowCount: 9_000 } });
  const reply = await target.fetch(`/v1/questions/${question.id}/exports`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format: 'parquet' }),
  });
  const { id, jobId } = (await reply.json()) as { id: string; jobId: string };
  return { id, jobId, watch: watchJob(target.client, jobId) };
}

const readExport = async (target: Target, id: string): Promise<ResultExport> =>
  (await (await target.fetch(`/v1/exports/${id}`)).json()) as ResultExport;

test('a worker killed while it writes a file: another writes it anew, and it is there once and whole', async () => {
  const { model, source } = await startShop();
  const deployment = await startTestDeployment({ ...FAST_CANCEL, OPENAI_BASE_URL: model.baseUrl });
  stops.push(() => deployment.stop());
  const { id, watch } = await startExport(deployment, source);
  await watch.until('job.started');
  await deployment.killWorkers();
  await deployment.startWorkers();
  const events = await watch.done;
  expect(events.map(({ kind }) => kind)).toEqual(['job.queued', 'job.started', 'job.succeeded']);
  const { sizeBytes } = await readExport(deployment, id);
  const file = Buffer.from(await (await deployment.fetch(`/v1/exports/${id}/file`)).arrayBuffer());
  expect(file.length).toBe(sizeBytes);
  expect([file.subarray(0, 4).toString(), file.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
}, 240_000);

test('cancelling an export stops the process that writes, leaves no file, and the answer can be exported again', async () => {
  const { model, source } = await startShop();
  const quaestor = await startTestQuaestor({ ...FAST_CANCEL, OPENAI_BASE_URL: model.baseUrl });
  stops.push(() => quaestor.stop());
  const { id, jobId, watch } = await startExport(quaestor, source);
  const writers = async (): Promise<number[]> => {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]);
    const lines = stdout.split('\n').filter((line) => line.includes('duckdb-process'));
    return lines.map((line) => Number.parseInt(line, 10));
  };
  const held = await waitUntil('a DuckDB process writes', async () => {
    const pids = await writers();
    return pids.length > 0 && pids;
  });
  // Held, so that it cannot end before the cancellation comes.
  for (const pid of held) process.kill(pid, 'SIGSTOP');
  await quaestor.client.cancelJob(jobId);
  expect((await watch.done).at(-1)?.kind).toBe('job.cancelled');
  await waitUntil('the held processes are gone', async () => {
    const left = await writers();
    return held.every((pid) => !left.includes(pid));
  });
  expect(await readExport(quaestor, id)).toMatchObject({ status: 'cancelled', sizeBytes: null });
  expect((await quaestor.fetch(`/v1/exports/${id}/file`)).status).toBe(409);
}, 240_000);
