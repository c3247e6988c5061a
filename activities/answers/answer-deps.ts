import type { QueryLimits } from '../../contracts/limits.js';
import type { ModelLabel } from '../../contracts/question.js';
import type { DatasetStore } from '../../platform/dataset-store/dataset-store.js';
import type { EventBus } from '../../platform/event-bus.js';
import type { Connectors } from '../data-sources/connector.js';
import type { DuckDbPool } from '../datasets/duckdb/duckdb-pool.js';
import type { DuckDbParser } from '../datasets/queries/duckdb-parser.js';
import type { EmbeddingProvider } from '../model/embedding-provider.js';
import type { TenantStore } from '../patient-store.js';
import type { SchemaCache } from './schema-cache.js';
import type { SqlWriter } from './sql-writer.js';

/** What the steps of an answer work with. */
export interface AnswerDeps {
  db: TenantStore;
  bus: EventBus;
  connectors: Connectors;
  schemas: SchemaCache;
  datasets: DatasetAccess;
  /** With a cache for questions. */
  embeddings: EmbeddingProvider;
  writer: SqlWriter;
  /** Tokens of the prompt that are for the schema. */
  contextTokens: number;
  /** What distinguishes this model in the keys of cached answers. */
  cacheLabel: string;
  /** Whether the SQL of an earlier answer to the same question may be used again. */
  reusesSql: boolean;
  encryptionKey: Buffer;
  query: QueryLimits;
}

/** The way to datasets. */
export interface DatasetAccess {
  /** For queries only: none waits for a file that is being read. */
  queries: DuckDbPool;
  parser: DuckDbParser;
  files: DatasetStore;
}

/** How an answer names its model. */
export const modelLabel = (writer: SqlWriter): ModelLabel => ({
  provider: writer.provider,
  name: writer.name,
});
