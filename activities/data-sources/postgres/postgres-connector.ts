import type { PoolClient } from 'pg';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { CatalogReader, Connector, ValueSampler } from '../connector.js';
import type { SourcePoolsOptions } from '../source-pools-options.js';
import { toDataSourceError } from './data-source-error.js';
import { findSkippedSchemas, readForeignKeys, readTables } from './introspect.js';
import { probeJoin } from './probe-join.js';
import { explainAndRun } from './run-query.js';
import { readEnumTypes, sampleTable } from './sample-values.js';
import { SourcePools } from './source-pools.js';

/** Postgres 12 and later, by `pg`. */
export function createPostgresConnector(options: SourcePoolsOptions = {}): Connector {
  const pools = new SourcePools(options);
  return {
    withCatalog: ({ connectionString, signal }, work) =>
      pools.withClient(connectionString, signal, async (client) => {
        await client.query(
          `BEGIN READ ONLY ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = '120s'`,
        );
        try {
          return await work(createCatalogReader(client));
        } finally {
          await client.query('ROLLBACK').catch(() => undefined);
        }
      }),
    withSampler: ({ connectionString, signal }, work) =>
      pools.withClient(connectionString, signal, async (client) =>
        work(await createValueSampler(client, signal)),
      ),
    explainAndRun: (request, shouldRun) => explainAndRun(pools, request, shouldRun),
    close: () => pools.close(),
  };
}

const createCatalogReader = (client: PoolClient): CatalogReader => ({
  findSkippedSchemas: (includeSchemas) => findSkippedSchemas(client, includeSchemas),
  readTables: (includeSchemas) => readTables(client, includeSchemas),
  readForeignKeys: (includeSchemas) => readForeignKeys(client, includeSchemas),
});

async function createValueSampler(client: PoolClient, signal: AbortSignal): Promise<ValueSampler> {
  const enumTypes = await readEnumTypes(client);
  const orRefused = async <Result>(look: () => Promise<Result>): Promise<Result> => {
    try {
      return await look();
    } catch (error) {
      signal.throwIfAborted();
      const mapped = toDataSourceError(error, 'query');
      // A statement that was refused is the table's affair; a broken connection ends the sampling, as pg throws it.
      const isRefusal = mapped instanceof QuaestorError && mapped.code !== 'data_source_connection_lost';
      throw isRefusal ? mapped : error;
    }
  };
  return {
    sampleTable: (table) => orRefused(() => sampleTable(client, table, enumTypes)),
    probeJoin: (join, options) => orRefused(() => probeJoin(client, join, options)),
  };
}
