import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { fromParquet, quoteName } from '../sql-text.js';

/** Rows, and for column i: cells that are not null (`n_i`), estimate of the distinct values (`d_i`), least and greatest as text. */
export function surveyStatement(path: string, columns: readonly ProfiledColumn[]): string {
  const figures = columns.flatMap(({ name, kind }, i) => {
    const column = quoteName(name);
    return [
      `count(${column}) AS n_${i}`,
      `approx_count_distinct(${column}) AS d_${i}`,
      // Empty text is no least value: qsv and people mean the first that can be seen.
      kind === 'text'
        ? `min(nullif(${column}, '')) AS min_${i}, max(${column}) AS max_${i}`
        : `CAST(min(${column}) AS VARCHAR) AS min_${i}, CAST(max(${column}) AS VARCHAR) AS max_${i}`,
    ];
  });
  return `SELECT ${['count(*) AS row_count', ...figures].join(', ')} FROM ${fromParquet(path)}`;
}
