import { v7 as uuidv7 } from 'uuid';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { IndexSourceInput } from '../../contracts/workflows.js';
import type { Transaction } from '../../db/database.js';
import { appendEvent } from '../../db/statements/events.js';
import { setJobProgress } from '../../db/statements/jobs.js';
import { insertForeignKeys, insertTables } from '../../db/statements/registry/schema.js';
import { completeVersion, openVersion } from '../../db/statements/registry/versions.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import type { CatalogReader } from './connector.js';
import type { DataSourceDeps } from './data-source-deps.js';
import { expectReturn } from './expect-return.js';
import { type InferJoinsInput, inferJoins } from './infer-joins.js';
import { type SampleValuesInput, sampleValues } from './sample-values.js';
import { loadSourceConnection } from './source-connection.js';

/** From here on each page of the catalog is told to those who watch; a smaller one is read before anybody could look. */
const LARGE_CATALOG_TABLES = 500;

export interface IntrospectedSchema {
  versionId: string;
  tables: number;
  columns: number;
}

export type DataSourceActivities = ReturnType<typeof createDataSourceActivities>;

/** Steps that keep a connection to a data source for long; queue `data-source`. */
export function createDataSourceActivities(deps: DataSourceDeps) {
  /** Writes while a data source is read: what the store refuses must not be told as the data source's fault. */
  const store = <Result>(tenantId: string, work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
    deps.db.withTenant(tenantId, work).catch((error: unknown) => {
      throw error instanceof QuaestorError
        ? error
        : new Error('The store refused what was read of the data source', { cause: error });
    });
  return {
    sampleValues: (input: SampleValuesInput) => sampleValues(deps, input),
    inferJoins: (input: InferJoinsInput) => inferJoins(deps, input),
    /**
     * Reads the catalog of a data source, page by page, into a new registry version that is not yet active. A second attempt starts over.
     * @throws QuaestorError `data_source_empty`, or another `data_source_…` code.
     */
    async introspectSource(input: IndexSourceInput): Promise<IntrospectedSchema> {
      return await withHeartbeat(async () => {
        const started = new Date();
        const source = await loadSourceConnection(deps, input.tenantId, input.dataSourceId);
        const key = { versionId: uuidv7(), dataSourceId: input.dataSourceId };
        await deps.db.withTenant(input.tenantId, (tx) =>
          openVersion(tx, { id: key.versionId, dataSourceId: key.dataSourceId, jobId: input.jobId }),
        );
        const counts = { tables: 0, columns: 0, skipped: [] as string[] };
        const schemas = new Set<string>();
        const readCatalog = async (catalog: CatalogReader) => {
          counts.skipped = await catalog.findSkippedSchemas(source.includeSchemas);
          for await (const page of catalog.readTables(source.includeSchemas)) {
            counts.tables += page.length;
            for (const table of page) {
              counts.columns += table.columns.length;
              schemas.add(table.schemaName);
            }
            const progress = {
              phase: 'introspecting',
              done: counts.tables,
              unit: 'tables',
              startedAt: started.toISOString(),
            };
            await store(input.tenantId, async (tx) => {
              await insertTables(tx, key, page);
              await setJobProgress(tx, input.jobId, progress);
              if (counts.tables >= LARGE_CATALOG_TABLES) {
                await appendEvent(tx, input.jobId, 'job.progressed', progress);
              }
            });
            deps.bus.publish(input.jobId);
          }
          const foreignKeys = await catalog.readForeignKeys(source.includeSchemas);
          await store(input.tenantId, (tx) => insertForeignKeys(tx, key, foreignKeys));
        };
        await expectReturn(false, () =>
          source.connector.withCatalog(
            { connectionString: source.connectionString, signal: activitySignal() },
            readCatalog,
          ),
        );
        if (counts.tables === 0) {
          throw new QuaestorError('data_source_empty', emptyMessage(source.includeSchemas, counts.skipped));
        }
        await deps.db.withTenant(input.tenantId, async (tx) => {
          await completeVersion(tx, key.versionId, counts);
          await appendEvent(
            tx,
            input.jobId,
            'schema.introspected',
            { schemas: schemas.size, ...counts, durationMs: Date.now() - started.getTime() },
            'introspected',
          );
        });
        deps.bus.publish(input.jobId);
        return { versionId: key.versionId, tables: counts.tables, columns: counts.columns };
      });
    },
  };
}

function emptyMessage(includeSchemas: readonly string[], skipped: readonly string[]): string {
  const where =
    includeSchemas.length > 0 ? `The schemas ${includeSchemas.join(', ')} have` : 'The database has';
  const closed = skipped.length > 0 ? ` These schemas are closed to its user: ${skipped.join(', ')}.` : '';
  return `${where} no tables that the user of the connection string can read.${closed}`;
}
