import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { Database } from '../../db/database.js';
import { sharedServers } from './shared-servers.js';

/** A store for one test file: on native Postgres a clone of the template, on PGlite the one database (tenants keep tests apart). */
export interface TestStore {
  url: string;
  poolSize: number;
  drop(): Promise<void>;
}

export async function createTestStore(): Promise<TestStore> {
  const { storeKind, storeUrl } = sharedServers();
  if (storeKind === 'pglite') return { url: storeUrl, poolSize: 1, drop: async () => undefined };
  const name = `store_${randomBytes(6).toString('hex')}`;
  const admin = withDatabase(storeUrl, 'postgres');
  await execute(admin, `CREATE DATABASE ${name} TEMPLATE quaestor_template`);
  return {
    url: withDatabase(storeUrl, name),
    poolSize: 10,
    drop: () => execute(admin, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

export const openTestDatabase = (store: TestStore): Database =>
  new Database({ connectionString: store.url, poolSize: store.poolSize, statementTimeoutMs: 60_000 });

/** A database that plays a user's data source, filled by `sql`. */
export interface TestSource {
  url: string;
  execute(sql: string): Promise<void>;
  drop(): Promise<void>;
}

export async function createTestSource(sql: string): Promise<TestSource> {
  const { sourceAdminUrl } = sharedServers();
  const name = `source_${randomBytes(6).toString('hex')}`;
  await execute(sourceAdminUrl, `CREATE DATABASE ${name}`);
  const url = withDatabase(sourceAdminUrl, name);
  await execute(url, sql);
  return {
    url,
    execute: (more) => execute(url, more),
    drop: () => execute(sourceAdminUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

export async function execute(url: string, sql: string): Promise<void> {
  await queryRows(url, sql);
}

export async function queryRows<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Rows as arrays of the texts that Postgres prints. */
export async function queryRowArrays(url: string, sql: string): Promise<string[][]> {
  const client = new pg.Client({ connectionString: url, types: { getTypeParser: () => String } });
  await client.connect();
  try {
    return (await client.query<string[]>({ text: sql, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}
