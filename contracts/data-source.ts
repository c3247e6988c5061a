export type DataSourceKind = 'postgres';
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
  schedule: ReindexSchedule | null;
  createdAt: string;
}

/** When a data source is indexed again. Exactly one of the two is set. */
export interface ReindexSchedule {
  /** Five-field cron expression, in UTC. */
  cron?: string;
  everyMinutes?: number;
}
