import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { quoteName } from '../sql-text.js';
import { isFloating } from './number-figures.js';

/** Rows, and for column i: cells that are not null (`n_i`), least and greatest as text; text has these in the other statement. */
export function extentStatement(data: string, columns: readonly ProfiledColumn[]): string {
  // DuckDB reads all of this from the file's statistics.
  const figures = columns.map(({ name, kind }, i) => {
    const column = quoteName(name);
    const ends =
      kind === 'text'
        ? ''
        : `, CAST(min(${column}) AS VARCHAR) AS min_${i}, CAST(max(${column}) AS VARCHAR) AS max_${i}`;
    return `count(${column}) AS n_${i}${ends}`;
  });
  return `SELECT ${['count(*) AS row_count', ...figures].join(', ')} FROM ${data}`;
}

/** For column i: of text the least and greatest; of numbers and booleans sum as text, mean, least and greatest of the finite values. */
export function surveyStatement(data: string, columns: readonly ProfiledColumn[]): string | undefined {
  const figures = columns.flatMap((of, i) => {
    const column = quoteName(of.name);
    // Empty text is no least value: qsv and people mean the first that can be seen.
    if (of.kind === 'text') return [`min(nullif(${column}, '')) AS min_${i}, max(${column}) AS max_${i}`];
    return of.kind === 'number' || of.kind === 'boolean' ? [sums(of, i)] : [];
  });
  return figures.length > 0 ? `SELECT ${figures.join(', ')} FROM ${data}` : undefined;
}

function sums({ name, kind, type }: ProfiledColumn, i: number): string {
  const column = quoteName(name);
  const floating = isFloating(type);
  const value = kind === 'boolean' ? `CAST(${column} AS INTEGER)` : column;
  const finite = floating ? ` FILTER (isfinite(${column}))` : '';
  const sum = `${floating ? 'fsum' : 'sum'}(${value})${finite}`;
  return [
    `CAST(${sum} AS VARCHAR) AS sum_${i}`,
    `CAST(${sum} AS DOUBLE) / count(${column})${finite} AS mean_${i}`,
    `CAST(min(${value})${finite} AS DOUBLE) AS low_${i}`,
    `CAST(max(${value})${finite} AS DOUBLE) AS high_${i}`,
  ].join(', ');
}

/** Of the values in a sample, by slot: how many there are, how many of them occur once and twice. */
export const sampledValuesStatement = (from: string, columns: readonly ProfiledColumn[]): string =>
  columns
    .map(
      ({ name }, slot) =>
        `SELECT CAST(${slot} AS INTEGER) AS slot, count(*) AS seen, count(*) FILTER (n = 1) AS once, count(*) FILTER (n = 2) AS twice FROM (SELECT count(*) AS n FROM ${from} WHERE ${quoteName(name)} IS NOT NULL GROUP BY ${quoteName(name)})`,
    )
    .join(' UNION ALL ');
