import type { ProfiledColumn } from '../../../../contracts/dataset-profile.js';
import { quoteName, ROW_COLUMN } from '../sql-text.js';

type Ordered = readonly { column: ProfiledColumn; slot: number; hasNulls: boolean }[];

/** The value before, nulls left out; leaving them out takes twice as long (8 million rows of two columns: 1.7 s against 0.8 s). */
const before = (value: string, hasNulls: boolean): string =>
  `lag(${value}${hasNulls ? ' IGNORE NULLS' : ''}) OVER ()`;

/**
 * For each span of `spans` and column i, over neighbours in the order of the rows (nulls left out): pairs that do not fall (`up_i`), rise
 * (`rise_i`) and fall (`down_i`). The windows stream: nothing is sorted.
 */
export function spanOrderStatement(spans: string, columns: Ordered): string {
  const cells = columns.map(({ column, slot, hasNulls }) => {
    const name = quoteName(column.name);
    // A pair is of one span.
    const span = hasNulls ? `CASE WHEN ${name} IS NOT NULL THEN span END` : 'span';
    return `${name} AS c_${slot}, CASE WHEN ${before(span, hasNulls)} = span THEN ${before(name, hasNulls)} END AS p_${slot}`;
  });
  return `SELECT ${pairs(columns)} FROM (SELECT span, ${cells.join(', ')} FROM ${spans}) GROUP BY span`;
}

/** The same over all rows as one span. */
export function wholeOrderStatement(data: string, columns: Ordered): string {
  const cells = columns.map(({ column, slot, hasNulls }) => {
    const name = quoteName(column.name);
    return `${name} AS c_${slot}, ${before(name, hasNulls)} AS p_${slot}`;
  });
  return `SELECT ${pairs(columns)} FROM (SELECT ${cells.join(', ')} FROM ${data})`;
}

const pairs = (columns: Ordered): string =>
  columns
    .map(
      ({ slot }) =>
        `count(*) FILTER (c_${slot} >= p_${slot}) AS up_${slot}, count(*) FILTER (c_${slot} > p_${slot}) AS rise_${slot}, ` +
        `count(*) FILTER (c_${slot} < p_${slot}) AS down_${slot}`,
    )
    .join(', ');

/** `print_i`: equal for columns whose cells are equal in every row of what is selected from. */
export const fingerprintStatement = (
  from: string,
  columns: readonly { column: ProfiledColumn; slot: number }[],
): string =>
  `SELECT ${columns.map(({ column, slot }) => `CAST(bit_xor(hash(xor(hash(${quoteName(column.name)}), hash(${ROW_COLUMN})))) AS VARCHAR) AS print_${slot}`).join(', ')} FROM ${from}`;
