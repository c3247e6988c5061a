import { fromParquet } from '../sql-text.js';
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
  path: string;
  number: string;
  low: number;
  high: number;
  bins: number;
}): string =>
  `SELECT ${binOf('num', input.bins)} AS bin, CAST(count(*) AS DOUBLE) AS n FROM (SELECT ${input.number} AS num, CAST(${input.low} AS DOUBLE) AS low, CAST(${input.high} AS DOUBLE) AS high FROM ${fromParquet(input.path)}) WHERE num IS NOT NULL AND isfinite(num) GROUP BY ALL`;

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
        `SELECT ${slot} AS slot, ${outside(inner, 'n')} AS beyond_inner, ${outside(outer, 'n')} AS beyond_outer, ${outside(robust, 'n')} AS robust_z, ${ends('n', 'first_row', 'text')} FROM ${VALUE_TABLE} WHERE slot = ${slot} AND num IS NOT NULL AND isfinite(num)`,
    )
    .join(' UNION ALL ');

const ends = (n: string, row: string, text: string, edges?: [number, number]): string => {
  const value = `{'num': num, 'count': ${n}, 'firstRow': ${row}, 'text': ${text}}`;
  const [low, high] = edges
    ? [` FILTER (num <= CAST(${edges[0]} AS DOUBLE))`, ` FILTER (num >= CAST(${edges[1]} AS DOUBLE))`]
    : ['', ''];
  return `arg_min(${value}, num, 60)${low} AS least, arg_max(${value}, num, 60)${high} AS greatest`;
};

/** The same of a column with too many values for the value table; a value that occurs twice is listed twice. */
export const wideOutsideStatement = (
  input: Limits & {
    path: string;
    number: string;
    name: string;
    rowColumn: string;
    /** Quantiles near the ends: only what lies beyond them is sorted. */
    edges: [number, number];
  },
): string =>
  `SELECT ${input.slot} AS slot, ${outside(input.inner, '1')} AS beyond_inner, ${outside(input.outer, '1')} AS beyond_outer, ${outside(input.robust, '1')} AS robust_z, ${ends('1', 'first_row', 'CAST(v AS VARCHAR)', input.edges)}
   FROM (SELECT ${input.name} AS v, ${input.number} AS num, ${input.rowColumn} AS first_row FROM ${fromParquet(input.path)}) WHERE num IS NOT NULL AND isfinite(num)`;
