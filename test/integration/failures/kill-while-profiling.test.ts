import { afterEach, expect, test } from '@jest/globals';
import type { PartialProfile, ProfileState } from '../../../contracts/dataset-profile.js';
import type { EventData } from '../../../contracts/events.js';
import { childProcesses } from '../../support/child-processes.js';
import { watchJob } from '../../support/job-watch.js';
import { startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { startTestDeployment } from '../../support/quaestor-process.js';
import { uploadAndRead } from '../../support/upload-file.js';
import { waitUntil } from '../../support/wait-until.js';

const ROWS = 30_000;
const WIDTH = 50;
/** More columns than a batch has, so that some are done when the process dies. */
const FILE = `${Array.from({ length: WIDTH }, (_, i) => `c${i}`).join(',')}\n${Array.from({ length: ROWS }, (_, row) => Array.from({ length: WIDTH }, (_, i) => (row * (i + 3)) % 9_973).join(',')).join('\n')}\n`;

// One after the other: the embedded store takes one Quaestor at a time.
let running: { stop(): Promise<void> } | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
}, 60_000);

type Target = Pick<TestQuaestor, 'fetch' | 'client'>;
type Profiled = ProfileState & { profile: PartialProfile };

const readProfile = async (target: Target, id: string): Promise<Profiled | undefined> => {
  const reply = await target.fetch(`/v1/datasets/${id}/profile`);
  return reply.ok ? ((await reply.json()) as Profiled) : undefined;
};

/** Uploads the file; its profile is started by itself. Returns when the first columns are done. */
async function startProfile(target: Target) {
  const { id } = await uploadAndRead(target, 'wide.csv', FILE);
  const { jobId } = await waitUntil('a profile is there', async () => await readProfile(target, id));
  const watch = watchJob(target.client, jobId);
  await watch.until('columns.profiled');
  return { id, watch };
}

async function expectWhole(
  target: Target,
  { id, watch }: Awaited<ReturnType<typeof startProfile>>,
): Promise<void> {
  const events = await watch.done;
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  const told = events.flatMap((event) =>
    event.kind === 'columns.profiled'
      ? (event.data as EventData['columns.profiled']).columns.map(({ index }) => index)
      : [],
  );
  // Each column once: what was done before is not done again.
  expect(told).toEqual(Array.from({ length: WIDTH }, (_, index) => index));
  const profile = await readProfile(target, id);
  expect(profile).toMatchObject({ columnsDone: WIDTH, profile: { rows: ROWS } });
  expect(profile?.profile.columns.map(({ index }) => index)).toEqual(told);
}

test('a worker killed in the middle of a profile: another goes on after the columns that are done', async () => {
  const deployment = await startTestDeployment({ QUAESTOR_QUEUE_DATASETS_HEARTBEAT_MS: '3000' });
  running = deployment;
  const started = await startProfile(deployment);
  await deployment.killWorkers();
  await deployment.startWorkers();
  await expectWhole(deployment, started);
}, 240_000);

test('the DuckDB process killed in the middle of a profile: the step goes on after the columns that are done', async () => {
  const quaestor = await startTestQuaestor();
  running = quaestor;
  const started = await startProfile(quaestor);
  for (const pid of await childProcesses('duckdb-process')) process.kill(pid, 'SIGKILL');
  await expectWhole(quaestor, started);
}, 240_000);
