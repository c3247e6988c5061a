import { VALUE_TABLE } from './value-table.js';

const DAY = 86_400;

/**
 * Steps between neighbouring dates of temporal columns, by value and (for times) by day: (slot, level, usual, steps, regular, points,
 * cells, most, least, gaps). Months of 28 to 31 days count as equal steps, and so do years. Times that are nearer than a double of seconds
 * can tell have no step between them.
 */
export const dateStepsStatement = (slots: readonly number[]): string =>
  steps(`SELECT slot, 0 AS level, num, n FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}) AND num IS NOT NULL
     UNION ALL SELECT slot, 1, floor(num / ${DAY}) * ${DAY}, sum(n) FROM ${VALUE_TABLE} WHERE slot IN (${slots.join(', ')}) AND num IS NOT NULL GROUP BY ALL`);

/** The same by day only, of a column with too many values for the value table. */
export const wideDateStepsStatement = (data: string, slot: number, number: string): string =>
  steps(`SELECT ${slot} AS slot, 1 AS level, floor(num / ${DAY}) * ${DAY} AS num, count(*) AS n
     FROM (SELECT ${number} AS num FROM ${data}) WHERE num IS NOT NULL GROUP BY ALL`);

const steps = (points: string): string =>
  `WITH points AS (${points}),
   walked AS (SELECT *, lag(num) OVER (PARTITION BY slot, level ORDER BY num) AS before FROM points),
   steps AS (SELECT *, CASE WHEN num - before BETWEEN ${28 * DAY} AND ${31 * DAY} THEN 2629800 WHEN num - before BETWEEN ${365 * DAY} AND ${366 * DAY} THEN 31557600 ELSE num - before END AS step FROM walked),
   usual AS (SELECT slot, level, mode(step) AS usual FROM steps WHERE step > 0 GROUP BY ALL)
   SELECT slot, level, usual, count(step) AS steps, count(*) FILTER (step = usual) AS regular, count(*) AS points, CAST(sum(n) AS DOUBLE) AS cells, max(n) AS most, min(n) AS least,
     arg_min({'after': CAST(make_timestamp(CAST(before * 1000000 AS BIGINT)) AS VARCHAR), 'before': CAST(make_timestamp(CAST(num * 1000000 AS BIGINT)) AS VARCHAR), 'missing': CAST(round((num - before) / usual) - 1 AS INTEGER)}, num, 10) FILTER (step > 1.5 * usual) AS gaps,
     count(*) FILTER (step > 1.5 * usual) AS gap_count
   FROM steps JOIN usual USING (slot, level) GROUP BY slot, level, usual`;
