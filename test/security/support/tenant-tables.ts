import type { Database, Transaction } from '../../../db/database.js';

/** The only table without tenants: it holds names of migrations. */
export const MIGRATIONS = 'schema_migrations';

export const PERMISSION_DENIED = '42501';

/** Runs work as the owner, whom row level security does not bind: to see what is really there. */
export const runAsOwner = <Result>(
  db: Database,
  tenantId: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> =>
  db.withTenant(tenantId, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE');
    return await work(tx);
  });

export interface TenantTable {
  name: string;
  /** The column that says whose row it is. */
  tenant: string;
}

/** Every table of the store but the one of the migrations, from the catalog. */
export const listTables = async (tx: Transaction): Promise<TenantTable[]> =>
  (
    await tx.query<{ name: string; tenant: string | null }>(
      `SELECT c.oid::regclass::text AS name,
              (SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid
               AND attname = CASE WHEN c.oid = 'tenants'::regclass THEN 'id' ELSE 'tenant_id' END) AS tenant
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname <> $1
       ORDER BY 1`,
      [MIGRATIONS],
    )
  ).map((row) => ({ name: row.name, tenant: row.tenant ?? `no tenant column in ${row.name}` }));

/** The code that work fails with; undefined where it does not. */
export const refusal = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
