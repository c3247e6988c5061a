import type { ConnectionOptions } from 'mysql2';

const TLS: Readonly<Record<string, ConnectionOptions['ssl'] | undefined>> = {
  disabled: undefined,
  required: { rejectUnauthorized: false },
  verify_ca: { rejectUnauthorized: true, verifyIdentity: false },
  verify_identity: { rejectUnauthorized: true, verifyIdentity: true },
};

/**
 * What mysql2 needs of `mysql://user:password@host:port/database?ssl-mode=…`, and what holds for every connection: one statement
 * at a time, no file of this machine sent to the server, numbers and dates as text, names and values in utf8mb4. Without
 * `ssl-mode` the connection is not encrypted, as with the other kinds of data sources.
 */
export function connectionOptions(connectionString: string): ConnectionOptions {
  const url = new URL(connectionString);
  const ssl = TLS[(url.searchParams.get('ssl-mode') ?? 'disabled').toLowerCase().replace('-', '_')];
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'UTF8MB4_UNICODE_CI',
    ...(ssl ? { ssl } : {}),
    multipleStatements: false,
    // Without this flag the server cannot ask for a file; mysql2 would refuse it in any case.
    flags: ['-LOCAL_FILES'],
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    connectTimeout: 10_000,
    enableKeepAlive: true,
  };
}
