/**
 * SQL for MySQL or MariaDB in Postgres' spelling, to be read for warnings and never to be run. Undefined where polyglot cannot tell; what it
 * gives may still be no SQL that Postgres' parser takes.
 */
export async function mysqlAsPostgres(sql: string): Promise<string | undefined> {
  const { Dialect, transpile } = await import('@polyglot-sql/sdk');
  const { sql: statements, success } = transpile(sql, Dialect.MySQL, Dialect.PostgreSQL);
  return success ? statements?.join(';\n') : undefined;
}
