import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Database } from '../../../db/database.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { createTestTenant } from '../../support/tenants.js';
import { waitUntil } from '../../support/wait-until.js';

let store: TestStore;

beforeAll(async () => {
  store = await createTestStore();
});

afterAll(async () => {
  await store?.drop();
});

describe('a store that goes away', () => {
  let proxy: TcpProxy;
  let db: Database;
  const idleErrors: Error[] = [];
  const UNAVAILABLE = { name: 'QuaestorError', code: 'store_unavailable' };

  beforeAll(async () => {
    proxy = await startTcpProxy({ target: store.url });
    db = new Database({
      connectionString: proxy.url,
      poolSize: store.poolSize,
      statementTimeoutMs: 60_000,
      onError: (error) => idleErrors.push(error),
    });
  });

  afterAll(async () => {
    await db.close();
    await proxy.close();
  });

  test('is told as unavailable while idle, and comes back by itself', async () => {
    const { tenantId } = await createTestTenant(db);
    const read = () => db.withTenant(tenantId, (tx) => tx.query<{ id: string }>('SELECT id FROM tenants'));
    await proxy.cut();
    await waitUntil('the idle connection was noticed to be gone', () => idleErrors.length > 0);
    await expect(db.ping()).rejects.toMatchObject(UNAVAILABLE);
    await expect(read()).rejects.toMatchObject(UNAVAILABLE);
    await proxy.restore();
    expect(await read()).toEqual([{ id: tenantId }]);
  });

  test('in the middle of a transaction takes it back, and says so', async () => {
    const { tenantId } = await createTestTenant(db);
    const attempt = db.withTenant(tenantId, async (tx) => {
      await tx.query(`INSERT INTO audit_log (tenant_id, action) VALUES ($1, 'halfway')`, [tenantId]);
      await proxy.cut();
      await tx.query('SELECT 1');
    });
    await expect(attempt).rejects.toMatchObject(UNAVAILABLE);
    await proxy.restore();
    const rows = await db.withTenant(tenantId, (tx) =>
      tx.query(`SELECT id FROM audit_log WHERE action = 'halfway'`),
    );
    expect(rows).toEqual([]);
  });

  test('while a statement runs fails that statement, and 20 waiting callers are all told', async () => {
    const { tenantId } = await createTestTenant(db);
    const callers = Array.from({ length: 20 }, (_, caller) =>
      db
        .withTenant(tenantId, async (tx) => {
          if (caller === 0) await proxy.cut();
          return await tx.query('SELECT $1::int AS caller', [caller]);
        })
        .catch((error: { code: string }) => error.code),
    );
    const got = await Promise.all(callers);
    expect(got.filter((one) => one === 'store_unavailable').length).toBeGreaterThan(0);
    for (const [caller, one] of got.entries()) {
      if (one !== 'store_unavailable') expect(one).toEqual([{ caller }]);
    }
    await proxy.restore();
    await db.ping();
  });

  test('that was never there is unavailable until it is', async () => {
    const late = await startTcpProxy({ target: store.url });
    await late.cut();
    // The embedded store has one connection.
    await db.close();
    const other = new Database({ connectionString: late.url, poolSize: 1, statementTimeoutMs: 60_000 });
    try {
      await expect(other.ping()).rejects.toMatchObject(UNAVAILABLE);
      await late.restore();
      await other.ping();
    } finally {
      await other.close();
      await late.close();
      db = openTestDatabase(store);
    }
  });
});
