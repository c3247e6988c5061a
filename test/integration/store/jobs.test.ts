import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { errorRecord } from '../../../contracts/quaestor-error.js';
import type { Database, Transaction } from '../../../db/database.js';
import {
  advanceJobProgress,
  findActiveJob,
  getJob,
  insertJob,
  listJobs,
  markJobFinished,
  markJobStarted,
  setJobProgress,
} from '../../../db/statements/jobs.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { createJobRow } from '../../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../../support/tenants.js';

let store: TestStore;
let db: Database;
let tenant: TestTenant;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  tenant = await createTestTenant(db);
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

const run = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  db.withTenant(tenant.tenantId, work);

const startedJob = async (): Promise<string> => {
  const id = await createJobRow(db, tenant);
  await run((tx) => markJobStarted(tx, id));
  return id;
};

test('of 20 indexings of one data source asked for at once, one is active; after its end another may be', async () => {
  const subjectId = uuidv7();
  const ask = () => {
    const id = `index-${uuidv7()}`;
    return run((tx) => insertJob(tx, { id, kind: 'index-source', subjectId })).then((isNew) =>
      isNew ? id : undefined,
    );
  };
  const made = (await Promise.all(Array.from({ length: 20 }, ask))).filter((id) => id !== undefined);
  expect(made).toHaveLength(1);
  expect((await run((tx) => findActiveJob(tx, subjectId, 'index-source')))?.id).toBe(made[0]);
  await run((tx) => markJobStarted(tx, made[0]!));
  expect(await ask()).toBeUndefined();
  await run((tx) => markJobFinished(tx, made[0]!, 'failed'));
  expect(await run((tx) => findActiveJob(tx, subjectId, 'index-source'))).toBeUndefined();
  expect(await ask()).toBeDefined();
});

test('one subject may be indexed while questions about it are answered', async () => {
  const subjectId = uuidv7();
  const job = (kind: 'index-source' | 'answer-question') =>
    run((tx) => insertJob(tx, { id: `job-${uuidv7()}`, kind, subjectId }));
  expect(await job('index-source')).toBe(true);
  expect(await job('answer-question')).toBe(true);
  expect(await job('answer-question')).toBe(true);
});

test('a job is inserted once', async () => {
  const id = await createJobRow(db, tenant);
  expect(await run((tx) => insertJob(tx, { id, kind: 'answer-question', subjectId: uuidv7() }))).toBe(false);
});

test('a job starts once, and not after its end', async () => {
  const id = await createJobRow(db, tenant);
  expect(await run((tx) => markJobStarted(tx, id))).toBe(true);
  expect(await run((tx) => markJobStarted(tx, id))).toBe(false);
  const cancelled = await createJobRow(db, tenant);
  await run((tx) => markJobFinished(tx, cancelled, 'cancelled'));
  expect(await run((tx) => markJobStarted(tx, cancelled))).toBe(false);
  expect((await run((tx) => getJob(tx, cancelled)))?.status).toBe('cancelled');
});

test('the first of several ends wins, and keeps its error', async () => {
  const id = await startedJob();
  const error = errorRecord('query_failed', 'no such column');
  const ends = await Promise.all([
    run((tx) => markJobFinished(tx, id, 'failed', error)),
    run((tx) => markJobFinished(tx, id, 'failed', error)),
    run((tx) => markJobFinished(tx, id, 'failed', error)),
  ]);
  expect(ends.filter(Boolean)).toHaveLength(1);
  expect(await run((tx) => markJobFinished(tx, id, 'succeeded'))).toBe(false);
  const job = await run((tx) => getJob(tx, id));
  expect(job).toMatchObject({ status: 'failed', error });
  expect(Date.parse(job!.finishedAt!)).toBeGreaterThanOrEqual(Date.parse(job!.startedAt!));
});

test('progress counts up with its rate and the time left', async () => {
  const id = await startedJob();
  const startedAt = new Date(Date.now() - 10_000).toISOString();
  await run((tx) =>
    setJobProgress(tx, id, { phase: 'embedding', done: 0, total: 100, unit: 'items', startedAt }),
  );
  const first = await run((tx) => advanceJobProgress(tx, id, 25));
  // 25 in 10 s or a little more: 75 left take three times as long.
  expect(first).toMatchObject({ phase: 'embedding', done: 25, total: 100, unit: 'items', startedAt });
  expect(first!.ratePerSecond).toBeLessThanOrEqual(2.5);
  expect(first!.ratePerSecond).toBeGreaterThan(0.5);
  expect(first!.etaMs).toBeGreaterThanOrEqual(30_000);
  const last = await run((tx) => advanceJobProgress(tx, id, 75));
  expect(last).toMatchObject({ done: 100, etaMs: 0 });
  expect((await run((tx) => getJob(tx, id)))?.progress).toEqual(last);
});

test('progress of batches that end at once loses none of them', async () => {
  const id = await startedJob();
  const startedAt = new Date().toISOString();
  await run((tx) =>
    setJobProgress(tx, id, { phase: 'embedding', done: 0, total: 40, unit: 'items', startedAt }),
  );
  await Promise.all(Array.from({ length: 20 }, () => run((tx) => advanceJobProgress(tx, id, 2))));
  expect((await run((tx) => getJob(tx, id)))?.progress).toMatchObject({ done: 40, total: 40 });
});

test('progress of nothing yet, or without a total, promises no end', async () => {
  const id = await startedJob();
  const startedAt = new Date().toISOString();
  await run((tx) =>
    setJobProgress(tx, id, { phase: 'embedding', done: 0, total: 10, unit: 'items', startedAt }),
  );
  expect(await run((tx) => advanceJobProgress(tx, id, 0))).not.toHaveProperty('etaMs');
  await run((tx) => setJobProgress(tx, id, { phase: 'introspecting', done: 0, unit: 'tables', startedAt }));
  const progress = await run((tx) => advanceJobProgress(tx, id, 5));
  expect(progress).toMatchObject({ done: 5 });
  expect(progress).not.toHaveProperty('etaMs');
});

test('progress of a job that has ended is not changed', async () => {
  const id = await startedJob();
  const startedAt = new Date().toISOString();
  await run((tx) =>
    setJobProgress(tx, id, { phase: 'embedding', done: 1, total: 2, unit: 'items', startedAt }),
  );
  await run((tx) => markJobFinished(tx, id, 'cancelled'));
  expect(await run((tx) => advanceJobProgress(tx, id, 1))).toBeUndefined();
  expect((await run((tx) => getJob(tx, id)))?.progress).toMatchObject({ done: 1 });
});

test('jobs are listed newest first, at most as many as asked for', async () => {
  const other = await createTestTenant(db);
  const ids: string[] = [];
  for (let n = 0; n < 3; n++) ids.push(await createJobRow(db, other));
  const listed = await db.withTenant(other.tenantId, (tx) => listJobs(tx, 2));
  expect(listed.map((job) => job.id)).toEqual([ids[2], ids[1]]);
});
