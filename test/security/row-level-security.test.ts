import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../db/database.js';
import { createTestStore, openTestDatabase, type TestStore } from '../support/databases.js';
import { createQuestionRow, fillTenant, hashOf } from '../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../support/tenants.js';
import {
  listTables,
  MIGRATIONS,
  PERMISSION_DENIED,
  refusal,
  runAsOwner,
  type TenantTable,
} from './support/tenant-tables.js';

let store: TestStore;
let db: Database;
let a: TestTenant;
let b: TestTenant;
let sourceOfB: string;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  a = await createTestTenant(db);
  b = await createTestTenant(db);
  await fillTenant(db, a);
  sourceOfB = (await fillTenant(db, b)).dataSourceId;
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

const asOwner = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  runAsOwner(db, a.tenantId, work);

/** What is wrong with the separation of tenants, in words; empty when nothing is. */
const findHoles = async (tx: Transaction): Promise<string[]> =>
  (
    await tx.query<{ hole: string }>(
      `WITH relation AS (
         SELECT c.*, c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname <> $1)
       SELECT name || ' has no tenant policy' AS hole FROM relation r WHERE relkind IN ('r', 'p') AND NOT EXISTS (
         SELECT FROM pg_policy p WHERE p.polrelid = r.oid AND p.polcmd = '*'
           AND pg_get_expr(p.polqual, p.polrelid) ~ '^\\(\\w+ = current_tenant\\(\\)\\)$' AND p.polwithcheck IS NULL)
       UNION ALL SELECT name || ' does not enable row level security' FROM relation
         WHERE relkind IN ('r', 'p') AND NOT relrowsecurity
       UNION ALL SELECT name || ' does not force row level security' FROM relation
         WHERE relkind IN ('r', 'p') AND NOT relforcerowsecurity
       UNION ALL SELECT name || ' belongs to quaestor_app' FROM relation WHERE pg_get_userbyid(relowner) = 'quaestor_app'
       UNION ALL SELECT name || ' shows rows with its owner''s rights' FROM relation
         WHERE relkind = 'm' OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)
       UNION ALL SELECT r.name || ' has an unknown policy ' || p.polname FROM relation r JOIN pg_policy p ON p.polrelid = r.oid
         WHERE (r.name, p.polname) NOT IN (('api_keys', 'presented_key'), ('jobs', 'sweeper'), ('data_source_uses', 'warm_up')) AND p.polname <> 'tenant_isolation'
       UNION ALL SELECT r.name || ' may point at another tenant''s row by ' || k.conname
         FROM relation r JOIN pg_constraint k ON k.conrelid = r.oid
         WHERE k.contype = 'f' AND k.confrelid <> 'tenants'::regclass AND NOT coalesce(
           (SELECT attnum FROM pg_attribute WHERE attrelid = r.oid AND attname = 'tenant_id') = ANY(k.conkey), false)
       UNION ALL SELECT p.oid::regprocedure || ' runs with its owner''s rights' FROM pg_proc p
         WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
       ORDER BY 1`,
      [MIGRATIONS],
    )
  ).map((row) => row.hole);
