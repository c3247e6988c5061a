import type { ProfiledColumn, QuantileFigures } from '../../../contracts/dataset-profile.js';
import {
  medianRanks,
  PERCENTILES,
  percentileRank,
  quartileRanks,
} from '../../../domain/profile/quartiles.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { bySlot, numberOfCell } from './read-cell.js';
import { quoteName } from './sql-text.js';
import { isFloating } from './statements/number-figures.js';
import {
  deviationStatement,
  orderStatisticsStatement,
  wideDeviationStatement,
  wideOrderStatement,
} from './statements/order-statistics.js';
import { numberOf } from './statements/value-table.js';

/** A column with the number of its finite values. */
export interface CountedColumn extends BatchColumn {
  count: number;
}

type Ranked = Map<number, { num: number; text: string }>;

/**
 * Quantiles and the median distance from the median, by slot; of columns with very many values from the sample of rows. Columns of fewer
 * than four values have none.
 */
export async function measureOrder(
  batch: ColumnBatch,
  columns: readonly CountedColumn[],
): Promise<Map<number, QuantileFigures>> {
  const measured = (await inSample(batch, columns)).filter(({ count }) => count >= 4);
  const ranked = await rank(batch, measured);
  const halves = new Map(
    measured.flatMap((column) => {
      const of = ranked.get(column.slot);
      return of ? [[column.slot, quartilesOf(of, column.count)] as const] : [];
    }),
  );
  const mads = await measureMad(batch, measured, halves);
  return new Map(
    [...halves].map(([slot, { q1, median, q3 }]) => {
      const iqr = q3 - q1;
      const column = measured.find((each) => each.slot === slot)!;
      const percentiles = PERCENTILES.map((percent) => {
        const at = ranked.get(slot)!.get(percentileRank(percent, column.count));
        return [String(percent), at?.text ?? ''];
      });
      return [
        slot,
        {
          percentiles: Object.fromEntries(percentiles) as Record<string, string>,
          q1,
          median,
          q3,
          iqr,
          lowerOuterFence: q1 - 3 * iqr,
          lowerInnerFence: q1 - 1.5 * iqr,
          upperInnerFence: q3 + 1.5 * iqr,
          upperOuterFence: q3 + 3 * iqr,
          mad: mads.get(slot) ?? 0,
          quartileSkewness: iqr > 0 ? (q3 - 2 * median + q1) / iqr : null,
        },
      ];
    }),
  );
}

/** Columns with very many values are measured in the sample, whose values count then. */
async function inSample(batch: ColumnBatch, columns: readonly CountedColumn[]): Promise<CountedColumn[]> {
  const wide = columns.filter(isWide);
  if (batch.sample.isWhole || wide.length === 0) return [...columns];
  const counts = wide.map(({ column, slot }) => {
    const name = quoteName(column.name);
    return `count(*) FILTER (${canBeInfinite(column) ? `isfinite(${name})` : `${name} IS NOT NULL`}) AS n_${slot}`;
  });
  const [row = {}] = await batch.query(`SELECT ${counts.join(', ')} FROM ${batch.sample.from}`);
  return columns.map((column) =>
    isWide(column) ? { ...column, count: numberOfCell(row[`n_${column.slot}`]) } : column,
  );
}

const canBeInfinite = ({ kind, type }: ProfiledColumn): boolean => kind === 'temporal' || isFloating(type);

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function quartilesOf(ranked: Ranked, count: number): { q1: number; median: number; q3: number } {
  const ranks = quartileRanks(count)!;
  const at = (wanted: number[]): number => mean(wanted.map((rank) => ranked.get(rank)?.num ?? Number.NaN));
  return { q1: at(ranks.q1), median: at(ranks.median), q3: at(ranks.q3) };
}

async function rank(batch: ColumnBatch, columns: readonly CountedColumn[]): Promise<Map<number, Ranked>> {
  const wanted = columns.map((column) => {
    const quartiles = quartileRanks(column.count)!;
    const ranks = [
      ...PERCENTILES.map((percent) => percentileRank(percent, column.count)),
      ...quartiles.q1,
      ...quartiles.median,
      ...quartiles.q3,
    ];
    return { column, slot: column.slot, ranks: [...new Set(ranks)] };
  });
  const found = new Map<number, Ranked>();
  const narrow = wanted.filter(({ column }) => !isWide(column));
  if (narrow.length > 0) {
    for (const [slot, rows] of bySlot(await batch.query(orderStatisticsStatement(narrow)))) {
      found.set(
        slot,
        new Map(rows.map((row) => [Number(row.k), { num: Number(row.num), text: String(row.text) }])),
      );
    }
  }
  for (const { column, slot, ranks } of wanted) {
    if (!isWide(column)) continue;
    const name = column.column.name;
    const number = numberOf(column.column, 'x');
    const [row = {}] = await batch.query(
      wideOrderStatement({
        from: batch.sample.from,
        name,
        number,
        ranks,
        count: column.count,
        canBeInfinite: canBeInfinite(column.column),
      }),
    );
    const [nums, texts] = [row.num as number[], row.text as string[]];
    found.set(slot, new Map(ranks.map((k, i) => [k, { num: Number(nums[i]), text: String(texts[i]) }])));
  }
  return found;
}

async function measureMad(
  batch: ColumnBatch,
  columns: readonly CountedColumn[],
  halves: ReadonlyMap<number, { median: number }>,
): Promise<Map<number, number>> {
  const wanted = columns.flatMap((column) => {
    const centre = halves.get(column.slot)?.median;
    return centre === undefined
      ? []
      : [{ column, slot: column.slot, centre, ranks: medianRanks(column.count) }];
  });
  const found = new Map<number, number>();
  const narrow = wanted.filter(({ column }) => !isWide(column));
  if (narrow.length > 0) {
    for (const [slot, rows] of bySlot(await batch.query(deviationStatement(narrow)))) {
      found.set(slot, mean(rows.map((row) => Number(row.num))));
    }
  }
  for (const { column, slot, centre, ranks } of wanted) {
    if (!isWide(column)) continue;
    const number = numberOf(column.column, quoteName(column.column.name));
    const [row = {}] = await batch.query(
      wideDeviationStatement({ from: batch.sample.from, number, centre, ranks, count: column.count }),
    );
    found.set(slot, mean((row.num as number[]).map(Number)));
  }
  return found;
}
