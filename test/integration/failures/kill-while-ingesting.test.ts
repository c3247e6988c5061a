import { afterEach, expect, test } from '@jest/globals';
import type { Dataset } from '../../../contracts/dataset.js';
import { childProcesses } from '../../support/child-processes.js';
import { watchJob } from '../../support/job-watch.js';
import { startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { startTestDeployment } from '../../support/quaestor-process.js';
import { type AcceptedUpload, uploadFile } from '../../support/upload-file.js';
import { waitUntil } from '../../support/wait-until.js';

const ROWS = 200_000;
/** Irregular (one short record), so that the patient reader has some seconds of work. */
const FILE = `id,name,price\nshort\n${Array.from({ length: ROWS - 1 }, (_, index) => `${index},"name, ${index}",${index / 4}`).join('\n')}\n`;

// One after the other: the embedded store takes one Quaestor at a time.
let running: { stop(): Promise<void> } | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
}, 60_000);

async function start(target: Pick<TestQuaestor, 'fetch' | 'client'>) {
  const reply = await uploadFile(target, 'large.csv', FILE);
  const { dataset, jobId } = (await reply.json()) as AcceptedUpload;
  return { id: dataset.id, watch: watchJob(target.client, jobId) };
}

async function expectWhole(target: Pick<TestQuaestor, 'fetch'>, id: string): Promise<void> {
  const dataset = (await (await target.fetch(`/v1/datasets/${id}`)).json()) as Dataset;
  expect(dataset).toMatchObject({
    status: 'ready',
    version: { number: 1, rowCount: ROWS, reading: { shortRecords: 1 } },
  });
}

test('a worker killed while it reads a file: another reads it from the beginning, and the dataset is whole', async () => {
  const deployment = await startTestDeployment({ QUAESTOR_QUEUE_DATASETS_HEARTBEAT_MS: '3000' });
  running = deployment;
  const { id, watch } = await start(deployment);
  await watch.until('job.progressed');
  await deployment.killWorkers();
  await deployment.startWorkers();
  const events = await watch.done;
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  expect(events.filter(({ kind }) => kind === 'dataset.read')).toHaveLength(1);
  await expectWhole(deployment, id);
}, 240_000);

test('the DuckDB process killed while it reads a file: the step is tried again, and the dataset is whole', async () => {
  const quaestor = await startTestQuaestor();
  running = quaestor;
  const { id, watch } = await start(quaestor);
  await watch.until('job.progressed');
  const pids = await waitUntil('a DuckDB process runs', async () => {
    const found = await childProcesses('duckdb-process');
    return found.length > 0 && found;
  });
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  const events = await watch.done;
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  await expectWhole(quaestor, id);
}, 240_000);
