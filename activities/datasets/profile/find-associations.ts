import type { Association, ColumnProfile } from '../../../contracts/dataset-profile.js';
import { correlationRatio, cramersV } from '../../../domain/profile/associations.js';
import type { QueryRows } from './query-rows.js';
import { numberOfCell, numberOrNull } from './read-cell.js';
import { type RowSample, thinner } from './row-sample.js';
import { quoteName } from './sql-text.js';

/** Rows that associations rest on, about: their error is then below 0.01. */
const SAMPLE_ROWS = 20_000;
const MAX_NUMBERS = 30;
const MAX_CATEGORIES = 15;
/** Weaker ones are left out of the profile. */
const WORTH_TELLING = 0.1;

interface Sampled {
  slot: number;
  name: string;
}

/** Pearson's and Spearman's coefficients, Cramér's V, and the correlation ratio, over the sample of rows. */
export async function findAssociations(
  query: QueryRows,
  sample: RowSample,
  columns: readonly ColumnProfile[],
): Promise<Association[]> {
  const rows = columns[0]?.rows ?? 0;
  const numbers = columns
    .filter(({ kind, distinct }) => kind === 'number' && distinct > 2)
    .slice(0, MAX_NUMBERS)
    .map(({ name, numbers: figures }, slot) => ({ slot, name, scale: scaleOf(figures?.stddevPopulation) }));
  const categories = columns
    .filter(
      ({ kind, distinct, rows: n, nulls }) =>
        (kind === 'text' || kind === 'boolean') &&
        distinct >= 2 &&
        distinct <= 50 &&
        distinct <= (n - nulls) * 0.2,
    )
    .slice(0, MAX_CATEGORIES)
    .map(({ name }, slot) => ({ slot, name }));
  if (rows < 10 || numbers.length + categories.length < 2) return [];
  const picked = [
    ...numbers.map(({ slot, name, scale }) => `${finite(quoteName(name))} / ${scale} AS n_${slot}`),
    ...categories.map(({ slot, name }) => `CAST(${quoteName(name)} AS VARCHAR) AS c_${slot}`),
  ];
  await query(
    `CREATE OR REPLACE TEMP TABLE profile_sample AS SELECT ${picked.join(', ')} FROM ${thinner(sample, SAMPLE_ROWS)}`,
  );
  const found = [
    ...(await correlations(query, numbers)),
    ...(await contingencies(query, categories)),
    ...(await ratios(query, numbers, categories)),
  ];
  await query('DROP TABLE profile_sample');
  return found
    .filter(({ value }) => Math.abs(value) >= WORTH_TELLING)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

/** Squares of numbers beyond 1e150 are none any more; how large the unit is does not matter for what goes together. */
const scaleOf = (stddev: number | null | undefined): string =>
  !stddev || stddev <= 1e100 ? '1' : String(Math.min(stddev, 1e300));

const finite = (name: string): string =>
  `CASE WHEN isfinite(CAST(${name} AS DOUBLE)) THEN CAST(${name} AS DOUBLE) END`;

const pairs = <Item>(items: readonly Item[]): [Item, Item][] =>
  items.flatMap((left, i) => items.slice(i + 1).map((right): [Item, Item] => [left, right]));

async function correlations(query: QueryRows, numbers: readonly Sampled[]): Promise<Association[]> {
  if (numbers.length < 2) return [];
  const ranks = numbers.map(
    ({ slot }) =>
      // Equal values share the mean of their ranks.
      `CASE WHEN n_${slot} IS NOT NULL THEN rank() OVER (ORDER BY n_${slot}) + (count(*) OVER (PARTITION BY n_${slot}) - 1) / 2.0 END AS r_${slot}`,
  );
  const figures = pairs(numbers).flatMap(([{ slot: a }, { slot: b }]) => [
    `corr(n_${a}, n_${b}) AS pearson_${a}_${b}, corr(r_${a}, r_${b}) AS spearman_${a}_${b}, regr_count(n_${a}, n_${b}) AS rows_${a}_${b}`,
  ]);
  const [row = {}] = await query(
    `SELECT ${figures.join(', ')} FROM (SELECT *, ${ranks.join(', ')} FROM profile_sample)`,
  );
  return pairs(numbers).flatMap(([left, right]) =>
    (['pearson', 'spearman'] as const).flatMap((measure) => {
      const value = numberOrNull(row[`${measure}_${left.slot}_${right.slot}`]);
      const rows = numberOfCell(row[`rows_${left.slot}_${right.slot}`]);
      return value === null || rows < 10
        ? []
        : // Rounding may pass the ends.
          [{ left: left.name, right: right.name, measure, value: Math.max(-1, Math.min(1, value)), rows }];
    }),
  );
}

async function contingencies(query: QueryRows, categories: readonly Sampled[]): Promise<Association[]> {
  const all = pairs(categories);
  if (all.length === 0) return [];
  const rows = await query(
    all
      .map(
        ([{ slot: a }, { slot: b }], i) =>
          `SELECT ${i} AS pair, c_${a} AS l, c_${b} AS r, count(*) AS n FROM profile_sample WHERE c_${a} IS NOT NULL AND c_${b} IS NOT NULL GROUP BY ALL`,
      )
      .join(' UNION ALL '),
  );
  const counts = all.map((): [string, string, number][] => []);
  for (const row of rows) counts[Number(row.pair)]!.push([String(row.l), String(row.r), numberOfCell(row.n)]);
  return all.flatMap(([left, right], i) => {
    const value = cramersV(counts[i]!);
    const total = counts[i]!.reduce((sum, [, , n]) => sum + n, 0);
    return value === null
      ? []
      : [{ left: left.name, right: right.name, measure: 'cramers-v' as const, value, rows: total }];
  });
}

async function ratios(
  query: QueryRows,
  numbers: readonly Sampled[],
  categories: readonly Sampled[],
): Promise<Association[]> {
  if (numbers.length === 0 || categories.length === 0) return [];
  const spreads = numbers.map(({ slot }) => `count(n_${slot}) AS k_${slot}, avg(n_${slot}) AS m_${slot}`);
  const found: Association[] = [];
  for (const category of categories) {
    const groups = await query(
      `SELECT ${spreads.join(', ')} FROM profile_sample WHERE c_${category.slot} IS NOT NULL GROUP BY c_${category.slot}`,
    );
    const [spread = {}] = await query(
      `SELECT ${numbers.map(({ slot }) => `var_pop(n_${slot}) AS v_${slot}`).join(', ')} FROM profile_sample WHERE c_${category.slot} IS NOT NULL`,
    );
    for (const { slot, name } of numbers) {
      const means = groups
        .filter((group) => numberOfCell(group[`k_${slot}`]) > 0)
        .map((group) => [numberOfCell(group[`k_${slot}`]), numberOfCell(group[`m_${slot}`])] as const);
      const value = correlationRatio(means, numberOfCell(spread[`v_${slot}`]));
      const rows = means.reduce((sum, [count]) => sum + count, 0);
      if (value !== null)
        found.push({ left: category.name, right: name, measure: 'correlation-ratio', value, rows });
    }
  }
  return found;
}
