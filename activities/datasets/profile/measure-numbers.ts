import type { NumberFigures } from '../../../contracts/dataset-profile.js';
import { momentsOf } from '../../../domain/profile/moments.js';
import { type BatchColumn, type ColumnBatch, isWide } from './column-batch.js';
import { bySlot, numberOfCell, numberOrNull } from './read-cell.js';
import { type CentredColumn, numberFiguresStatement } from './statements/number-figures.js';

/** Moments, sums and signs of the batch's number and boolean columns, by slot. */
export async function measureNumbers(
  { query, data }: ColumnBatch,
  columns: readonly BatchColumn[],
): Promise<Map<number, NumberFigures>> {
  if (columns.length === 0) return new Map();
  const found = bySlot(await query(numberFiguresStatement(data, columns.map(centred))));
  return new Map(
    columns.map((column) => [column.slot, figuresOf(found.get(column.slot)?.[0] ?? {}, column)]),
  );
}

function centred(of: BatchColumn): CentredColumn {
  const [low, high] = [numberOrNull(of.finite?.min), numberOrNull(of.finite?.max)];
  const centre = numberOrNull(of.finite?.mean) ?? 0;
  const scale = Math.max(Math.abs((low ?? 0) - centre), Math.abs((high ?? 0) - centre));
  return {
    column: of.column,
    slot: of.slot,
    centre,
    scale: scale > 0 && Number.isFinite(scale) ? scale : 1,
    isPositive: low !== null && low > 0,
    isNarrow: !isWide(of),
  };
}

function figuresOf(row: Record<string, unknown>, column: BatchColumn): NumberFigures {
  const count = numberOfCell(row.count);
  const { scale, isPositive } = centred(column);
  const sums = [row.s1, row.s2, row.s3, row.s4].map(numberOfCell) as [number, number, number, number];
  const { variance, variancePopulation, skewness, kurtosis } = momentsOf({ count, sums, scale });
  const mean = count > 0 ? numberOrNull(column.finite?.mean) : null;
  const [negatives, zeros] = [numberOfCell(row.negatives), numberOfCell(row.zeros)];
  const root = (value: number | null) => (value === null ? null : Math.sqrt(value));
  const stddevPopulation = root(variancePopulation);
  const sumInverse = numberOrNull(row.sum_inverse);
  const sumLog = numberOrNull(row.sum_log);
  const geometricMean = () => {
    if (isPositive && sumLog !== null) return Math.exp(sumLog / count);
    // A single zero makes the product zero.
    return zeros > 0 && negatives === 0 ? 0 : null;
  };
  return {
    sum: column.finite?.sum ?? null,
    mean,
    stddev: root(variance),
    variance,
    stddevPopulation,
    variancePopulation,
    sem: stddevPopulation === null ? null : stddevPopulation / Math.sqrt(count),
    cv: stddevPopulation === null || !mean ? null : (stddevPopulation / mean) * 100,
    skewness,
    kurtosis,
    geometricMean: geometricMean(),
    harmonicMean: isPositive && sumInverse ? count / sumInverse : null,
    negatives,
    zeros,
    positives: numberOfCell(row.positives),
    notFinite: numberOfCell(row.not_finite),
    fractions: numberOfCell(row.fractions),
    firstFractionRow: numberOrNull(row.first_fraction_row),
    maxPrecision: null,
  };
}
