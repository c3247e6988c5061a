import type { DateFigures } from '../../../contracts/dataset-profile.js';
import { areGapsMeaningful } from '../../../domain/profile/date-gaps.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { bySlot, numberOfCell } from './read-cell.js';
import { quoteName } from './sql-text.js';
import { dateStepsStatement, wideDateStepsStatement } from './statements/date-steps.js';
import { numberOf } from './statements/value-table.js';

type Row = Record<string, unknown>;

/** First and last date, the usual step, and the gaps in it, by slot. */
export async function measureDates(
  { query, data }: ColumnBatch,
  columns: readonly BatchColumn[],
): Promise<Map<number, DateFigures>> {
  const narrow = columns.filter((column) => !isWide(column));
  const rows = narrow.length > 0 ? await query(dateStepsStatement(narrow.map(({ slot }) => slot))) : [];
  for (const { column, slot } of columns.filter(isWide)) {
    rows.push(...(await query(wideDateStepsStatement(data, slot, numberOf(column, quoteName(column.name))))));
  }
  const found = bySlot(rows);
  return new Map(
    columns.flatMap(({ slot, min, max }) => {
      if (min === null || max === null) return [];
      // By value first; by day where the values themselves come at no fixed step.
      const levels = (found.get(slot) ?? []).sort((a, b) => numberOfCell(a.level) - numberOfCell(b.level));
      const regular = levels.find(isRegular);
      const gaps = regular && areGapsMeaningful(stepsOf(regular)) ? gapsOf(regular) : [];
      const stepSeconds = regular ? numberOfCell(regular.usual) : null;
      return [[slot, { first: min, last: max, stepSeconds, gaps }]];
    }),
  );
}

const isRegular = (row: Row): boolean =>
  numberOfCell(row.steps) >= 10 && numberOfCell(row.regular) >= numberOfCell(row.steps) * 0.9;

const stepsOf = (row: Row) => ({
  usualSeconds: numberOfCell(row.usual),
  steps: numberOfCell(row.steps),
  regular: numberOfCell(row.regular),
  points: numberOfCell(row.points),
  cells: numberOfCell(row.cells),
  most: numberOfCell(row.most),
  least: numberOfCell(row.least),
});

const gapsOf = (row: Row): DateFigures['gaps'] =>
  ((row.gaps ?? []) as Row[]).map((gap) => ({
    after: String(gap.after),
    before: String(gap.before),
    missing: Number(gap.missing),
  }));
