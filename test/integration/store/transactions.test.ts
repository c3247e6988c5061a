import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Database } from '../../../db/database.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { startTcpProxy, type TcpProxy } from '../../support/tcp-proxy.js';
import { createTestTenant } from '../../support/tenants.js';
import { waitUntil } from '../../support/wait-until.js';

let store: TestStore;
let db: Database;
let tenantId: string;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  ({ tenantId } = await createTestTenant(db));
});

afterAll(async () => {
  await db?.close();
  await store?.drop();
});

describe('a transaction', () => {
  const write = (action: string) =>
    ['INSERT INTO audit_log (tenant_id, action) VALUES ($1, $2)', [tenantId, action]] as const;
  const written = async (action: string): Promise<number> =>
    (await db.withTenant(tenantId, (tx) => tx.query('SELECT id FROM audit_log WHERE action = $1', [action])))
      .length;

  test('inside a transaction is refused at once, and the outer one still works', async () => {
    const result = await db.withTenant(tenantId, async (tx) => {
      await tx.query(...write('outer'));
      await expect(db.withTenant(tenantId, async () => 'inner')).rejects.toThrow(
        'A transaction may not wait for another one: pass the transaction on instead',
      );
      await expect(db.ping()).rejects.toThrow('A transaction may not wait for another one');
      return 'outer';
    });
    expect(result).toBe('outer');
    expect(await written('outer')).toBe(1);
  });

  test('after another one, and two beside each other, are not nested', async () => {
    await db.withTenant(tenantId, async () => undefined);
    await Promise.all([db.ping(), db.withTenant(tenantId, async () => undefined)]);
    await db.ping();
  });

  test('leaves nothing when its work throws, and the same error comes out', async () => {
    const error = new Error('on second thought');
    const attempt = db.withTenant(tenantId, async (tx) => {
      await tx.query(...write('regretted'));
      throw error;
    });
    await expect(attempt).rejects.toBe(error);
    expect(await written('regretted')).toBe(0);
  });

  test('that swallows the failure of a statement is not told as committed', async () => {
    const attempt = db.withTenant(tenantId, async (tx) => {
      await tx.query(...write('swallowed'));
      await tx.query('SELECT 1 / 0').catch(() => undefined);
      return 'done';
    });
    await expect(attempt).rejects.toThrow('rolled back');
    expect(await written('swallowed')).toBe(0);
    await db.ping();
  });
});

describe('a transaction in one round trip', () => {
  const insert = 'INSERT INTO audit_log (tenant_id, action) VALUES ($1, $2)';
  const written = async (action: string): Promise<number> =>
    (
      await db.withTenantAtOnce(tenantId, (tx) =>
        tx.query('SELECT id FROM audit_log WHERE action = $1', [action]),
      )
    ).length;

  test('keeps all that was sent before the first wait, and gives each statement its own rows', async () => {
    const results = await db.withTenantAtOnce(tenantId, (tx) =>
      Promise.all([
        tx.query(insert, [tenantId, 'first']),
        tx.query('SELECT $1::int AS n', [7]),
        tx.query('SELECT current_tenant() AS tenant'),
      ]),
    );
    expect(results).toEqual([[], [{ n: 7 }], [{ tenant: tenantId }]]);
    expect(await written('first')).toBe(1);
  });

  test('leaves nothing when one of its statements fails, and that error comes out', async () => {
    const attempt = db.withTenantAtOnce(tenantId, (tx) =>
      Promise.all([
        tx.query(insert, [tenantId, 'before']),
        tx.query('SELECT 1 / $1::int', [0]),
        tx.query(insert, [tenantId, 'behind']),
      ]),
    );
    await expect(attempt).rejects.toThrow('division by zero');
    expect(await written('before')).toBe(0);
    expect(await written('behind')).toBe(0);
  });

  test('that swallows the failure of a statement is not told as committed', async () => {
    const attempt = db.withTenantAtOnce(tenantId, async (tx) => {
      await tx.query('SELECT 1 / $1::int', [0]).catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('rolled back');
  });

  test('refuses a statement that comes after its COMMIT was sent, which would run for no tenant', async () => {
    const attempt = db.withTenantAtOnce(tenantId, async (tx) => {
      await tx.query(insert, [tenantId, 'in time']);
      await tx.query(insert, [tenantId, 'too late']);
    });
    await expect(attempt).rejects.toThrow('The transaction is over');
    expect(await written('in time')).toBe(1);
    expect(await written('too late')).toBe(0);
  });

  test('refuses a statement of work that has failed already', async () => {
    let late: Promise<unknown> = Promise.resolve();
    let goOn = (): void => undefined;
    const isGoingOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const attempt = db.withTenant(tenantId, async (tx) => {
      late = isGoingOn.then(() => tx.query(insert, [tenantId, 'late']));
      late.catch(() => undefined);
      throw new Error('on second thought');
    });
    await expect(attempt).rejects.toThrow('on second thought');
    goOn();
    await expect(late).rejects.toThrow('The transaction is over');
    expect(await written('late')).toBe(0);
  });
});

describe('a statement that is used often', () => {
  test('is prepared once in a connection, a rare one is not', async () => {
    const db = new Database({ connectionString: store.url, poolSize: 1, statementTimeoutMs: 60_000 });
    try {
      const { tenantId } = await createTestTenant(db);
      const ask = (text: string) => db.withTenant(tenantId, (tx) => tx.query(text, [1]));
      for (let n = 0; n < 10; n++) await ask('SELECT $1::int AS often');
      await ask('SELECT $1::int AS rarely');
      const prepared = await db.withTenant(tenantId, (tx) =>
        tx.query<{ statement: string }>(
          `SELECT statement FROM pg_prepared_statements WHERE statement LIKE '% AS %'`,
        ),
      );
      expect(prepared.map(({ statement }) => statement)).toEqual(['SELECT $1::int AS often']);
    } finally {
      await db.close();
    }
  });
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
