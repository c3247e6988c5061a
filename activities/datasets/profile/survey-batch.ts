import type { ProfiledColumn } from '../../../contracts/dataset-profile.js';
import type { BatchColumn, ColumnBatch } from './column-batch.js';
import type { QueryRows } from './query-rows.js';
import { numberOfCell, textOrNull } from './read-cell.js';
import { fromParquet, quoteName } from './sql-text.js';
import { surveyStatement } from './statements/survey.js';
import { valueTableStatement } from './statements/value-table.js';

export interface ProfileLimits {
  /** Columns with more distinct values get scans of their own instead of a table of all values. Default 200,000. */
  valueTableLimit: number;
  /** Values kept of such columns, about; chosen by hash. Default 20,000. */
  sampledValues: number;
}

export const PROFILE_LIMITS: ProfileLimits = { valueTableLimit: 200_000, sampledValues: 20_000 };

/** Counts the cells, decides how each column's values are kept, and makes the batch's value table. */
export async function surveyBatch(
  query: QueryRows,
  path: string,
  columns: readonly ProfiledColumn[],
  limits: ProfileLimits,
): Promise<ColumnBatch> {
  const [survey = {}] = await query(surveyStatement(path, columns));
  const batch: BatchColumn[] = columns.map((column, slot) => {
    const estimate = numberOfCell(survey[`d_${slot}`]);
    const isWide = estimate > limits.valueTableLimit;
    return {
      column,
      slot,
      cells: numberOfCell(survey[`n_${slot}`]),
      distinct: estimate,
      oneIn: isWide ? 2 ** Math.ceil(Math.log2(Math.max(2, estimate / limits.sampledValues))) : 1,
      min: textOrNull(survey[`min_${slot}`]),
      max: textOrNull(survey[`max_${slot}`]),
    };
  });
  await query(valueTableStatement(path, batch));
  for (const column of batch) {
    if (column.oneIn > 1) column.distinct = await countDistinct(query, path, column.column);
  }
  return { query, path, rows: numberOfCell(survey.row_count), columns: batch };
}

/** Of numbers as they are; of text by 64-bit hashes, which two of ten million values share once in half a million files. */
async function countDistinct(
  query: QueryRows,
  path: string,
  { name, kind }: ProfiledColumn,
): Promise<number> {
  const value = kind === 'text' || kind === 'other' ? `hash(${quoteName(name)})` : quoteName(name);
  const [row = {}] = await query(
    `SELECT count(DISTINCT ${value}) AS n FROM ${fromParquet(path)} WHERE ${quoteName(name)} IS NOT NULL`,
  );
  return numberOfCell(row.n);
}
