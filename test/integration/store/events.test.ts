import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '../../../db/database.js';
import { appendEvent, readEvents } from '../../../db/statements/events.js';
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

const append = (jobId: string, batch: number, dedupeKey?: string, whose = tenant) =>
  db.withTenant(whose.tenantId, (tx) =>
    appendEvent(tx, jobId, 'batch.embedded', { batch, items: 1, tokens: 1, durationMs: 1 }, dedupeKey),
  );
const read = (jobId: string, after = 0, limit?: number) =>
  db.withTenant(tenant.tenantId, (tx) => readEvents(tx, jobId, after, limit));
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

test('50 appends at once to one job are numbered from 1 without gaps, each number told to its own caller', async () => {
  const jobId = await createJobRow(db, tenant);
  const numbers = await Promise.all(upTo(50).map((batch) => append(jobId, batch)));
  expect([...numbers].sort((x, y) => x! - y!)).toEqual(upTo(50));
  const events = await read(jobId);
  expect(events.map((event) => event.seq)).toEqual(upTo(50));
  for (const event of events) expect(numbers[(event.data as { batch: number }).batch - 1]).toBe(event.seq);
});

test('an append that is taken back leaves no gap', async () => {
  const jobId = await createJobRow(db, tenant);
  await append(jobId, 1);
  const attempt = db.withTenant(tenant.tenantId, async (tx) => {
    await appendEvent(tx, jobId, 'job.started', {});
    throw new Error('taken back');
  });
  await expect(attempt).rejects.toThrow('taken back');
  expect(await append(jobId, 2)).toBe(2);
});

test('a dedupe key tells its event once, in a row and at once, and leaves no gap', async () => {
  const jobId = await createJobRow(db, tenant);
  expect(await append(jobId, 1, 'batch-1')).toBe(1);
  expect(await append(jobId, 1, 'batch-1')).toBeUndefined();
  const numbers = await Promise.all(upTo(20).map(() => append(jobId, 2, 'batch-2')));
  expect(numbers.filter((seq) => seq !== undefined)).toEqual([2]);
  expect(await append(jobId, 3)).toBe(3);
  expect((await read(jobId)).map((event) => event.seq)).toEqual([1, 2, 3]);
});

test('the same dedupe key of another job is another event', async () => {
  const one = await createJobRow(db, tenant);
  const other = await createJobRow(db, tenant);
  expect(await append(one, 1, 'same')).toBe(1);
  expect(await append(other, 1, 'same')).toBe(1);
});

test('two events that deduplicate in one transaction are one', async () => {
  const jobId = await createJobRow(db, tenant);
  const numbers = await db.withTenant(tenant.tenantId, async (tx) => [
    await appendEvent(tx, jobId, 'job.started', {}, 'started'),
    await appendEvent(tx, jobId, 'job.started', {}, 'started'),
    await appendEvent(tx, jobId, 'job.succeeded', {}),
  ]);
  expect(numbers).toEqual([1, undefined, 2]);
});

test('reading goes on after a number, at most as many as asked for', async () => {
  const jobId = await createJobRow(db, tenant);
  for (const batch of upTo(5)) await append(jobId, batch);
  expect((await read(jobId, 2, 2)).map((event) => event.seq)).toEqual([3, 4]);
  expect(await read(jobId, 5)).toEqual([]);
  const [first] = await read(jobId);
  expect(first).toEqual({
    jobId,
    seq: 1,
    kind: 'batch.embedded',
    data: { batch: 1, items: 1, tokens: 1, durationMs: 1 },
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
  });
});

test('nothing is appended to the job of another tenant, or to none', async () => {
  const jobId = await createJobRow(db, tenant);
  const stranger = await createTestTenant(db);
  expect(await append(jobId, 1, undefined, stranger)).toBeUndefined();
  expect(await append('no-such-job', 1)).toBeUndefined();
  expect(await read(jobId)).toEqual([]);
});
