import { type RowOrder, rowOrderOf } from '../../../domain/profile/row-order.js';
import type { ColumnBatch } from './column-batch.js';
import { numberOfCell } from './read-cell.js';
import { spanOrderStatement, wholeOrderStatement } from './statements/row-order.js';

/**
 * How the rows are ordered by each column, by slot: exact in files of up to 250,000 rows and for columns that are in order, else from spans
 * of neighbouring rows that lie evenly over the file (`error` above 0).
 */
export async function measureRowOrder({
  query,
  data,
  columns: batch,
  rows,
  sample: { spans: spread },
}: ColumnBatch): Promise<Map<number, RowOrder>> {
  const spansOf = (found: Record<string, unknown>[], slot: number) =>
    found.map((row) => ({
      up: numberOfCell(row[`up_${slot}`]),
      rise: numberOfCell(row[`rise_${slot}`]),
      down: numberOfCell(row[`down_${slot}`]),
    }));
  const columns = batch.map((of) => ({ ...of, hasNulls: of.cells < rows }));
  const spans = await query(
    spread ? spanOrderStatement(spread.from, columns) : wholeOrderStatement(data, columns),
  );
  const orders = new Map(columns.map(({ slot }) => [slot, rowOrderOf(spansOf(spans, slot))] as const));
  // What holds in the spans need not hold between them.
  const isOpen = ({ slot }: { slot: number }): boolean =>
    spread !== undefined && orders.get(slot)!.sortOrder !== 'unsorted';
  const open = columns.filter(isOpen);
  const whole = open.length > 0 ? await query(wholeOrderStatement(data, open)) : [];
  const exact = spread ? open : columns;
  for (const { slot } of exact) {
    const order = orders.get(slot)!;
    orders.set(slot, { ...(isOpen({ slot }) ? rowOrderOf(spansOf(whole, slot)) : order), error: 0 });
  }
  return orders;
}
