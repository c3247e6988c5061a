import type { QueryDialect } from '../../contracts/data-source.js';
import { quoteName } from '../datasets/sql-text.js';
import { duckDbIdentifier } from '../duckdb-identifier.js';
import { quoteMysqlIdentifier } from '../mysql-identifier.js';

/** Writes a bare name as an identifier of the dialect. */
export const identifierOf = (dialect: QueryDialect): ((name: string) => string) =>
  ({ postgres: quoteName, mysql: quoteMysqlIdentifier, duckdb: duckDbIdentifier })[dialect];
