import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { profileParquet } from '../../activities/datasets/profile/profile-parquet.js';
import type { ProfileLimits } from '../../activities/datasets/profile/survey-batch.js';
import type { DatasetProfile } from '../../contracts/dataset-profile.js';

/** Profiles what a SELECT gives; the row numbers are added in its order. */
export async function profileTable(select: string, limits?: ProfileLimits): Promise<DatasetProfile> {
  const home = await mkdtemp(join(tmpdir(), 'quaestor-profile-'));
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '500MB' });
  const connection = await instance.connect();
  const query = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[];
  try {
    const path = join(home, 'table.parquet');
    await query(
      `COPY (SELECT row_number() OVER () AS __row, * FROM (${select})) TO '${path}' (FORMAT parquet)`,
    );
    return await profileParquet({ query, path, ...(limits ? { limits } : {}) });
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(home, { recursive: true, force: true });
  }
}

/** The warnings of a profile as `kind column`. */
export const warningsOf = (profile: DatasetProfile): string[] =>
  profile.findings
    .filter(({ level }) => level === 'warning')
    .map(({ kind, column }) => (column ? `${kind} ${column}` : kind))
    .sort();
