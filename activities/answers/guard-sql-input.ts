import type { QueryDialect } from '../../contracts/data-source.js';
import type { GuardTable } from '../../domain/guard/verdict.js';
import type { DuckDbParser } from '../datasets/queries/duckdb-parser.js';

export interface GuardSqlInput {
  sql: string;
  /** The kind of database that will run it. Default `postgres`. */
  dialect?: QueryDialect;
  /** All tables of the data source that may be read, with all their columns. */
  tables: readonly GuardTable[];
  /**
   * Schemas that unqualified names are looked up in, in order; `['public']` for Postgres unless given. MySQL has one at most: the
   * database that the connection string names.
   */
  searchPath?: readonly string[];
  /** DuckDB's own parser, for its dialect. */
  parser?: DuckDbParser;
  /** Functions allowed besides the list of domain/guard/allowed-functions.ts, as they are called. */
  extraFunctions?: readonly string[];
}
