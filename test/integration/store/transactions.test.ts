import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Database } from '../../../db/database.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { createTestTenant } from '../../support/tenants.js';

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
