import { QuaestorError } from '../contracts/quaestor-error.js';

/**
 * Parameters that may stand behind the `?`. The driver would also take others, which redirect the connection (`host`, `user`),
 * read files of the worker (`sslkey`) or change the session (`options`).
 */
const PARAMETERS = new Set([
  'application_name',
  'channel_binding',
  'connect_timeout',
  'gssencmode',
  'sslmode',
  'sslnegotiation',
  'target_session_attrs',
]);
const DEFAULT_PORT = '5432';

/**
 * Checks a connection string without connecting; no message repeats any of it, because it holds a password.
 * @returns where it points, for people: `user@host:port/database`.
 * @throws QuaestorError `data_source_unsupported` for another kind of database, `invalid_request` for one that cannot be understood.
 */
export function addressOf(connectionString: string): string {
  const invalid = (message: string): QuaestorError =>
    new QuaestorError('invalid_request', `body.connectionString: ${message}`, {
      details: { issues: [{ field: 'body.connectionString', message }] },
    });
  const text = connectionString.trim();
  if (!URL.canParse(text)) throw invalid('must be a URL like postgres://user:password@host:5432/database');
  const url = new URL(text);
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    throw new QuaestorError('data_source_unsupported', 'The connection string is not one of Postgres.');
  }
  const database = decode(url.pathname.slice(1));
  const user = decode(url.username);
  if (database === undefined || user === undefined || decode(url.password) === undefined) {
    throw invalid('has a % that is not followed by two hex digits; write it as %25');
  }
  if (url.hostname === '') throw invalid('has no host');
  if (database === '' || database.includes('/')) throw invalid('has no database name after the host');
  for (const name of url.searchParams.keys()) {
    if (!PARAMETERS.has(name)) {
      throw invalid(`has a parameter that is not allowed; allowed are ${[...PARAMETERS].join(', ')}`);
    }
  }
  return `${user === '' ? '' : `${user}@`}${url.hostname}:${url.port || DEFAULT_PORT}/${database}`;
}

function decode(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
