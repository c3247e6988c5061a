import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { quoteLiteral } from '../duckdb/quote.js';

const MOST_DIGITS = 38;

/**
 * Places of the columns of a Parquet file, from 0, whose times have nanoseconds that DuckDB cuts off: those of the old type INT96 and those
 * with a time zone.
 * @throws QuaestorError `dataset_unreadable` for decimals of more than 38 digits, which DuckDB reads as other numbers without a word
 */
export async function findCutTimes(session: DuckDbSession, path: string): Promise<Set<number>> {
  const { rows } = await session.all(
    `SELECT name, type, coalesce(logical_type, ''), precision, coalesce(num_children, 0) FROM parquet_schema(${quoteLiteral(path)})`,
  );
  const cut = new Set<number>();
  let column = -1;
  /** Of each field that is open: how many of its children are still to come. The first one is the root, whose children are the columns. */
  const open: number[] = [];
  let title = '';
  for (const [name, type, logical, precision, children] of rows) {
    while (open.length > 0 && open.at(-1) === 0) open.pop();
    if (open.length > 0) open[open.length - 1]! -= 1;
    if (open.length === 1) {
      column += 1;
      title = String(name);
    }
    const isDecimal = String(logical).startsWith('Decimal') || precision !== null;
    if (isDecimal && Number(precision) > MOST_DIGITS) {
      throw new QuaestorError(
        'dataset_unreadable',
        `The column "${title}" holds decimals of ${Number(precision)} digits; ${MOST_DIGITS} can be read. Write it with fewer, or as text.`,
      );
    }
    const isZoned = /^Timestamp.*isAdjustedToUTC=1.*NANOS=Nano/.test(String(logical));
    if (type === 'INT96' || isZoned) cut.add(column);
    open.push(Number(children));
  }
  return cut;
}
