import pg from 'pg';

/** The role by which Quaestor reads the sample; it can see its four schemas and change nothing. */
export const SAMPLE_READER_ROLE = 'quaestor_reader';

/** Creates the role or brings it up to date (also its password), within the caller's transaction. */
export async function grantReader(client: pg.Client, password: string): Promise<void> {
  const { rows } = await client.query<{ database: string; exists: boolean }>(
    'SELECT current_database() AS database, EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS exists',
    [SAMPLE_READER_ROLE],
  );
  const { database, exists } = rows[0]!;
  const role = SAMPLE_READER_ROLE;
  await client.query(`
    ${exists ? 'ALTER' : 'CREATE'} ROLE ${role}
      LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD ${pg.escapeLiteral(password)};
    ALTER ROLE ${role} SET default_transaction_read_only = on;
    GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${role};
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public, logistics, hr, legacy TO ${role};
    GRANT SELECT ON ALL TABLES IN SCHEMA public, logistics, hr, legacy TO ${role};
  `);
}

/** The same address with the reader's name and password. */
export function toReaderConnectionString(connectionString: string, password: string): string {
  const url = new URL(connectionString);
  url.username = SAMPLE_READER_ROLE;
  url.password = encodeURIComponent(password);
  return url.toString();
}
