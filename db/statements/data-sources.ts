import type {
  DataSource,
  DataSourceKind,
  DataSourceStatus,
  QuerySettings,
  ReindexSchedule,
} from '../../contracts/data-source.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

const COLUMNS = `d.id, d.name, d.kind, d.status, d.address, d.include_schemas, d.schedule, d.query_settings, d.created_at,
  v.table_count, v.column_count, v.activated_at, v.refused_count, v.refused_names`;
const FROM = 'FROM data_sources d LEFT JOIN registry_versions v ON v.id = d.active_version_id';

interface Row {
  id: string;
  name: string;
  kind: DataSourceKind;
  status: DataSourceStatus;
  address: string;
  include_schemas: string[];
  schedule: ReindexSchedule | null;
  query_settings: QuerySettings;
  created_at: Date;
  table_count: number | null;
  column_count: number | null;
  activated_at: Date | null;
  refused_count: number | null;
  refused_names: string[] | null;
}

const toDataSource = (row: Row): DataSource => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  status: row.status,
  address: row.address,
  includeSchemas: row.include_schemas,
  tables: row.table_count,
  columns: row.column_count,
  indexedAt: row.activated_at?.toISOString() ?? null,
  ...(row.refused_count
    ? { refusedItems: { count: row.refused_count, names: row.refused_names ?? [] } }
    : {}),
  schedule: row.schedule,
  querySettings: row.query_settings,
  createdAt: row.created_at.toISOString(),
});

export interface NewDataSource {
  id: string;
  name: string;
  kind: DataSourceKind;
  address: string;
  connectionSecret: Buffer;
  includeSchemas: readonly string[];
}

/** False when the tenant has a data source of this name already. */
export async function insertDataSource(tx: Transaction, source: NewDataSource): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO data_sources (id, tenant_id, name, kind, address, connection_secret, include_schemas)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant_id, name) DO NOTHING RETURNING id`,
    [
      source.id,
      tx.tenantId,
      source.name,
      source.kind,
      source.address,
      source.connectionSecret,
      source.includeSchemas,
    ],
  );
  return rows.length === 1;
}

export async function getDataSource(tx: Transaction, id: string): Promise<DataSource | undefined> {
  const [row] = await tx.query<Row>(`SELECT ${COLUMNS} ${FROM} WHERE d.id = $1`, [id]);
  return row && toDataSource(row);
}

export async function listDataSources(tx: Transaction): Promise<DataSource[]> {
  return (await tx.query<Row>(`SELECT ${COLUMNS} ${FROM} ORDER BY d.name`)).map(toDataSource);
}

export interface DataSourceConnection {
  kind: DataSourceKind;
  connectionSecret: Buffer;
  includeSchemas: string[];
  querySettings: QuerySettings;
  activeVersionId: string | null;
}

/** What an activity needs to reach the database; undefined when it was deleted. */
export async function getDataSourceConnection(
  tx: Transaction,
  id: string,
): Promise<DataSourceConnection | undefined> {
  const [row] = await tx.query<{
    kind: DataSourceKind;
    connection_secret: Buffer;
    include_schemas: string[];
    query_settings: QuerySettings;
    active_version_id: string | null;
  }>(
    'SELECT kind, connection_secret, include_schemas, query_settings, active_version_id FROM data_sources WHERE id = $1',
    [id],
  );
  return (
    row && {
      kind: row.kind,
      connectionSecret: row.connection_secret,
      includeSchemas: row.include_schemas,
      querySettings: row.query_settings,
      activeVersionId: row.active_version_id,
    }
  );
}

export async function setDataSourceStatus(
  tx: Transaction,
  id: string,
  status: DataSourceStatus,
): Promise<void> {
  await tx.query('UPDATE data_sources SET status = $2 WHERE id = $1', [id, status]);
}

/** Back to what it was before an indexing that did not end well: ready with the old version, else failed. */
export async function restoreDataSourceStatus(tx: Transaction, id: string): Promise<void> {
  await tx.query(
    `UPDATE data_sources SET status = CASE WHEN active_version_id IS NULL THEN 'failed' ELSE 'ready' END WHERE id = $1`,
    [id],
  );
}

/** False when there is no such data source. */
export async function setSchedule(
  tx: Transaction,
  id: string,
  schedule: ReindexSchedule | null,
): Promise<boolean> {
  const rows = await tx.query('UPDATE data_sources SET schedule = $2 WHERE id = $1 RETURNING id', [
    id,
    schedule && toJson(schedule),
  ]);
  return rows.length === 1;
}

/** False when there is no such data source. */
export async function setQuerySettings(
  tx: Transaction,
  id: string,
  settings: QuerySettings,
): Promise<boolean> {
  const rows = await tx.query('UPDATE data_sources SET query_settings = $2 WHERE id = $1 RETURNING id', [
    id,
    toJson(settings),
  ]);
  return rows.length === 1;
}

/** Deletes it with its registry, questions and answers. False when there is none. */
export async function deleteDataSource(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.query('DELETE FROM data_sources WHERE id = $1 RETURNING id', [id])).length === 1;
}

/** What questions are answered with: registry version (null: not indexed yet) and edition of the mappings; undefined when there is no such data source. */
export async function getDataSourceForAsking(
  tx: Transaction,
  id: string,
): Promise<{ activeVersionId: string | null; mappingVersion: number } | undefined> {
  const [row] = await tx.query<{ activeVersionId: string | null; mappingVersion: number }>(
    'SELECT active_version_id AS "activeVersionId", mapping_version AS "mappingVersion" FROM data_sources WHERE id = $1',
    [id],
  );
  return row;
}

/** What the guard has to know of a data source; undefined when it was deleted. */
export async function getDataSourceForChecks(
  tx: Transaction,
  id: string,
): Promise<
  | {
      dialect: DataSourceKind;
      database: string;
      querySettings: QuerySettings;
      versionId: string | null;
    }
  | undefined
> {
  const [row] = await tx.query<{
    dialect: DataSourceKind;
    database: string;
    querySettings: QuerySettings;
    versionId: string | null;
  }>(
    `SELECT kind AS dialect, substring(address FROM '[^/]*$') AS database, query_settings AS "querySettings",
            active_version_id AS "versionId" FROM data_sources WHERE id = $1`,
    [id],
  );
  return row;
}

/** Points a data source at another address of the same database. False when there is none. */
export async function replaceDataSourceConnection(
  tx: Transaction,
  source: { id: string; address: string; connectionSecret: Buffer },
): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE data_sources SET address = $2, connection_secret = $3 WHERE id = $1 RETURNING id',
    [source.id, source.address, source.connectionSecret],
  );
  return rows.length === 1;
}