describe('the catalog', () => {
  test('every table but the migrations separates tenants, forced, and none is the application’s own', async () => {
    expect(await asOwner(findHoles)).toEqual([]);
    expect((await asOwner(listTables)).length).toBeGreaterThanOrEqual(19);
  });

  test('a table without a policy, not forced, or with a policy for everybody would be found', async () => {
    const forgotten = new Error('roll back');
    let holes: string[] = [];
    const attempt = asOwner(async (tx) => {
      await tx.query('CREATE TABLE forgotten (id int, tenant_id uuid)');
      await tx.query('CREATE TABLE "Open" (id int, tenant_id uuid)');
      await tx.query('ALTER TABLE "Open" ENABLE ROW LEVEL SECURITY');
      await tx.query('CREATE POLICY everybody ON "Open" USING (true)');
      await tx.query('ALTER TABLE "Open" ADD job_id text CONSTRAINT loose REFERENCES jobs');
      await tx.query('CREATE VIEW leaking AS SELECT * FROM users');
      await tx.query('CREATE TABLE given (id int)');
      await tx.query('ALTER TABLE given OWNER TO quaestor_app');
      holes = await findHoles(tx);
      throw forgotten;
    });
    await expect(attempt).rejects.toBe(forgotten);
    expect(holes).toEqual(
      expect.arrayContaining([
        'forgotten has no tenant policy',
        'forgotten does not enable row level security',
        '"Open" does not force row level security',
        '"Open" has an unknown policy everybody',
        '"Open" may point at another tenant\'s row by loose',
        'given belongs to quaestor_app',
        "leaking shows rows with its owner's rights",
      ]),
    );
  });

  test('the application’s role may neither bypass policies, nor log in, nor become another, nor make things', async () => {
    const [role] = await asOwner((tx) =>
      tx.query(
        `SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, rolreplication,
                (SELECT count(*)::int FROM pg_auth_members WHERE member = r.oid) AS memberships,
                has_schema_privilege(oid, 'public', 'CREATE') AS creates,
                (SELECT count(*)::int FROM pg_proc WHERE proowner = r.oid) AS functions,
                (SELECT count(*)::int FROM pg_namespace WHERE nspowner = r.oid) AS schemas
         FROM pg_roles r WHERE rolname = 'quaestor_app'`,
      ),
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcanlogin: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      memberships: 0,
      creates: false,
      functions: 0,
      schemas: 0,
    });
  });

  test('statements run as the application’s role', async () => {
    const [row] = await db.withTenant(a.tenantId, (tx) => tx.query('SELECT current_user AS me'));
    expect(row).toEqual({ me: 'quaestor_app' });
  });
});

