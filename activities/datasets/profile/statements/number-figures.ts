import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { quoteName, ROW_COLUMN } from '../sql-text.js';
import { VALUE_TABLE } from './value-table.js';

export interface CentredColumn {
  column: ProfiledColumn;
  slot: number;
  /** The mean, and the largest distance from it (1 where there is none). */
  centre: number;
  scale: number;
  /** Nothing is zero or negative: the geometric and the harmonic mean exist. */
  isPositive: boolean;
  /** Its values are in the value table. */
  isNarrow: boolean;
}

export const isFloating = (type: string): boolean => type === 'DOUBLE' || type === 'FLOAT';

/** Sums of powers, signs and fractions, a row for each column: (slot, count, s1 … s4, mean_log, mean_inverse, …). */
export const numberFiguresStatement = (data: string, columns: readonly CentredColumn[]): string =>
  columns.map((column) => (column.isNarrow ? ofValues(column) : ofCells(data, column))).join(' UNION ALL ');

const ofValues = (of: CentredColumn): string =>
  `SELECT ${figures(of, 'n', of.column.type.startsWith('DECIMAL') ? "rtrim(split_part(text, '.', 2), '0') <> ''" : 'x <> trunc(x)')}
   FROM (SELECT num AS x, ${scaled('num', of)} AS z, text, CAST(n AS DOUBLE) AS n, first_row, isfinite(num) AS is_finite FROM ${VALUE_TABLE} WHERE slot = ${of.slot} AND num IS NOT NULL)`;

function ofCells(data: string, of: CentredColumn): string {
  const name = quoteName(of.column.name);
  const number = of.column.kind === 'boolean' ? `CAST(${name} AS INTEGER)` : name;
  const double = `CAST(${number} AS DOUBLE)`;
  return `SELECT ${figures(of, '1', 'v <> trunc(v)')}
   FROM (SELECT ${number} AS v, ${double} AS x, ${scaled(double, of)} AS z, ${ROW_COLUMN} AS first_row, ${isFloating(of.column.type) ? `isfinite(${name})` : 'true'} AS is_finite FROM ${data} WHERE ${name} IS NOT NULL)`;
}

const scaled = (x: string, { centre, scale }: CentredColumn): string =>
  `(${x} - CAST(${centre} AS DOUBLE)) / CAST(${scale} AS DOUBLE)`;

function figures({ slot, column, isPositive }: CentredColumn, weight: string, fraction: string): string {
  const floating = isFloating(column.type);
  const when = (condition: string): string =>
    ` FILTER (${floating ? `is_finite AND ${condition}` : condition})`;
  const finite = floating ? ' FILTER (is_finite)' : '';
  const total = (condition: string): string =>
    weight === '1'
      ? `CAST(count(*)${when(condition)} AS DOUBLE)`
      : `coalesce(sum(${weight})${when(condition)}, 0)`;
  const power = (z: string): string => `sum(${weight === '1' ? z : `${weight} * ${z}`})${finite}`;
  const canBeFraction = floating || column.type.startsWith('DECIMAL');
  return [
    `CAST(${slot} AS INTEGER) AS slot`,
    `${total('true')} AS count`,
    `${power('z')} AS s1, ${power('z * z')} AS s2, ${power('z * z * z')} AS s3, ${power('z * z * z * z')} AS s4`,
    isPositive
      ? `${power('ln(x)')} AS sum_log, ${power('(1 / x)')} AS sum_inverse`
      : 'CAST(NULL AS DOUBLE) AS sum_log, CAST(NULL AS DOUBLE) AS sum_inverse',
    `${total('x < 0')} AS negatives, ${total('x = 0')} AS zeros, ${total('x > 0')} AS positives`,
    floating
      ? `${weight === '1' ? 'CAST(count(*) FILTER (NOT is_finite) AS DOUBLE)' : `coalesce(sum(${weight}) FILTER (NOT is_finite), 0)`} AS not_finite`
      : 'CAST(0 AS DOUBLE) AS not_finite',
    canBeFraction
      ? `${total(fraction)} AS fractions, min(first_row)${when(fraction)} AS first_fraction_row`
      : 'CAST(0 AS DOUBLE) AS fractions, CAST(NULL AS BIGINT) AS first_fraction_row',
  ].join(', ');
}
