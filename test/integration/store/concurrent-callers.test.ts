import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../../../db/database.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { hashOf } from '../../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../../support/tenants.js';

const CALLERS = 200;

let store: TestStore;
let db: Database;
let tenants: TestTenant[];

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  tenants = [await createTestTenant(db), await createTestTenant(db), await createTestTenant(db)];
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

const tenantOf = (caller: number): string => tenants[caller % tenants.length]!.tenantId;

type Outcome = Record<string, unknown>;

/** What one caller does, and what it must get: nobody else’s numbers, whatever the others do meanwhile. */
interface Behaviour {
  run(caller: number): Promise<unknown>;
  expected(caller: number): unknown;
}

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

const insertAudit = 'INSERT INTO audit_log (tenant_id, action, data) VALUES ($1, $2, $3) RETURNING data';

const behaviours: Behaviour[] = [
  {
    // One parameterised query.
    run: (caller) =>
      db.withTenant(tenantOf(caller), (tx) =>
        tx.query('SELECT $1::int AS caller, current_tenant() AS tenant', [caller]),
      ),
    expected: (caller) => [{ caller, tenant: tenantOf(caller) }],
  },
  {
    // Several statements that read what they wrote.
    run: (caller) =>
      db.withTenant(tenantOf(caller), async (tx) => {
        await tx.query(insertAudit, [tx.tenantId, `kept-${caller}`, JSON.stringify({ caller })]);
        const many = await tx.query<{ n: number }>('SELECT $1::int + i AS n FROM generate_series(1, 50) i', [
          caller * 100,
        ]);
        const own = await tx.query<{ data: Outcome }>('SELECT data FROM audit_log WHERE action = $1', [
          `kept-${caller}`,
        ]);
        return { first: many[0]!.n, rows: many.length, own: own.map((row) => row.data) };
      }),
    expected: (caller) => ({ first: caller * 100 + 1, rows: 50, own: [{ caller }] }),
  },
  {
    // A constraint refuses; what came before is gone.
    run: (caller) =>
      codeOf(
        db.withTenant(tenantOf(caller), async (tx) => {
          await tx.query(insertAudit, [tx.tenantId, `lost-${caller}`, '{}']);
          await tx.query('INSERT INTO tenants (id, name) VALUES ($1, $2)', [tx.tenantId, 'again']);
        }),
      ),
    expected: () => '23505',
  },
  {
    // The parser refuses, in a parameterised statement.
    run: (caller) => codeOf(db.withTenant(tenantOf(caller), (tx) => tx.query('SELEC $1::int', [caller]))),
    expected: () => '42601',
  },
  {
    // A row makes it fail half way through the result.
    run: (caller) =>
      codeOf(
        db.withTenant(tenantOf(caller), (tx) =>
          tx.query('SELECT 10 / (i - $1::int) FROM generate_series(1, 500) i', [250]),
        ),
      ),
    expected: () => '22012',
  },
  {
    // The caller itself throws.
    run: (caller) =>
      codeOf(
        db.withTenant(tenantOf(caller), async (tx) => {
          await tx.query(insertAudit, [tx.tenantId, `lost-${caller}`, '{}']);
          throw new Error(`thrown by ${caller}`);
        }),
      ),
    expected: (caller) => `thrown by ${caller}`,
  },
  {
    // Another kind of scope, which must show nothing of any tenant.
    run: (caller) =>
      db.withPresentedKey(hashOf(`${caller}`).toString('hex'), (tx) =>
        tx.query(
          'SELECT $1::int AS caller, current_tenant() AS tenant, (SELECT count(*)::int FROM users) AS users',
          [caller],
        ),
      ),
    expected: (caller) => [{ caller, tenant: null, users: 0 }],
  },
  {
    // A large row both ways.
    run: async (caller) => {
      const text = `${caller}-`.repeat(20_000);
      const [row] = await db.withTenant(tenantOf(caller), (tx) =>
        tx.query<{ text: string }>('SELECT $1::text AS text', [text]),
      );
      return row!.text === text;
    },
    expected: () => true,
  },
];

test(`${CALLERS} callers at once each get their own rows and only their own, and leave a healthy pool`, async () => {
  const callers = Array.from({ length: CALLERS }, (_, caller) => caller);
  const behaviourOf = (caller: number): Behaviour => behaviours[caller % behaviours.length]!;
  const got = await Promise.all(callers.map((caller) => behaviourOf(caller).run(caller)));
  expect(got).toEqual(callers.map((caller) => behaviourOf(caller).expected(caller)));

  const kept = callers.filter((caller) => behaviourOf(caller) === behaviours[1]);
  const found: string[] = [];
  for (const { tenantId } of tenants) {
    const rows = await db.withTenant(tenantId, (tx) =>
      tx.query<{ action: string }>('SELECT action FROM audit_log'),
    );
    for (const { action } of rows) found.push(action);
  }
  expect(found.sort()).toEqual(kept.map((caller) => `kept-${caller}`).sort());

  // No connection was lost to the pool, and none is in a broken transaction.
  const again = await Promise.all(
    callers.map((caller) =>
      db.withTenant(
        tenantOf(caller),
        async (tx) => (await tx.query<{ id: string }>('SELECT id FROM tenants'))[0]!.id,
      ),
    ),
  );
  expect(again).toEqual(callers.map(tenantOf));
  await db.ping();
});

test('a caller that waits for nothing but its turn gets it, however many there are', async () => {
  const ids = Array.from({ length: CALLERS }, () => uuidv7());
  const rows = await Promise.all(
    ids.map((id, caller) => db.withTenant(tenantOf(caller), (tx) => tx.query('SELECT $1::uuid AS id', [id]))),
  );
  expect(rows).toEqual(ids.map((id) => [{ id }]));
});
