import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { quoteName, ROW_COLUMN } from '../sql-text.js';

export const VALUE_TABLE = 'profile_values';

export interface ValueSource {
  column: ProfiledColumn;
  /** The column's place in the batch, which names it in the value table. */
  slot: number;
  /** 1: all values. m: about one value in m, chosen by hash, each with all its occurrences. */
  oneIn: number;
}

/** The value as a number that sorts as the value does: itself, 0 and 1, or seconds since 1970. */
export function numberOf({ kind, type }: ProfiledColumn, value: string): string {
  if (kind === 'number') return `CAST(${value} AS DOUBLE)`;
  if (kind === 'boolean') return `CAST(CAST(${value} AS INTEGER) AS DOUBLE)`;
  if (kind === 'temporal') {
    const safe = type === 'DATE' ? `CAST(${value} AS TIMESTAMP)` : value;
    return `CASE WHEN isfinite(${value}) THEN epoch(${safe}) END`;
  }
  return 'CAST(NULL AS DOUBLE)';
}

/**
 * The distinct values of a batch of columns in one table: (slot, text, num, n, first_row). Everything that depends only on how often
 * which value occurs is then computed for all columns of the batch at once.
 */
export function valueTableStatement(data: string, sources: readonly ValueSource[]): string {
  const selects = sources.map(({ column, slot, oneIn }) => {
    const name = quoteName(column.name);
    const some = oneIn > 1 ? ` AND hash(${name}) % ${oneIn} = 0` : '';
    return (
      `SELECT CAST(${slot} AS INTEGER) AS slot, CAST(v AS VARCHAR) AS text, ${numberOf(column, 'v')} AS num, n, first_row ` +
      `FROM (SELECT ${name} AS v, count(*) AS n, min(${ROW_COLUMN}) AS first_row FROM ${data} WHERE ${name} IS NOT NULL${some} GROUP BY 1)`
    );
  });
  return `CREATE OR REPLACE TEMP TABLE ${VALUE_TABLE} AS ${selects.join(' UNION ALL ')}`;
}

/** For each slot: distinct values, those that occur once, the greatest and least count and how many values have them. */
export const countsStatement = (): string =>
  `WITH extremes AS (SELECT slot, count(*) AS distinct_values, count(*) FILTER (n = 1) AS once, max(n) AS most, min(n) AS least, sum(CAST(n AS DOUBLE) * n) AS squares FROM ${VALUE_TABLE} GROUP BY slot)
   SELECT e.*, count(*) FILTER (v.n = e.most) AS at_most, count(*) FILTER (v.n = e.least) AS at_least,
     max(CASE WHEN v.num IS NOT NULL AND contains(v.text, '.') AND NOT contains(v.text, 'e') THEN length(split_part(rtrim(v.text, '0'), '.', 2)) ELSE 0 END) AS precision_digits
   FROM ${VALUE_TABLE} v JOIN extremes e USING (slot) GROUP BY ALL`;

const shown = "{'text': left(text, 200), 'count': n, 'firstRow': first_row}";

/** For each slot the `top` most frequent and the 10 rarest values; of equal ones the earlier in the file. */
export const topValuesStatement = (top = 20): string =>
  `SELECT slot, arg_max(${shown}, (n, -first_row), ${top}) AS top, arg_min(${shown}, (n, first_row), 10) AS rare FROM ${VALUE_TABLE} GROUP BY slot`;
