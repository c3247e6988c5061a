import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { fromParquet, quoteName, ROW_COLUMN } from '../sql-text.js';

const floating = (type: string): boolean => type === 'DOUBLE' || type === 'FLOAT';

/** Sums, means, spreads and signs of number columns, all in one scan; the figures of column i end in `_i`. */
export function numberFiguresStatement(
  path: string,
  columns: readonly { column: ProfiledColumn; slot: number }[],
): string {
  const figures = columns.map(({ column, slot }) => {
    const name = quoteName(column.name);
    const value = finiteOf(column);
    const double = `CAST(${value} AS DOUBLE)`;
    const sum = floating(column.type) ? `fsum(${value})` : `sum(${value})`;
    const integral = !floating(column.type) && !column.type.startsWith('DECIMAL');
    const fraction = integral ? 'false' : `${value} <> trunc(${value})`;
    return [
      `CAST(${sum} AS VARCHAR) AS sum_${slot}`,
      `avg(${double}) AS mean_${slot}`,
      `var_samp(${double}) AS variance_${slot}`,
      `var_pop(${double}) AS variance_pop_${slot}`,
      `avg(CASE WHEN ${double} > 0 THEN ln(${double}) END) AS mean_log_${slot}`,
      `avg(CASE WHEN ${double} > 0 THEN 1 / ${double} END) AS mean_inverse_${slot}`,
      `count(*) FILTER (${value} < 0) AS negatives_${slot}`,
      `count(*) FILTER (${value} = 0) AS zeros_${slot}`,
      `count(*) FILTER (${value} > 0) AS positives_${slot}`,
      floating(column.type)
        ? `count(*) FILTER (NOT isfinite(${name})) AS not_finite_${slot}`
        : `0 AS not_finite_${slot}`,
      `count(*) FILTER (${fraction}) AS fractions_${slot}`,
      `min(${ROW_COLUMN}) FILTER (${fraction}) AS first_fraction_row_${slot}`,
    ].join(', ');
  });
  return `SELECT ${figures.join(', ')} FROM ${fromParquet(path)}`;
}

/** The column's finite value. */
function finiteOf({ name, kind, type }: ProfiledColumn): string {
  const column = quoteName(name);
  if (kind === 'boolean') return `CAST(${column} AS INTEGER)`;
  return floating(type) ? `CASE WHEN isfinite(${column}) THEN ${column} END` : column;
}

/**
 * Skewness and kurtosis, of the distances from the mean in standard deviations: of the values themselves DuckDB's sums of cubes lose all
 * digits where the mean is large against the spread (measured: 747,620 instead of 4.6 for numbers around 1e11), and overflow beyond 1e100.
 */
export function momentsStatement(
  path: string,
  columns: readonly { column: ProfiledColumn; slot: number; mean: number; stddev: number }[],
): string {
  const figures = columns.map(({ column, slot, mean, stddev }) => {
    const value = `(CAST(${finiteOf(column)} AS DOUBLE) - CAST(${mean} AS DOUBLE)) / CAST(${stddev} AS DOUBLE)`;
    return `skewness(${value}) AS skewness_${slot}, kurtosis(${value}) AS kurtosis_${slot}`;
  });
  return `SELECT ${figures.join(', ')} FROM ${fromParquet(path)}`;
}
