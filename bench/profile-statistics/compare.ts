import type { ColumnProfile } from '../../contracts/dataset-profile.js';

/** One line of qsv's statistics, by heading. */
export type Expected = Readonly<Record<string, string>>;

export interface Difference {
  column: string;
  figure: string;
  expected: string;
  found: string;
}

/** qsv prints text lengths for text only, counts null cells as empty text, and null as a value. */
function figuresOf(of: ColumnProfile): Record<string, number | string | null | undefined> {
  const cells = of.rows - of.nulls;
  const { numbers, quantiles, text } = of;
  const nullsToo = of.nulls > 0 ? 1 : 0;
  const lengths = text?.lengths;
  const meanLength = lengths ? lengths.sumBytes / of.rows : undefined;
  const squares = lengths ? lengths.variancePopulation * cells + cells * lengths.meanBytes ** 2 : 0;
  const varianceLength = meanLength === undefined ? undefined : squares / of.rows - meanLength ** 2;
  const modeOccurrences = Math.max(of.mode.occurrences, of.nulls);
  const modes =
    (of.mode.occurrences === modeOccurrences ? of.mode.count : 0) +
    (nullsToo && of.nulls === modeOccurrences ? 1 : 0);
  const least =
    of.nulls > 0 ? Math.min(of.antimode.occurrences || of.nulls, of.nulls) : of.antimode.occurrences;
  const antimodes =
    (of.antimode.occurrences === least ? of.antimode.count : 0) + (nullsToo && of.nulls === least ? 1 : 0);
  const isUnique = modeOccurrences === 1;
  return {
    sum: numbers?.sum,
    min: of.min,
    max: of.max,
    range: numbers && of.min !== null ? Number(of.max) - Number(of.min) : undefined,
    sort_order: of.sortOrder,
    sortiness: of.sortiness,
    min_length: lengths ? (of.nulls > 0 ? 0 : lengths.minBytes) : undefined,
    max_length: lengths?.maxBytes,
    sum_length: lengths?.sumBytes,
    avg_length: meanLength,
    variance_length: varianceLength,
    stddev_length: varianceLength === undefined ? undefined : Math.sqrt(Math.max(0, varianceLength)),
    cv_length:
      varianceLength === undefined || !meanLength
        ? undefined
        : Math.sqrt(Math.max(0, varianceLength)) / meanLength,
    mean: numbers?.mean,
    sem: numbers?.sem,
    geometric_mean: numbers?.geometricMean,
    harmonic_mean: numbers?.harmonicMean,
    stddev: numbers?.stddevPopulation,
    variance: numbers?.variancePopulation,
    cv: numbers?.cv,
    nullcount: of.nulls,
    n_negative: numbers?.negatives,
    n_zero: numbers?.zeros,
    n_positive: numbers?.positives,
    max_precision: numbers?.maxPrecision || undefined,
    sparsity: of.nulls / of.rows,
    mad: quantiles?.mad,
    lower_outer_fence: quantiles?.lowerOuterFence,
    lower_inner_fence: quantiles?.lowerInnerFence,
    q1: quantiles?.q1,
    q2_median: quantiles?.median,
    q3: quantiles?.q3,
    iqr: quantiles?.iqr,
    upper_inner_fence: quantiles?.upperInnerFence,
    upper_outer_fence: quantiles?.upperOuterFence,
    skewness: quantiles?.quartileSkewness,
    cardinality: of.distinct + nullsToo,
    uniqueness_ratio: (of.distinct + nullsToo) / of.rows,
    mode_count: isUnique ? 0 : modes,
    mode_occurrences: isUnique ? 0 : modeOccurrences,
    antimode_count: isUnique ? 0 : antimodes,
    antimode_occurrences: isUnique ? 1 : least,
    percentiles: quantiles
      ? ['5', '10', '40', '60', '90', '95'].map((p) => `${p}: ${quantiles.percentiles[p]}`).join('|')
      : undefined,
  };
}

/** Figures that qsv printed and that are not equal to ours within the digits that it prints. */
export function compareColumn(
  profile: ColumnProfile,
  expected: Expected,
): { compared: number; differences: Difference[] } {
  const figures = figuresOf(profile);
  const differences: Difference[] = [];
  let compared = 0;
  for (const [figure, text] of Object.entries(expected)) {
    if (text === '' || !(figure in figures)) continue;
    // qsv took the column for text where all that it holds is nothing.
    if (expected.type === 'NULL' && /_length$|^mode|^antimode/.test(figure)) continue;
    const found = figures[figure];
    if (/^(min|max)_length$/.test(figure) && profile.kind !== 'text') continue;
    compared += 1;
    if (!isSame(text, found))
      differences.push({ column: profile.name, figure, expected: text, found: String(found) });
  }
  return { compared, differences };
}

function isSame(expected: string, found: number | string | null | undefined): boolean {
  if (found === null || found === undefined) return false;
  // The profile cuts long text.
  if (String(found).toLowerCase() === expected.slice(0, 200).toLowerCase()) return true;
  if (expected.includes('|'))
    return expected
      .split('|')
      .every((part, i) => isSame(part.split(': ')[1] ?? '', String(found).split('|')[i]?.split(': ')[1]));
  const [a, b] = [Number(expected), Number(found)];
  if (!Number.isFinite(a) || !Number.isFinite(b) || expected.trim() === '') return false;
  const digits = expected.split('.')[1]?.length ?? 0;
  return Math.abs(a - b) <= 0.5000001 * 10 ** -Math.max(digits, 4) || Math.abs(a - b) <= Math.abs(a) * 1e-12;
}
