import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { CatalogReader, Connector, ValueSampler } from '../connector.js';
import type { SourcePoolsOptions } from '../source-pools-options.js';
import { findSkippedSchemas, readForeignKeys, readTables } from './introspect.js';
import { explainAndRun } from './run-query.js';
import { sampleTable } from './sample-values.js';
import { type Session, timeLimit } from './session.js';
import { MysqlPools } from './source-pools.js';
import { toMysqlError } from './to-mysql-error.js';

/** Includes the time that whoever reads the pages takes for them. */
const CATALOG_TIMEOUT_MS = 600_000;

/** MySQL 8.0 and later, MariaDB 10.6 and later, by `mysql2`. A schema is what they call a database. */
export function createMysqlConnector(options: SourcePoolsOptions = {}): Connector {
  const pools = new MysqlPools(options);
  return {
    withCatalog: ({ connectionString, signal }, work) =>
      pools.withSession(connectionString, signal, async (session) => {
        await session.run(timeLimit(session, CATALOG_TIMEOUT_MS));
        await session.run('SET SESSION sql_select_limit = DEFAULT');
        return await work(createCatalogReader(session));
      }),
    withSampler: ({ connectionString, signal }, work) =>
      pools.withSession(connectionString, signal, async (session) =>
        work(createValueSampler(session, signal)),
      ),
    explainAndRun: (request, shouldRun) => explainAndRun(pools, request, shouldRun),
    close: () => pools.close(),
  };
}

function createCatalogReader(session: Session): CatalogReader {
  const readable = new Set<string>();
  return {
    findSkippedSchemas: (includeSchemas) => findSkippedSchemas(session, includeSchemas),
    readTables: (includeSchemas) => readTables(session, includeSchemas, readable),
    readForeignKeys: (includeSchemas) => readForeignKeys(session, includeSchemas, readable),
  };
}

const createValueSampler = (session: Session, signal: AbortSignal): ValueSampler => ({
  async sampleTable(table) {
    try {
      return await sampleTable(session, table);
    } catch (error) {
      signal.throwIfAborted();
      const mapped = toMysqlError(error, 'query');
      // A statement that was refused is the table's affair; a broken connection ends the sampling.
      const isRefusal = mapped instanceof QuaestorError && mapped.code !== 'data_source_connection_lost';
      throw isRefusal ? mapped : error;
    }
  },
});
