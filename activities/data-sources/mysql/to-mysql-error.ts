import { isNativeError } from 'node:util/types';
import type { ErrorCode } from '../../../contracts/errors.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';

/** What mysql2 puts on an error of the server, or of the network. */
interface DriverError extends Error {
  code?: string;
  /** The server's number; negative or absent for the network's errors. */
  errno?: number;
  sqlState?: string;
}

type Known = [errnos: readonly number[], ErrorCode, string];

const BY_ERRNO: readonly Known[] = [
  // 1045 and 1698: wrong user or password; 1130: not from this host; 1251, 1275, 1524, 2059: no common way to log in.
  [
    [1045, 1130, 1251, 1275, 1524, 1698, 2059, 3118, 4151],
    'data_source_auth_failed',
    'The database refused the login',
  ],
  [[1049], 'data_source_database_missing', 'There is no such database'],
  // 1044: database; 1142, 1143: table, column; 1227: privilege; 1345: EXPLAIN of a view; 1370: routine.
  [
    [1044, 1142, 1143, 1227, 1345, 1370],
    'data_source_permission_denied',
    'The database user may not read this',
  ],
  // 1040: connections of the server; 1203, 1226: of the user.
  [[1040, 1203, 1226], 'data_source_overloaded', 'The database has no free connection'],
  // 1969: MariaDB's max_statement_time; 3024: MySQL's max_execution_time; 1205: waiting for a lock; 1317: ended by KILL QUERY.
  [[1205, 1317, 1969, 3024], 'query_timed_out', 'The query ran into its time limit'],
  // 1053: shutdown; 1152 to 1161: the network as the server sees it; 1927: KILL CONNECTION; 4031: idle for too long.
  [
    [1053, 1077, 1079, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1184, 1927, 4031],
    'data_source_connection_lost',
    'The connection broke',
  ],
  [[1129], 'data_source_unreachable', 'The data source does not let this machine connect'],
];

const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOENT|HANDSHAKE_.*)$/;
const BROKEN = /^(PROTOCOL_CONNECTION_LOST|ECONNRESET|EPIPE|PROTOCOL_ENQUEUE_AFTER_.*)$/;
const BROKEN_WORDS = /closed state|connection lost|server closed the connection/i;

/** Turns what mysql2 throws into an error of the catalogue; anything else is returned as it is. */
export function toMysqlError(error: unknown, phase: 'connect' | 'query'): unknown {
  // Errors of Node's own may come from another realm, where instanceof does not see them.
  if (!isNativeError(error) || error instanceof QuaestorError) return error;
  const { code = '', errno = 0, sqlState } = error as DriverError;
  const make = (as: ErrorCode, words: string): QuaestorError =>
    new QuaestorError(as, `${words}: ${reason(error, code)}`, {
      cause: error,
      ...(errno > 0 && sqlState ? { details: { errno, sqlState } } : {}),
    });
  const known = BY_ERRNO.find(([errnos]) => errnos.includes(errno));
  if (known) return make(known[1], known[2]);
  // The driver tells a wait that it gave up with the same code as the network does.
  if (UNREACHABLE.test(code)) return make('data_source_unreachable', 'The data source cannot be reached');
  if (BROKEN.test(code) || BROKEN_WORDS.test(error.message)) {
    return make('data_source_connection_lost', 'The connection to the data source broke');
  }
  if (phase === 'connect') return make('data_source_unreachable', 'The data source cannot be reached');
  return sqlState === undefined ? error : make('query_failed', 'The database refused the query');
}

/** Node gathers the attempts on several addresses in an AggregateError whose own message is empty. */
const reason = (error: Error, code: string): string =>
  'errors' in error
    ? (error as AggregateError).errors.map((one: Error) => one.message).join('; ')
    : error.message || code;
