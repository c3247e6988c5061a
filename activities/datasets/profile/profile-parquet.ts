import type {
  ColumnProfile,
  DatasetProfile,
  Finding,
  ProfileSummary,
} from '../../../contracts/dataset-profile.js';
import { batchWidth } from '../../../domain/profile/plan-batches.js';
import { type ProfiledBatch, profileColumns } from './profile-columns.js';
import { profileTable } from './profile-table.js';
import type { QueryRows } from './query-rows.js';
import { readColumns } from './read-columns.js';
import { sampleRows } from './row-sample.js';
import { PROFILE_LIMITS, type ProfileLimits } from './survey-batch.js';

export interface ProfileParquetInput {
  query: QueryRows;
  path: string;
  rejectsPath?: string;
  limits?: ProfileLimits;
  /** Columns that are done already, from the first on: those of an attempt that was broken off. */
  finished?: ProfiledBatch;
  /** Called with each batch of columns as soon as it is done; the next one waits for it. */
  onBatch?: (batch: ProfiledBatch) => Promise<void>;
}

/** The whole profile of a dataset version's Parquet file in one session. */
export async function profileParquet(input: ProfileParquetInput): Promise<DatasetProfile> {
  const { summary, columns, findings } = await profileInParts(input);
  return { ...summary, columns, findings: [...summary.findings, ...findings] };
}

/** The same, with what is said of the file and what is said of its columns apart. */
export async function profileInParts(
  input: ProfileParquetInput,
): Promise<ProfiledBatch & { summary: ProfileSummary }> {
  const { query, path, rejectsPath, limits } = input;
  const { columns: all, data, areRowsPlaces } = await readColumns(query, path);
  const [count = {}] = await query(`SELECT count(*) AS n FROM ${data}`);
  const rows = Number(count.n);
  const width = batchWidth(rows);
  const sample = await sampleRows(
    query,
    data,
    { rows, columns: all.length },
    (limits ?? PROFILE_LIMITS).sampledRows,
  );
  const columns: ColumnProfile[] = [...(input.finished?.columns ?? [])];
  const findings: Finding[] = [...(input.finished?.findings ?? [])];
  for (let firstIndex = columns.length; firstIndex < all.length; firstIndex += width) {
    const batch = await profileColumns({
      query,
      data,
      sample,
      columns: all.slice(firstIndex, firstIndex + width),
      firstIndex,
      ...(limits ? { limits } : {}),
    });
    columns.push(...batch.columns);
    findings.push(...batch.findings);
    await input.onBatch?.(batch);
  }
  const table = await profileTable({
    query,
    data,
    areRowsPlaces,
    sample,
    columns,
    ...(rejectsPath ? { rejectsPath } : {}),
  });
  return { summary: { version: 1, ...table }, columns, findings };
}
