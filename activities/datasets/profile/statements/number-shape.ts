import { ROW_COLUMN } from '../sql-text.js';
import { VALUE_TABLE } from './value-table.js';

/** Cells for each of `bins` equal parts of a range: (slot, bin, n). */
export function histogramStatement(
  ranges: readonly { slot: number; low: number; high: number }[],
  bins: number,
): string {
  const rows = ranges.map(
    ({ slot, low, high }) => `(${slot}, CAST(${low} AS DOUBLE), CAST(${high} AS DOUBLE))`,
  );
  return `WITH ranges(slot, low, high) AS (VALUES ${rows.join(', ')})
    SELECT slot, ${binOf('num', bins)} AS bin, CAST(sum(n) AS DOUBLE) AS n FROM ${VALUE_TABLE} JOIN ranges USING (slot) WHERE num IS NOT NULL AND isfinite(num) GROUP BY ALL`;
}

export const wideHistogramStatement = (input: {
  /** What to select from. */
  from: string;
  number: string;
  low: number;
  high: number;
  bins: number;
}): string =>
  `SELECT ${binOf('num', input.bins)} AS bin, CAST(count(*) AS DOUBLE) AS n FROM (SELECT ${input.number} AS num, CAST(${input.low} AS DOUBLE) AS low, CAST(${input.high} AS DOUBLE) AS high FROM ${input.from}) WHERE num IS NOT NULL AND isfinite(num) GROUP BY ALL`;

const binOf = (num: string, bins: number): string =>
  `CAST(least(${bins - 1}, floor((${num} / 2 - low / 2) / (high / 2 - low / 2) * ${bins})) AS INTEGER)`;

export interface Limits {
  slot: number;
  /** Cells outside count as outliers: Tukey's inner and outer fences, and those of the robust z. */
  inner: [number, number];
  outer: [number, number];
  robust: [number, number];
}

const outside = ([low, high]: [number, number], weight: string): string =>
  `coalesce(CAST(sum(${weight}) FILTER (num < CAST(${low} AS DOUBLE) OR num > CAST(${high} AS DOUBLE)) AS DOUBLE), 0)`;

/** Cells outside the limits: (slot, inner, outer, robust), and the 60 least and greatest distinct values. */
export const outsideStatement = (limits: readonly Limits[]): string =>
  limits
    .map(
      ({ slot, inner, outer, robust }) =>
        `SELECT ${slot} AS slot, ${outside(inner, 'n')} AS beyond_inner, ${outside(outer, 'n')} AS beyond_outer, ${outside(robust, 'n')} AS robust_z, ${ENDS} FROM ${VALUE_TABLE} WHERE slot = ${slot} AND num IS NOT NULL AND isfinite(num)`,
    )
    .join(' UNION ALL ');

const PLACED = "{'num': num, 'count': n, 'firstRow': first_row, 'text': text}";
const ENDS = `arg_min(${PLACED}, num, 60) AS least, arg_max(${PLACED}, num, 60) AS greatest`;

export interface WideColumn {
  data: string;
  /** The column as SQL, and its value as a number. */
  name: string;
  number: string;
}

/** The counts of a column with too many values for the value table; only cells outside of some limit are counted. */
export const wideOutsideStatement = ({ data, number, ...limits }: Limits & WideColumn): string => {
  const { inner, outer, robust } = limits;
  const within = [Math.max(inner[0], outer[0], robust[0]), Math.min(inner[1], outer[1], robust[1])];
  return `SELECT ${outside(inner, '1')} AS beyond_inner, ${outside(outer, '1')} AS beyond_outer, ${outside(robust, '1')} AS robust_z
   FROM (SELECT ${number} AS num FROM ${data}) WHERE isfinite(num) AND NOT num BETWEEN CAST(${within[0]} AS DOUBLE) AND CAST(${within[1]} AS DOUBLE)`;
};

/**
 * Its 60 least and greatest values; one that occurs twice is listed twice. `edges` are values of the column as SQL with few cells
 * beyond them: apart, so that the Parquet reader skips what lies between.
 */
export const wideEndsStatement = (of: WideColumn & { edges: [string, string] }): string => {
  const value = "{'num': num, 'count': 1, 'firstRow': first_row, 'text': CAST(v AS VARCHAR)}";
  const cells = (condition: string): string =>
    `(SELECT ${of.name} AS v, ${of.number} AS num, ${ROW_COLUMN} AS first_row FROM ${of.data} WHERE ${of.name} ${condition}) WHERE isfinite(num)`;
  return `SELECT (SELECT arg_min(${value}, num, 60) FROM ${cells(`<= ${of.edges[0]}`)}) AS least, (SELECT arg_max(${value}, num, 60) FROM ${cells(`>= ${of.edges[1]}`)}) AS greatest`;
};
