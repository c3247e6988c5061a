import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../../db/database.js';
import { claimIdempotencyKey, releaseIdempotencyKey } from '../../../db/statements/idempotency.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { hashOf } from '../../support/store-rows.js';
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

const claim = (key: string, options: { request?: string; ttlMs?: number; whose?: TestTenant } = {}) =>
  db.withTenant((options.whose ?? tenant).tenantId, (tx) =>
    claimIdempotencyKey(tx, {
      key,
      requestHash: hashOf(options.request ?? 'request'),
      resourceId: uuidv7(),
      ttlMs: options.ttlMs ?? 60_000,
    }),
  );

test('the same request again gets the first one’s resource', async () => {
  const first = await claim('again');
  expect(first.isNew).toBe(true);
  expect(await claim('again')).toEqual({ resourceId: first.resourceId, isNew: false });
});

test('20 of the same request at once make one resource', async () => {
  const claims = await Promise.all(Array.from({ length: 20 }, () => claim('at once')));
  expect(claims.filter((one) => one.isNew)).toHaveLength(1);
  expect(new Set(claims.map((one) => one.resourceId)).size).toBe(1);
});

test('another request with the same key is refused', async () => {
  await claim('taken');
  await expect(claim('taken', { request: 'another' })).rejects.toMatchObject({
    code: 'idempotency_key_reused',
  });
});

test('the same key of another tenant is another key', async () => {
  const first = await claim('shared');
  const other = await claim('shared', { request: 'another', whose: await createTestTenant(db) });
  expect(other.isNew).toBe(true);
  expect(other.resourceId).not.toBe(first.resourceId);
});

test('a key is forgotten after its time', async () => {
  await claim('old');
  const later = await claim('old', { request: 'another', ttlMs: -1 });
  expect(later.isNew).toBe(true);
});

test('a released key may be claimed by the same or another request', async () => {
  await claim('released');
  await db.withTenant(tenant.tenantId, (tx) => releaseIdempotencyKey(tx, 'released'));
  expect((await claim('released', { request: 'another' })).isNew).toBe(true);
});

test('a claim that is taken back was never made', async () => {
  const attempt = db.withTenant(tenant.tenantId, async (tx) => {
    await claimIdempotencyKey(tx, {
      key: 'undone',
      requestHash: hashOf('x'),
      resourceId: uuidv7(),
      ttlMs: 60_000,
    });
    throw new Error('taken back');
  });
  await expect(attempt).rejects.toThrow('taken back');
  expect((await claim('undone', { request: 'another' })).isNew).toBe(true);
});
