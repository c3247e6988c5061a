import type { ColumnProfile, DatasetProfile, Finding } from '../../../contracts/dataset-profile.js';
import { batchWidth } from '../../../domain/profile/plan-batches.js';
import { profileColumns } from './profile-columns.js';
import { profileTable } from './profile-table.js';
import type { QueryRows } from './query-rows.js';
import { readColumns } from './read-columns.js';
import { fromParquet } from './sql-text.js';
import type { ProfileLimits } from './survey-batch.js';

export interface ProfileParquetInput {
  query: QueryRows;
  path: string;
  rejectsPath?: string;
  limits?: ProfileLimits;
  /** Called with each batch of columns as soon as it is done. */
  onColumns?: (columns: ColumnProfile[]) => void;
}

/** The whole profile of a dataset version's Parquet file in one session. */
export async function profileParquet(input: ProfileParquetInput): Promise<DatasetProfile> {
  const { query, path, rejectsPath, limits } = input;
  const all = await readColumns(query, path);
  const [count = {}] = await query(`SELECT count(*) AS n FROM ${fromParquet(path)}`);
  const width = batchWidth(Number(count.n));
  const columns: ColumnProfile[] = [];
  const findings: Finding[] = [];
  for (let firstIndex = 0; firstIndex < all.length; firstIndex += width) {
    const batch = await profileColumns({
      query,
      path,
      columns: all.slice(firstIndex, firstIndex + width),
      firstIndex,
      ...(limits ? { limits } : {}),
    });
    columns.push(...batch.columns);
    findings.push(...batch.findings);
    input.onColumns?.(batch.columns);
  }
  const table = await profileTable({ query, path, columns, ...(rejectsPath ? { rejectsPath } : {}) });
  return { version: 1, ...table, columns, findings: [...table.findings, ...findings] };
}