describe('another tenant’s rows, in every table', () => {
  /** Runs `check` for each table, of which B has at least one row; gathers what it says against it. */
  const inEveryTable = async (
    check: (table: TenantTable) => Promise<string | undefined>,
  ): Promise<string[]> => {
    const wrong: string[] = [];
    for (const table of await asOwner(listTables)) {
      const [own] = await asOwner((tx) =>
        tx.query<{ rows: number }>(
          `SELECT count(*)::int AS rows FROM ${table.name} WHERE ${table.tenant} = $1`,
          [b.tenantId],
        ),
      );
      if (!own?.rows) wrong.push(`${table.name}: the test has no row in it`);
      const said = await check(table);
      if (said) wrong.push(`${table.name}: ${said}`);
    }
    return wrong;
  };

  test('are not read', async () => {
    const wrong = await inEveryTable(async ({ name, tenant }) => {
      const rows = await db.withTenant(a.tenantId, (tx) =>
        tx.query<{ whose: string }>(`SELECT DISTINCT ${tenant} AS whose FROM ${name}`),
      );
      return rows.length === 1 && rows[0]!.whose === a.tenantId ? undefined : JSON.stringify(rows);
    });
    expect(wrong).toEqual([]);
  });

  test('are not updated or deleted', async () => {
    const wrong = await inEveryTable(async ({ name, tenant }) => {
      const changed: string[] = [];
      for (const statement of [
        `UPDATE ${name} SET ${tenant} = ${tenant} WHERE ${tenant} = $1 RETURNING 1`,
        `DELETE FROM ${name} WHERE ${tenant} = $1 RETURNING 1`,
      ]) {
        const rows = await db
          .withTenant(a.tenantId, (tx) => tx.query(statement, [b.tenantId]))
          .catch((error: { code?: string }) => {
            if (error.code === PERMISSION_DENIED) return [];
            throw error;
          });
        if (rows.length > 0) changed.push(statement);
      }
      return changed.join('; ') || undefined;
    });
    expect(wrong).toEqual([]);
  });

  test('are not made, nor are own rows given away', async () => {
    const wrong = await inEveryTable(async ({ name, tenant }) => {
      const [copy] = await asOwner((tx) =>
        tx.query<{ row: unknown }>(`SELECT to_jsonb(t) AS row FROM ${name} t WHERE ${tenant} = $1 LIMIT 1`, [
          b.tenantId,
        ]),
      );
      const inserted = await refusal(
        db.withTenant(a.tenantId, (tx) =>
          tx.query(
            `INSERT INTO ${name} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::${name}, $1)`,
            [JSON.stringify(copy?.row)],
          ),
        ),
      );
      const given = await refusal(
        db.withTenant(a.tenantId, (tx) => tx.query(`UPDATE ${name} SET ${tenant} = $1`, [b.tenantId])),
      );
      if (inserted === PERMISSION_DENIED && given === PERMISSION_DENIED) return undefined;
      return `insert ended with ${inserted}, giving away with ${given}`;
    });
    expect(wrong).toEqual([]);
  });

  test('are not seen, and none is made, when no tenant is set', async () => {
    const wrong = await inEveryTable(async ({ name }) => {
      const [seen] = await db.withPresentedKey(hashOf('nobody’s').toString('hex'), (tx) =>
        tx.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${name}`),
      );
      return seen?.rows === 0 ? undefined : JSON.stringify(seen);
    });
    expect(wrong).toEqual([]);
    const made = db.withPresentedKey(hashOf('nobody’s').toString('hex'), (tx) =>
      tx.query(`INSERT INTO tenants (id, name) VALUES ($1, 'x')`, [uuidv7()]),
    );
    expect(await refusal(made)).toBe(PERMISSION_DENIED);
  });

  test('cannot be pointed at by own rows', async () => {
    const attempt = createQuestionRow(db, a, sourceOfB);
    expect(await refusal(attempt)).toBe('23503');
  });
});

describe('the scope of a transaction', () => {
  test('binds a statement that is prepared already, for whichever tenant it was prepared', async () => {
    const seenBy = async (tenant: TestTenant) =>
      await db.withTenantAtOnce(tenant.tenantId, (tx) =>
        tx.query<{ whose: string }>('SELECT DISTINCT tenant_id AS whose FROM questions WHERE id <> $1', [
          uuidv7(),
        ]),
      );
    for (let n = 0; n < 20; n++) {
      const tenant = n % 3 === 0 ? a : b;
      expect(await seenBy(tenant)).toEqual([{ whose: tenant.tenantId }]);
    }
  });

  test('ends with it', async () => {
    await db.withTenant(b.tenantId, (tx) => tx.query('SELECT 1'));
    const rows = await db.withPresentedKey(hashOf('x').toString('hex'), (tx) =>
      tx.query<{ tenant: string | null }>(`SELECT current_tenant() AS tenant`),
    );
    expect(rows).toEqual([{ tenant: null }]);
    const [after] = await db.withTenant(a.tenantId, (tx) =>
      tx.query<{ hash: string | null }>(
        `SELECT nullif(current_setting('quaestor.presented_key_hash', true), '') AS hash`,
      ),
    );
    expect(after).toEqual({ hash: null });
  });

  test('cannot be smuggled in', async () => {
    await expect(
      db.withTenant(`${a.tenantId}'; SET quaestor.tenant_id = '${b.tenantId}`, async () => 'in'),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      db.withPresentedKey(`${'0'.repeat(64)}'; RESET ROLE; --`, async () => 'in'),
    ).rejects.toMatchObject({ code: 'unauthorized' });
  });
});
describe('the audit trail', () => {
  test.each([
    'UPDATE audit_log SET action = action',
    'DELETE FROM audit_log',
    'TRUNCATE audit_log',
    'DROP TABLE audit_log',
    'ALTER TABLE audit_log DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE audit_log NO FORCE ROW LEVEL SECURITY',
    'DROP POLICY tenant_isolation ON audit_log',
  ])('is not changed by %s', async (sql) => {
    expect(await refusal(db.withTenant(a.tenantId, (tx) => tx.query(sql)))).toBe(PERMISSION_DENIED);
  });

  test('outlives its tenant', async () => {
    const gone = await createTestTenant(db);
    await fillTenant(db, gone);
    await db.withTenant(gone.tenantId, (tx) => tx.query('DELETE FROM tenants'));
    const [kept] = await asOwner((tx) =>
      tx.query<{ rows: number }>('SELECT count(*)::int AS rows FROM audit_log WHERE tenant_id = $1', [
        gone.tenantId,
      ]),
    );
    expect(kept).toEqual({ rows: 1 });
    const [rest] = await asOwner((tx) =>
      tx.query<{ rows: number }>('SELECT count(*)::int AS rows FROM registry_items WHERE tenant_id = $1', [
        gone.tenantId,
      ]),
    );
    expect(rest).toEqual({ rows: 0 });
  });
});
