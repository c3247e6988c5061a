import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { quoteName } from '../sql-text.js';
import { isFloating } from './number-figures.js';

/**
 * Rows, and for column i: cells that are not null (`n_i`), least and greatest as text. DuckDB reads all of this from the file's statistics,
 * but nothing of it where these lack a single figure (10 million rows: 1 s): what they may lack is in the other statement.
 */
export function extentStatement(data: string, columns: readonly ProfiledColumn[]): string {
  const figures = columns.map((of, i) => {
    const count = `count(${quoteName(of.name)}) AS n_${i}`;
    return hasStatistics(of) ? `${count}, ${ends(of, i)}` : count;
  });
  return `SELECT ${['count(*) AS row_count', ...figures].join(', ')} FROM ${data}`;
}

const hasStatistics = ({ kind, type }: ProfiledColumn): boolean =>
  kind === 'temporal' || (kind === 'number' && !isFloating(type));

function ends({ name }: ProfiledColumn, i: number): string {
  const column = quoteName(name);
  return `CAST(min(${column}) AS VARCHAR) AS min_${i}, CAST(max(${column}) AS VARCHAR) AS max_${i}`;
}

/**
 * For column i, text left out: least and greatest where they are not in the other statement; of numbers and booleans sum as text, mean,
 * least and greatest of the finite values. The ends of texts come with their figures, which read them all anyway.
 */
export function surveyStatement(data: string, columns: readonly ProfiledColumn[]): string | undefined {
  const figures = columns.flatMap((of, i) => {
    if (of.kind === 'text') return [];
    return [
      ...(hasStatistics(of) ? [] : [ends(of, i)]),
      ...(of.kind === 'number' || of.kind === 'boolean' ? [sums(of, i)] : []),
    ];
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
