import { isNativeError } from 'node:util/types';
import type { ErrorCode } from '../../../contracts/errors.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';

/** What pg puts on a server error. */
interface ServerError extends Error {
  code?: string;
  /** On errors of the server only. */
  severity?: string;
  position?: string;
  hint?: string;
}

type Known = [RegExp, ErrorCode, string];
const LOGIN: Known = [/^28/, 'data_source_auth_failed', 'The database refused the login'];
/** And whatever else the server says about a statement: classes P0 (exceptions of functions), 55, 40, XX and those of extensions. */
const REFUSED: Known = [/^(22|42|21|44|0A|25006|54)/, 'query_failed', 'The database refused the query'];

const BY_SQLSTATE: Known[] = [
  LOGIN,
  [/^3D000/, 'data_source_database_missing', 'There is no such database'],
  [/^42501/, 'data_source_permission_denied', 'The database user may not read this'],
  [/^(53300|53400)/, 'data_source_overloaded', 'The database has no free connection'],
  [/^57014/, 'query_timed_out', 'The query ran into its time limit'],
  [/^(08|57P|58)/, 'data_source_connection_lost', 'The connection broke'],
  REFUSED,
];

/** pg's own words when the server asks for a password and the connection string has none. */
const NO_PASSWORD = /^SASL: .*password/i;
const UNREACHABLE = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOENT)$/;
const BROKEN = /^(ECONNRESET|EPIPE)$|connection terminated|connection ended|not queryable/i;

/** Turns what pg throws into an error of the catalogue; anything else is returned as it is. */
export function toDataSourceError(error: unknown, phase: 'connect' | 'query'): unknown {
  // Errors of Node's own may come from another realm, where instanceof does not see them.
  if (!isNativeError(error) || error instanceof QuaestorError) return error;
  const { code = '', severity, position, hint } = error as ServerError;
  const known =
    BY_SQLSTATE.find(([pattern]) => pattern.test(code)) ??
    (phase === 'connect' && NO_PASSWORD.test(error.message) ? LOGIN : undefined) ??
    (phase === 'query' && severity !== undefined ? REFUSED : undefined);
  if (known) {
    return new QuaestorError(known[1], `${known[2]}: ${error.message}`, {
      cause: error,
      details: {
        ...(code ? { sqlState: code } : {}),
        ...(position ? { position: Number(position) } : {}),
        ...(hint ? { hint } : {}),
      },
    });
  }
  if (
    UNREACHABLE.test(code) ||
    (phase === 'connect' && /timeout expired|timeout exceeded|connection timeout/i.test(error.message))
  ) {
    return new QuaestorError(
      'data_source_unreachable',
      `The data source cannot be reached: ${reason(error, code)}`,
      {
        cause: error,
      },
    );
  }
  if (BROKEN.test(code) || BROKEN.test(error.message)) {
    return new QuaestorError(
      'data_source_connection_lost',
      `The connection to the data source broke: ${error.message}`,
      {
        cause: error,
      },
    );
  }
  return phase === 'connect'
    ? new QuaestorError('data_source_unreachable', `The data source cannot be reached: ${error.message}`, {
        cause: error,
      })
    : error;
}

/** Node gathers the attempts on several addresses in an AggregateError whose own message is empty. */
const reason = (error: Error, code: string): string =>
  'errors' in error
    ? (error as AggregateError).errors.map((one: Error) => one.message).join('; ')
    : error.message || code;
