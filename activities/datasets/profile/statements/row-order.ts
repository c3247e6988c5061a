import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { quoteName, ROW_COLUMN } from '../sql-text.js';

/** Rows whose order is looked at: a scan in order takes one thread. */
export const ORDERED_ROWS = 250_000;

/**
 * For column i, over neighbours in the order of the rows (nulls left out): pairs that do not fall (`up_i`), rise (`rise_i`) and fall
 * (`down_i`). The windows stream: nothing is sorted.
 */
export function rowOrderStatement(
  data: string,
  columns: readonly { column: ProfiledColumn; slot: number }[],
): string {
  const before = columns.map(({ column, slot }) => {
    const name = quoteName(column.name);
    return `${name} AS c_${slot}, lag(${name} IGNORE NULLS) OVER () AS p_${slot}`;
  });
  const figures = columns.map(
    ({ slot }) =>
      `count(*) FILTER (c_${slot} >= p_${slot}) AS up_${slot}, count(*) FILTER (c_${slot} > p_${slot}) AS rise_${slot}, ` +
      `count(*) FILTER (c_${slot} < p_${slot}) AS down_${slot}`,
  );
  return `SELECT ${figures.join(', ')} FROM (SELECT ${before.join(', ')} FROM ${data} WHERE ${ROW_COLUMN} <= ${ORDERED_ROWS})`;
}

/** `print_i`: equal for columns whose cells are equal in every row of what is selected from. */
export const fingerprintStatement = (
  from: string,
  columns: readonly { column: ProfiledColumn; slot: number }[],
): string =>
  `SELECT ${columns.map(({ column, slot }) => `CAST(bit_xor(hash(xor(hash(${quoteName(column.name)}), hash(${ROW_COLUMN})))) AS VARCHAR) AS print_${slot}`).join(', ')} FROM ${from}`;
