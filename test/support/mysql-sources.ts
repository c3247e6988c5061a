import { randomBytes } from 'node:crypto';
import { describe } from '@jest/globals';
import mysql from 'mysql2/promise';
import { sharedServers } from './shared-servers.js';

/** A database that plays a user's data source on the run's MariaDB, filled by `sql`. */
export interface MysqlSource {
  /** Of a user who may do everything. */
  url: string;
  /** Its database, which is also its schema. */
  schema: string;
  execute(sql: string): Promise<void>;
  rows<Row>(sql: string): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Suites that need a MariaDB. Where none is installed they are skipped, and the run says so; in CI a skip is a failure. */
export const describeOnMariadb = (name: string, suite: () => void): void =>
  (sharedServers().mariadbAdminUrl === null ? describe.skip : describe)(name, suite);

export async function createMysqlSource(sql: string): Promise<MysqlSource> {
  const { mariadbAdminUrl } = sharedServers();
  if (mariadbAdminUrl === null) throw new Error('There is no MariaDB.');
  const schema = `source_${randomBytes(6).toString('hex')}`;
  const url = new URL(mariadbAdminUrl);
  url.pathname = `/${schema}`;
  await executeMysql(mariadbAdminUrl, `CREATE DATABASE ${schema} CHARACTER SET utf8mb4`);
  await executeMysql(url.href, sql);
  return {
    url: url.href,
    schema,
    execute: (more) => executeMysql(url.href, more),
    rows: (query) =>
      withConnection(url.href, async (connection) => (await connection.query(query))[0] as never),
    drop: () => executeMysql(mariadbAdminUrl, `DROP DATABASE IF EXISTS ${schema}`),
  };
}

/** The same place as another user. */
export function asMysqlUser(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = user;
  changed.password = password;
  return changed.href;
}

/** Runs any number of statements. */
async function executeMysql(url: string, sql: string): Promise<void> {
  await withConnection(url, async (connection) => {
    if (sql.trim() !== '') await connection.query(sql);
  });
}

async function withConnection<Result>(
  url: string,
  work: (connection: mysql.Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}
