import type {
  Dataset,
  DatasetColumn,
  DatasetPreview,
  DatasetReading,
  DatasetStatus,
} from '../../contracts/dataset.js';
import type { ErrorRecord } from '../../contracts/quaestor-error.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

interface Row {
  id: string;
  name: string;
  file_name: string;
  size_bytes: string;
  sha256: Buffer;
  status: DatasetStatus;
  error: ErrorRecord | null;
  created_at: Date;
  version_id: string | null;
  number: number;
  row_count: string;
  columns: DatasetColumn[];
  reading: DatasetReading;
  rejected_cells: string;
  parquet_bytes: string;
  version_created_at: Date;
}

const SELECT = `SELECT d.id, d.name, d.file_name, d.size_bytes, d.sha256, d.status, d.error, d.created_at,
    v.id AS version_id, v.number, v.row_count, v.columns, v.reading, v.rejected_cells, v.parquet_bytes,
    v.created_at AS version_created_at
  FROM datasets d LEFT JOIN dataset_versions v ON v.id = d.active_version_id`;

const toDataset = (row: Row): Dataset => ({
  id: row.id,
  name: row.name,
  fileName: row.file_name,
  sizeBytes: Number(row.size_bytes),
  sha256: row.sha256.toString('hex'),
  status: row.status,
  error: row.error,
  version:
    row.version_id === null
      ? null
      : {
          id: row.version_id,
          number: row.number,
          rowCount: Number(row.row_count),
          columns: row.columns,
          reading: row.reading,
          rejectedCells: Number(row.rejected_cells),
          parquetBytes: Number(row.parquet_bytes),
          createdAt: row.version_created_at.toISOString(),
        },
  createdAt: row.created_at.toISOString(),
});

export interface NewDataset {
  id: string;
  userId: string;
  name: string;
  fileName: string;
  sizeBytes: number;
  /** In hex. */
  sha256: string;
}

export async function insertDataset(tx: Transaction, dataset: NewDataset): Promise<void> {
  await tx.query(
    `INSERT INTO datasets (id, tenant_id, user_id, name, file_name, size_bytes, sha256)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      dataset.id,
      tx.tenantId,
      dataset.userId,
      dataset.name,
      dataset.fileName,
      dataset.sizeBytes,
      Buffer.from(dataset.sha256, 'hex'),
    ],
  );
}

export async function getDataset(tx: Transaction, id: string): Promise<Dataset | undefined> {
  const [row] = await tx.query<Row>(`${SELECT} WHERE d.id = $1`, [id]);
  return row && toDataset(row);
}

/** Newest first, at most `limit`. */
export async function listDatasets(tx: Transaction, limit: number): Promise<Dataset[]> {
  return (await tx.query<Row>(`${SELECT} ORDER BY d.created_at DESC, d.id DESC LIMIT $1`, [limit])).map(
    toDataset,
  );
}

/** False when there is none. */
export async function deleteDataset(tx: Transaction, id: string): Promise<boolean> {
  return (await tx.query('DELETE FROM datasets WHERE id = $1 RETURNING id', [id])).length === 1;
}

/** Which of these ids are datasets. */
export const findKnownDatasets = (tx: Transaction, ids: readonly string[]): Promise<Set<string>> =>
  findKnown(tx, 'SELECT id FROM datasets WHERE id = ANY($1::uuid[])', ids);

/** Which of these ids are versions. */
export const findKnownVersions = (tx: Transaction, ids: readonly string[]): Promise<Set<string>> =>
  findKnown(tx, 'SELECT id FROM dataset_versions WHERE id = ANY($1::uuid[])', ids);

async function findKnown(tx: Transaction, sql: string, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  return new Set((await tx.query<{ id: string }>(sql, [ids])).map(({ id }) => id));
}

export async function markDatasetReading(tx: Transaction, id: string): Promise<void> {
  await tx.query(`UPDATE datasets SET status = 'reading', error = NULL WHERE id = $1`, [id]);
}

/** After a job that did not succeed: an earlier version stays; without one the dataset has failed. */
export async function markDatasetNotRead(
  tx: Transaction,
  id: string,
  error: ErrorRecord | null,
): Promise<void> {
  await tx.query(
    `UPDATE datasets SET error = $2,
       status = CASE WHEN active_version_id IS NOT NULL THEN 'ready' WHEN $2::jsonb IS NULL THEN 'uploaded' ELSE 'failed' END
     WHERE id = $1`,
    [id, error && toJson(error)],
  );
}

export interface NewDatasetVersion {
  id: string;
  datasetId: string;
  jobId: string;
  rowCount: number;
  columns: readonly DatasetColumn[];
  reading: DatasetReading;
  rejectedCells: number;
  parquetBytes: number;
  preview: DatasetPreview;
  /** Equal for versions with equal data; a version without one is like no other. */
  contentHash?: string;
}

/** Adds a version and switches it on; doing it twice changes nothing. */
export async function activateDatasetVersion(tx: Transaction, version: NewDatasetVersion): Promise<void> {
  await tx.query(
    `INSERT INTO dataset_versions (id, tenant_id, dataset_id, job_id, number, row_count, columns, reading,
                                   rejected_cells, parquet_bytes, preview, content_hash)
     SELECT $1, $2, $3, $4, coalesce(max(number), 0) + 1, $5, $6, $7, $8, $9, $10, $11
     FROM dataset_versions WHERE dataset_id = $3
     ON CONFLICT (id) DO NOTHING`,
    [
      version.id,
      tx.tenantId,
      version.datasetId,
      version.jobId,
      version.rowCount,
      toJson(version.columns),
      toJson(version.reading),
      version.rejectedCells,
      version.parquetBytes,
      toJson(version.preview),
      version.contentHash ?? null,
    ],
  );
  await tx.query(`UPDATE datasets SET status = 'ready', error = NULL, active_version_id = $2 WHERE id = $1`, [
    version.datasetId,
    version.id,
  ]);
}

/** First rows and listed cells of the version that is on; undefined when there is none. */
export async function getDatasetPreview(tx: Transaction, id: string): Promise<DatasetPreview | undefined> {
  const [row] = await tx.query<{ preview: DatasetPreview }>(
    'SELECT v.preview FROM datasets d JOIN dataset_versions v ON v.id = d.active_version_id WHERE d.id = $1',
    [id],
  );
  return row?.preview;
}
