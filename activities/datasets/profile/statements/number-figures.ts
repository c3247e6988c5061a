import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { fromParquet, quoteName, ROW_COLUMN } from '../sql-text.js';

const floating = (type: string): boolean => type === 'DOUBLE' || type === 'FLOAT';

/**
 * Moments and signs of number columns, all in one scan; the figures of column i end in `_i`. `withMoments` false leaves out
 * skewness and kurtosis, which DuckDB refuses for values beyond 1e100 or so.
 */
export function numberFiguresStatement(
  path: string,
  columns: readonly { column: ProfiledColumn; slot: number }[],
  withMoments = true,
): string {
  const figures = columns.map(({ column, slot }) => {
    const name = quoteName(column.name);
    const exact = column.kind === 'boolean' ? `CAST(${name} AS INTEGER)` : name;
    const value = floating(column.type) ? `CASE WHEN isfinite(${name}) THEN ${name} END` : exact;
    const double = `CAST(${value} AS DOUBLE)`;
    const sum = floating(column.type) ? `fsum(${value})` : `sum(${value})`;
    const integral = !floating(column.type) && !column.type.startsWith('DECIMAL');
    const fraction = integral ? 'false' : `${value} <> trunc(${value})`;
    return [
      `CAST(${sum} AS VARCHAR) AS sum_${slot}`,
      `avg(${double}) AS mean_${slot}`,
      `var_samp(${double}) AS variance_${slot}`,
      `var_pop(${double}) AS variance_pop_${slot}`,
      withMoments
        ? `skewness(${double}) AS skewness_${slot}, kurtosis(${double}) AS kurtosis_${slot}`
        : `NULL AS skewness_${slot}, NULL AS kurtosis_${slot}`,
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
