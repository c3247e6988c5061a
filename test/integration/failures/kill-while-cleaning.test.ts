import { afterEach, expect, test } from '@jest/globals';
import type { CleaningPlan, CleaningStep } from '../../../contracts/cleaning.js';
import type { Dataset } from '../../../contracts/dataset.js';
import { childProcesses } from '../../support/child-processes.js';
import { watchJob } from '../../support/job-watch.js';
import { startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { startTestDeployment } from '../../support/quaestor-process.js';
import { uploadAndRead } from '../../support/upload-file.js';
import { waitUntil } from '../../support/wait-until.js';

const ROWS = 200_000;
/** Every tenth row repeats the first. */
const FILE = `name,amount\n${Array.from({ length: ROWS }, (_, i) => (i % 10 === 0 ? ' same ,1' : ` n${i} ,${i}`)).join('\n')}\n`;
const LEFT = ROWS - ROWS / 10 + 1;
const STEPS: CleaningStep[] = [
  { kind: 'trim', columns: ['name'], collapse: true },
  { kind: 'drop-duplicates', keep: 'first' },
  { kind: 'mask', columns: ['name'], method: 'hash' },
];
const RECIPE = { recipe: { format: 'quaestor-cleaning-recipe', version: 1, steps: STEPS } };

// One after the other: the embedded store takes one Quaestor at a time.
let running: { stop(): Promise<void> } | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
}, 60_000);

type Target = Pick<TestQuaestor, 'fetch' | 'client'>;

/** Uploads the file and starts a job of its cleaning; returns in the middle of it. */
async function start(target: Target, what: 'clean' | 'cleaning-plans') {
  const { id } = await uploadAndRead(target, 'large.csv', FILE);
  const reply = await target.fetch(`/v1/datasets/${id}/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(RECIPE),
  });
  const { jobId } = (await reply.json()) as { jobId: string };
  const watch = watchJob(target.client, jobId);
  await watch.until('job.progressed');
  return { id, watch };
}

async function expectCleaned(
  target: Target,
  { id, watch }: Awaited<ReturnType<typeof start>>,
): Promise<void> {
  const events = await watch.done;
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  expect(events.filter(({ kind }) => kind === 'dataset.cleaned')).toHaveLength(1);
  const dataset = (await (await target.fetch(`/v1/datasets/${id}`)).json()) as Dataset;
  expect(dataset).toMatchObject({ status: 'ready', version: { number: 2, rowCount: LEFT } });
}

async function expectPlanned(
  target: Target,
  { id, watch }: Awaited<ReturnType<typeof start>>,
): Promise<void> {
  expect((await watch.done).at(-1)?.kind).toBe('job.succeeded');
  const plan = (await (
    await target.fetch(`/v1/datasets/${id}/cleaning-plans/newest`)
  ).json()) as CleaningPlan;
  expect(plan.isPreviewed).toBe(true);
  expect(plan.steps[1]?.effect?.rowsRemoved).toBe(ROWS - LEFT);
}

/** Those of the running session: the pool keeps them from one session to the next. */
const killChildren = async (): Promise<void> => {
  const pids = await waitUntil('a DuckDB process runs', async () => {
    const found = await childProcesses('duckdb-process');
    return found.length > 0 && found;
  });
  for (const pid of pids) process.kill(pid, 'SIGKILL');
};

test.each([
  ['clean', expectCleaned],
  ['cleaning-plans', expectPlanned],
] as const)(
  'a worker killed in the middle of %s: another does it anew, and it is whole',
  async (what, expectWhole) => {
    const deployment = await startTestDeployment({ QUAESTOR_QUEUE_DATASETS_HEARTBEAT_MS: '3000' });
    running = deployment;
    const started = await start(deployment, what);
    await deployment.killWorkers();
    await deployment.startWorkers();
    await expectWhole(deployment, started);
  },
  240_000,
);

test.each([
  ['clean', expectCleaned],
  ['cleaning-plans', expectPlanned],
] as const)(
  'the DuckDB process killed in the middle of %s: the step is tried again',
  async (what, expectWhole) => {
    const quaestor = await startTestQuaestor();
    running = quaestor;
    const started = await start(quaestor, what);
    await killChildren();
    await expectWhole(quaestor, started);
  },
  240_000,
);

test('a cleaning that is cancelled leaves the version that was on, and no files of another', async () => {
  const quaestor = await startTestQuaestor();
  running = quaestor;
  const { id, watch } = await start(quaestor, 'clean');
  await quaestor.client.cancelJob(
    (await quaestor.client.listJobs()).find(({ kind }) => kind === 'clean-dataset')!.id,
  );
  const last = (await watch.done).at(-1)?.kind;
  expect(['job.cancelled', 'job.succeeded']).toContain(last);
  const dataset = (await (await quaestor.fetch(`/v1/datasets/${id}`)).json()) as Dataset;
  expect(dataset).toMatchObject({ status: 'ready', version: { number: last === 'job.cancelled' ? 1 : 2 } });
}, 240_000);
