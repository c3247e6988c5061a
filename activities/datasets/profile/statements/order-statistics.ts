import { quoteName } from '../sql-text.js';
import { VALUE_TABLE } from './value-table.js';

/** The k-th smallest values (k from 1), for many columns at once: (slot, k, num, text). */
export function orderStatisticsStatement(
  wanted: readonly { slot: number; ranks: readonly number[] }[],
): string {
  const rows = wanted.flatMap(({ slot, ranks }) => ranks.map((rank) => `(${slot}, ${rank})`));
  const slots = wanted.map(({ slot }) => slot).join(', ');
  return `WITH wanted(slot, k) AS (VALUES ${rows.join(', ')}),
    reached AS (SELECT slot, num, text, n, sum(n) OVER (PARTITION BY slot ORDER BY num, length(text), text) AS upto FROM ${VALUE_TABLE} WHERE slot IN (${slots}) AND num IS NOT NULL AND isfinite(num))
    SELECT w.slot, w.k, r.num, r.text FROM wanted w JOIN reached r ON r.slot = w.slot AND w.k > r.upto - r.n AND w.k <= r.upto`;
}

/** The k-th smallest distances from a centre: (slot, k, num). */
export function deviationStatement(
  wanted: readonly { slot: number; centre: number; ranks: readonly number[] }[],
): string {
  const rows = wanted.flatMap(({ slot, ranks }) => ranks.map((rank) => `(${slot}, ${rank})`));
  const centres = wanted.map(({ slot, centre }) => `(${slot}, CAST(${centre} AS DOUBLE))`);
  return `WITH wanted(slot, k) AS (VALUES ${rows.join(', ')}), centre(slot, middle) AS (VALUES ${centres.join(', ')}),
    far AS (SELECT slot, abs(num - middle) AS num, sum(n) AS n FROM ${VALUE_TABLE} JOIN centre USING (slot) WHERE num IS NOT NULL AND isfinite(num) GROUP BY ALL),
    reached AS (SELECT slot, num, n, sum(n) OVER (PARTITION BY slot ORDER BY num) AS upto FROM far)
    SELECT w.slot, w.k, r.num FROM wanted w JOIN reached r ON r.slot = w.slot AND w.k > r.upto - r.n AND w.k <= r.upto`;
}

/** The same of one column with too many values for the value table: {num: […], text: […]} in the order of the ranks. `number`: a value `x` as a number; `count`: its finite values. */
export function wideOrderStatement(input: {
  /** What to select from. */
  from: string;
  name: string;
  number: string;
  ranks: readonly number[];
  count: number;
  canBeInfinite: boolean;
}): string {
  const name = quoteName(input.name);
  // The k-th of n: any fraction above (k − 1) / n and not above k / n.
  const fractions = input.ranks.map((rank) => (rank - 0.5) / input.count).join(', ');
  return `SELECT list_transform(q, x -> ${input.number}) AS num, list_transform(q, x -> CAST(x AS VARCHAR)) AS text
    FROM (SELECT quantile_disc(${name}, [${fractions}]) AS q FROM ${input.from} WHERE ${name} IS NOT NULL${input.canBeInfinite ? ` AND isfinite(${name})` : ''})`;
}

export function wideDeviationStatement(input: {
  /** What to select from. */
  from: string;
  number: string;
  centre: number;
  ranks: readonly number[];
  count: number;
}): string {
  const fractions = input.ranks.map((rank) => (rank - 0.5) / input.count).join(', ');
  return `SELECT quantile_disc(abs(num - CAST(${input.centre} AS DOUBLE)), [${fractions}]) AS num FROM (SELECT ${input.number} AS num FROM ${input.from}) WHERE num IS NOT NULL AND isfinite(num)`;
}
