/** `mysql` stands for MySQL and MariaDB. */
export type DataSourceKind = 'postgres' | 'mysql';
export const DATA_SOURCE_KINDS = ['postgres', 'mysql'] as const satisfies readonly DataSourceKind[];
/** How the SQL of a question is written; `duckdb` for questions about datasets. */
export type QueryDialect = DataSourceKind | 'duckdb';
export type DataSourceStatus = 'new' | 'indexing' | 'ready' | 'failed';

/** A connected SQL database, as the API shows it. The connection string is never shown again. */
export interface DataSource {
  id: string;
  name: string;
  kind: DataSourceKind;
  status: DataSourceStatus;
  /** `user@host:port/database`, without the password. */
  address: string;
  /** Schemas to index; empty means all that the user can see. */
  includeSchemas: string[];
  tables: number | null;
  columns: number | null;
  indexedAt: string | null;
  /** Items of the active index that the embedding model refused, found by words alone; absent where there are none. */
  refusedItems?: { count: number /** The first 100, canonical. */; names: string[] } | undefined;
  schedule: ReindexSchedule | null;
  querySettings: QuerySettings;
  createdAt: string;
}

/** What a data source allows its queries. What is left out is as the operator has set it for all (platform/config.ts). */
export interface QuerySettings {
  /** EXPLAIN's total cost above which a query is refused, in the units of the database; 0 means no limit. */
  maxCost?: number;
  /** EXPLAIN's number of result rows above which a query is refused; 0, and the default, mean no limit. */
  maxRows?: number;
  /** Functions that queries may call besides the guard's own list, as they are called: `similarity`, `geo.distance`. */
  allowedFunctions?: string[];
}

/** When a data source is indexed again. Exactly one of the two is set. */
export interface ReindexSchedule {
  /** Five-field cron expression, in UTC. */
  cron?: string;
  everyMinutes?: number;
}
