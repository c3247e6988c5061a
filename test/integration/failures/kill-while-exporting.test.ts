import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { queryRows } from '../../support/databases.js';
import { type JobWatch, watchJob } from '../../support/job-watch.js';
import { type KillableQuaestor, startKillableQuaestor } from '../../support/killable-quaestor.js';
import { type PendingActivity, pendingActivities } from '../../support/pending-activities.js';
import { sqlReply } from '../../support/shop.js';
import { lockTable, type SourceLock } from '../../support/source-lock.js';
import { waitUntil } from '../../support/wait-until.js';

const ROWS = 600;
const SQL = 'SELECT * FROM orders';

let quaestor: KillableQuaestor;
let questionId: string;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quaestor-killed-exports-'));
  quaestor = await startKillableQuaestor({
    model: { reply: () => sqlReply(SQL) },
    env: {
      // Where exports are built, so that what is left behind can be seen.
      TMPDIR: folder,
      QUAESTOR_QUEUE_EXPORT_HEARTBEAT_MS: '3000',
    },
  });
  const question = await quaestor.ask(await quaestor.connect(quaestor.source.url), 'All orders as a file?');
  expect(question).toMatchObject({ status: 'answered', answer: { rowCount: ROWS } });
  questionId = question.id;
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
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

/** Keeps the file from the store: it is built, and its transaction waits until the lock is released. */
const keepFromStore = (): Promise<SourceLock> => lockTable(quaestor.store, 'export_parts');

async function activityOf(jobId: string): Promise<PendingActivity | undefined> {
  return (await pendingActivities(quaestor.namespace, jobId))[0];
}

const heartbeatsAfter = async (jobId: string, count: number): Promise<void> => {
  const seen = new Set<string | undefined>();
  await waitUntil(`${count} more heartbeats`, async () => {
    seen.add((await activityOf(jobId))?.lastHeartbeatAt);
    return seen.size > count;
  });
};

const leftBehind = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('quaestor-export-'));

test.each(['csv', 'xlsx', 'parquet'])(
  'a worker killed before the file is kept that it has built as %s: another builds it anew, and it is there once and whole',
  async (format) => {
    // The embedded store has one connection, so there nothing can keep the file from it.
    const lock = quaestor.isOneProcess ? undefined : await keepFromStore();
    const { id, jobId, watch } = await startExport(format);
    await lock?.untilBlocked();
    if (!lock) await waitUntil('the job has begun', () => watch.events.length > 1);
    await quaestor.killWorkers();
    await quaestor.startWorkers();
    if (lock) {
      await waitUntil('another attempt runs', async () => {
        const activity = await activityOf(jobId);
        return activity?.attempt === 2 && activity.isStarted;
      });
      await lock.release();
    }
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
  const isClean = async () => (await leftBehind()).every((name) => before.includes(name));
  if (quaestor.isOneProcess) return await expectCancelInTimeOrTooLate(isClean);
  const lock = await keepFromStore();
  const { id, jobId, watch } = await startExport('xlsx');
  await lock.untilBlocked();
  expect(await isClean()).toBe(false);
  await quaestor.fetch(`/v1/jobs/${jobId}`, { method: 'DELETE' });
  await waitUntil('the cancellation is asked for', async () => (await activityOf(jobId))?.isCancelRequested);
  // It comes back with the first of them, so the second was sent by one that knows.
  await heartbeatsAfter(jobId, 2);
  await lock.release();
  expect((await watch.done).at(-1)?.kind).toBe('job.cancelled');
  expect((await quaestor.fetch(`/v1/exports/${id}/file`)).status).toBe(409);
  await waitUntil('nothing new is left', isClean);
  const parts = await queryRows(quaestor.store.url, 'SELECT 1 FROM export_parts WHERE export_id = $1', [id]);
  expect(parts).toEqual([]);
}, 60_000);

/** Without a lock the cancel may come too late; then the file is there. */
async function expectCancelInTimeOrTooLate(isClean: () => Promise<boolean>): Promise<void> {
  const { id, jobId, watch } = await startExport('xlsx');
  await quaestor.fetch(`/v1/jobs/${jobId}`, { method: 'DELETE' });
  const last = (await watch.done).at(-1)?.kind;
  expect(['job.cancelled', 'job.succeeded']).toContain(last);
  expect((await quaestor.fetch(`/v1/exports/${id}/file`)).ok).toBe(last === 'job.succeeded');
  await waitUntil('nothing new is left', isClean);
}
