import type { HistogramBin, OutlierFigures, QuantileFigures } from '../../../contracts/dataset-profile.js';
import { findApart, type PlacedValue } from '../../../domain/profile/outliers.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { bySlot, numberOfCell } from './read-cell.js';
import { quoteName, ROW_COLUMN } from './sql-text.js';
import {
  histogramStatement,
  type Limits,
  outsideStatement,
  wideHistogramStatement,
  wideOutsideStatement,
} from './statements/number-shape.js';
import { numberOf } from './statements/value-table.js';

/** Robust z above which a value counts as an outlier (Iglewicz and Hoaglin). */
const ROBUST_Z = 3.5;
const BINS = 30;

export interface Shape {
  outliers: OutlierFigures;
  histogram: HistogramBin[];
  least: PlacedValue[];
  greatest: PlacedValue[];
}

/** Outliers, ends and histogram of the columns that have quantiles, by slot. */
export async function measureShape(
  batch: ColumnBatch,
  columns: readonly BatchColumn[],
  quantiles: ReadonlyMap<number, QuantileFigures>,
): Promise<Map<number, Shape>> {
  const measured = columns.filter(({ slot }) => quantiles.has(slot));
  const ends = await outside(batch, measured, quantiles);
  const histograms = await histogram(batch, measured, ends);
  return new Map(
    measured.flatMap(({ slot, cells }) => {
      const row = ends.get(slot);
      if (!row) return [];
      const { least, greatest } = row;
      const { q1, median, q3 } = quantiles.get(slot)!;
      const middle = { q1, median, q3, count: cells, min: least[0]?.num ?? q1 };
      const apart = findApart(middle, least, greatest);
      const shape: Shape = {
        outliers: {
          beyondInner: row.inner,
          beyondOuter: row.outer,
          robustZ: row.robust,
          apart: apart.map(({ text, count, firstRow }) => ({ text, count, firstRow })),
        },
        histogram: histograms.get(slot) ?? [],
        least,
        greatest,
      };
      return [[slot, shape] as const];
    }),
  );
}

interface Ends {
  inner: number;
  outer: number;
  robust: number;
  least: PlacedValue[];
  greatest: PlacedValue[];
}

async function outside(
  { query, path }: ColumnBatch,
  columns: readonly BatchColumn[],
  quantiles: ReadonlyMap<number, QuantileFigures>,
): Promise<Map<number, Ends>> {
  const limitsOf = ({ slot }: BatchColumn): Limits => {
    const of = quantiles.get(slot)!;
    // Without a median distance there is no robust z: nothing lies outside then.
    const reach = of.mad > 0 ? (ROBUST_Z / 0.6745) * of.mad : Number.MAX_VALUE;
    return {
      slot,
      inner: [of.lowerInnerFence, of.upperInnerFence],
      outer: [of.lowerOuterFence, of.upperOuterFence],
      robust: [of.median - reach, of.median + reach].map((value) =>
        Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value)),
      ) as [number, number],
    };
  };
  const narrow = columns.filter((column) => !isWide(column)).map(limitsOf);
  const rows = narrow.length > 0 ? await query(outsideStatement(narrow)) : [];
  for (const column of columns.filter(isWide)) {
    const name = quoteName(column.column.name);
    const number = numberOf(column.column, name);
    rows.push(
      ...(await query(
        wideOutsideStatement({
          ...limitsOf(column),
          path,
          name,
          number,
          rowColumn: ROW_COLUMN,
          edges: [quantiles.get(column.slot)!.q1, quantiles.get(column.slot)!.q3],
        }),
      )),
    );
  }
  return new Map(
    [...bySlot(rows)].map(([slot, [row = {}]]) => [
      slot,
      {
        inner: numberOfCell(row.beyond_inner),
        outer: numberOfCell(row.beyond_outer),
        robust: numberOfCell(row.robust_z),
        least: placed(row.least),
        greatest: placed(row.greatest),
      },
    ]),
  );
}

const placed = (value: unknown): PlacedValue[] =>
  ((value ?? []) as Record<string, unknown>[]).map((row) => ({
    num: Number(row.num),
    count: Number(row.count),
    firstRow: Number(row.firstRow),
    text: String(row.text),
  }));

async function histogram(
  { query, path }: ColumnBatch,
  columns: readonly BatchColumn[],
  ends: ReadonlyMap<number, Ends>,
): Promise<Map<number, HistogramBin[]>> {
  const ranges = columns.flatMap((column) => {
    const low = ends.get(column.slot)?.least[0]?.num;
    const high = ends.get(column.slot)?.greatest[0]?.num;
    return low !== undefined && high !== undefined && high > low
      ? [{ column, slot: column.slot, low, high }]
      : [];
  });
  const narrow = ranges.filter(({ column }) => !isWide(column));
  const rows = narrow.length > 0 ? await query(histogramStatement(narrow, BINS)) : [];
  for (const { column, slot, low, high } of ranges) {
    if (!isWide(column)) continue;
    const number = numberOf(column.column, quoteName(column.column.name));
    const found = await query(wideHistogramStatement({ path, number, low, high, bins: BINS }));
    rows.push(...found.map((row) => ({ ...row, slot })));
  }
  const counts = bySlot(rows);
  return new Map(
    ranges.map(({ slot, low, high }) => {
      const bins = Array.from({ length: BINS }, (_, i) => ({
        from: low + (high - low) * (i / BINS),
        to: low + (high - low) * ((i + 1) / BINS),
        count: 0,
      }));
      for (const row of counts.get(slot) ?? []) bins[Number(row.bin)]!.count += numberOfCell(row.n);
      return [slot, bins];
    }),
  );
}
