import type { DataSourceKind } from '../contracts/data-source.js';
import { QuaestorError } from '../contracts/quaestor-error.js';

/**
 * Parameters that may stand behind the `?`. The drivers would also take others, which redirect the connection (`host`, `user`,
 * `socketPath`), read files of the worker (`sslkey`) or change the session (`options`, `multipleStatements`).
 */
const KINDS: Readonly<Record<DataSourceKind, { schemes: string[]; port: string; parameters: Set<string> }>> =
  {
    postgres: {
      schemes: ['postgres:', 'postgresql:'],
      port: '5432',
      parameters: new Set([
        'application_name',
        'channel_binding',
        'connect_timeout',
        'gssencmode',
        'sslmode',
        'sslnegotiation',
        'target_session_attrs',
      ]),
    },
    mysql: { schemes: ['mysql:', 'mariadb:'], port: '3306', parameters: new Set(['ssl-mode']) },
  };
const MYSQL_TLS = /^(disabled|required|verify[_-]ca|verify[_-]identity)$/i;

export interface CheckedConnection {
  kind: DataSourceKind;
  /** Where it points, for people: `user@host:port/database`. */
  address: string;
}

/**
 * Checks a connection string without connecting; no message repeats any of it, because it holds a password.
 * @param expected the kind that was asked for, if any
 * @throws QuaestorError `data_source_unsupported` for another kind of database, `invalid_request` for one that cannot be understood.
 */
export function checkConnectionString(
  connectionString: string,
  expected?: DataSourceKind,
): CheckedConnection {
  const invalid = (message: string): QuaestorError =>
    new QuaestorError('invalid_request', `body.connectionString: ${message}`, {
      details: { issues: [{ field: 'body.connectionString', message }] },
    });
  const text = connectionString.trim();
  if (!URL.canParse(text)) throw invalid('must be a URL like postgres://user:password@host:5432/database');
  const url = new URL(text);
  const kind = (Object.keys(KINDS) as DataSourceKind[]).find((each) =>
    KINDS[each].schemes.includes(url.protocol),
  );
  if (!kind) {
    throw new QuaestorError(
      'data_source_unsupported',
      'The connection string is not one of Postgres, MySQL or MariaDB.',
    );
  }
  if (expected && expected !== kind) throw invalid(`is one of ${kind}, and kind says ${expected}`);
  const { port, parameters } = KINDS[kind];
  const database = decode(url.pathname.slice(1));
  const user = decode(url.username);
  if (database === undefined || user === undefined || decode(url.password) === undefined) {
    throw invalid('has a % that is not followed by two hex digits; write it as %25');
  }
  if (url.hostname === '') throw invalid('has no host');
  if (database === '' || database.includes('/')) throw invalid('has no database name after the host');
  for (const [name, value] of url.searchParams) {
    if (!parameters.has(name)) {
      throw invalid(`has a parameter that is not allowed; allowed are ${[...parameters].join(', ')}`);
    }
    if (kind === 'mysql' && !MYSQL_TLS.test(value)) {
      throw invalid('has an ssl-mode other than DISABLED, REQUIRED, VERIFY_CA and VERIFY_IDENTITY');
    }
  }
  return { kind, address: `${user === '' ? '' : `${user}@`}${url.hostname}:${url.port || port}/${database}` };
}

function decode(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
