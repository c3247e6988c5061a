import type { HistogramBin, OutlierFigures, QuantileFigures } from '../../../contracts/dataset-profile.js';
import { findApart, type PlacedValue } from '../../../domain/profile/outliers.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { bySlot, numberOfCell } from './read-cell.js';
import { quoteName, quoteText } from './sql-text.js';
import { isFloating } from './statements/number-figures.js';
import {
  histogramStatement,
  type Limits,
  outsideStatement,
  wideEndsStatement,
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

type Row = Record<string, unknown>;

interface Ends {
  inner: number;
  outer: number;
  robust: number;
  least: PlacedValue[];
  greatest: PlacedValue[];
}

/** Cells that are looked at from each end, about: the farthest 60 of them are wanted. */
const EDGE_CELLS = 1_000;

/** Two values of the column, as SQL, with few cells beyond them, from the sample. */
async function edgesOf(
  { query, sample }: ColumnBatch,
  { column, cells }: BatchColumn,
): Promise<[string, string] | undefined> {
  const share = Math.min(0.25, Math.max(EDGE_CELLS / cells, 20 / sample.rows));
  const name = quoteName(column.name);
  // Infinities are no ends.
  const finite = column.kind === 'temporal' || isFloating(column.type) ? ` WHERE isfinite(${name})` : '';
  const [row = {}] = await query(
    `SELECT list_transform(quantile_disc(${name}, [CAST(${share} AS DOUBLE), CAST(${1 - share} AS DOUBLE)]), x -> CAST(x AS VARCHAR)) AS edges FROM ${sample.from}${finite}`,
  );
  const [low, high] = (row.edges ?? []) as string[];
  const typed = (text: string): string => `CAST(${quoteText(text)} AS ${column.type})`;
  return low === undefined || high === undefined ? undefined : [typed(low), typed(high)];
}

/** Nothing lies outside of any limit. */
function isInside(ends: Row, { inner, outer, robust }: Limits): boolean {
  const [low, high] = [placed(ends.least)[0]?.num, placed(ends.greatest)[0]?.num];
  return (
    low !== undefined &&
    high !== undefined &&
    [inner, outer, robust].every(([from, to]) => low >= from && high <= to)
  );
}

async function outside(
  batch: ColumnBatch,
  columns: readonly BatchColumn[],
  quantiles: ReadonlyMap<number, QuantileFigures>,
): Promise<Map<number, Ends>> {
  const { query, data } = batch;
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
    const of = { data, name, number: numberOf(column.column, name) };
    const edges = await edgesOf(batch, column);
    const [ends = {}] = edges ? await query(wideEndsStatement({ ...of, edges })) : [];
    const limits = limitsOf(column);
    const [counts = {}] = isInside(ends, limits)
      ? []
      : await query(wideOutsideStatement({ ...limits, ...of }));
    rows.push({ slot: column.slot, ...counts, ...ends });
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
  ((value ?? []) as Row[]).map((row) => ({
    num: Number(row.num),
    count: Number(row.count),
    firstRow: Number(row.firstRow),
    text: String(row.text),
  }));

async function histogram(
  { query, sample }: ColumnBatch,
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
    const found = await query(wideHistogramStatement({ from: sample.from, number, low, high, bins: BINS }));
    rows.push(...found.map((row) => ({ ...row, slot })));
  }
  const counts = bySlot(rows);
  // What a cell of the sample stands for, so that the bins hold all cells.
  const scales = new Map(
    ranges.flatMap(({ column, slot }) => {
      const seen = (counts.get(slot) ?? []).reduce((sum, row) => sum + numberOfCell(row.n), 0);
      return isWide(column) && !sample.isWhole && seen > 0 ? [[slot, column.cells / seen] as const] : [];
    }),
  );
  return new Map(
    ranges.map(({ slot, low, high }) => {
      const bins = Array.from({ length: BINS }, (_, i) => ({
        from: low + (high - low) * (i / BINS),
        to: low + (high - low) * ((i + 1) / BINS),
        count: 0,
      }));
      for (const row of counts.get(slot) ?? [])
        bins[Number(row.bin)]!.count += Math.round(numberOfCell(row.n) * (scales.get(slot) ?? 1));
      return [slot, bins];
    }),
  );
}
