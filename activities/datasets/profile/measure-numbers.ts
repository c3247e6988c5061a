import type { NumberFigures } from '../../../contracts/dataset-profile.js';
import type { BatchColumn, ColumnBatch } from './column-batch.js';
import { numberOfCell, numberOrNull } from './read-cell.js';
import { momentsStatement, numberFiguresStatement } from './statements/number-figures.js';

/** Moments, sums and signs of the batch's number and boolean columns, by slot. */
export async function measureNumbers(
  { query, path }: ColumnBatch,
  columns: readonly BatchColumn[],
): Promise<Map<number, NumberFigures>> {
  if (columns.length === 0) return new Map();
  const [row = {}] = await query(numberFiguresStatement(path, columns));
  const spread = columns.flatMap(({ column, slot }) => {
    const mean = numberOrNull(row[`mean_${slot}`]);
    const variance = numberOrNull(row[`variance_pop_${slot}`]);
    return mean === null || variance === null || variance <= 0
      ? []
      : [{ column, slot, mean, stddev: Math.sqrt(variance) }];
  });
  const [moments = {}] = spread.length > 0 ? await query(momentsStatement(path, spread)) : [];
  return new Map(columns.map((column) => [column.slot, figuresOf({ ...row, ...moments }, column)]));
}

function figuresOf(row: Record<string, unknown>, { slot, cells }: BatchColumn): NumberFigures {
  const get = (name: string) => numberOrNull(row[`${name}_${slot}`]);
  const mean = get('mean');
  const variance = get('variance');
  const variancePopulation = get('variance_pop');
  const notFinite = numberOfCell(row[`not_finite_${slot}`]);
  const count = cells - notFinite;
  const positives = numberOfCell(row[`positives_${slot}`]);
  const allPositive = count > 0 && positives === count;
  const meanLog = get('mean_log');
  const zeros = numberOfCell(row[`zeros_${slot}`]);
  const geometricMean = () => {
    if (allPositive && meanLog !== null) return Math.exp(meanLog);
    return zeros > 0 && zeros + positives === count ? 0 : null;
  };
  const meanInverse = get('mean_inverse');
  const root = (value: number | null) => (value === null ? null : Math.sqrt(value));
  const stddevPopulation = root(variancePopulation);
  const sum = row[`sum_${slot}`];
  return {
    sum: sum === null || sum === undefined ? null : String(sum),
    mean,
    stddev: root(variance),
    variance,
    stddevPopulation,
    variancePopulation,
    sem: stddevPopulation === null ? null : stddevPopulation / Math.sqrt(count),
    cv: stddevPopulation === null || !mean ? null : (stddevPopulation / mean) * 100,
    skewness: get('skewness'),
    kurtosis: get('kurtosis'),
    // A single zero makes the product zero.
    geometricMean: geometricMean(),
    harmonicMean: allPositive && meanInverse ? 1 / meanInverse : null,
    negatives: numberOfCell(row[`negatives_${slot}`]),
    zeros,
    positives,
    notFinite,
    fractions: numberOfCell(row[`fractions_${slot}`]),
    firstFractionRow: numberOrNull(row[`first_fraction_row_${slot}`]),
    maxPrecision: null,
  };
}
