import type { ColumnProfile, Dependency } from '../../../contracts/dataset-profile.js';
import type { QueryRows } from './query-rows.js';
import { numberOfCell } from './read-cell.js';
import { type RowSample, thinner } from './row-sample.js';
import { quoteName, ROW_COLUMN } from './sql-text.js';

/** A dependency that holds but for a few rows. */
export interface BrokenDependency extends Dependency {
  /** Rows that differ from what most rows with the same determinant say, and up to ten of them. */
  violations: number;
  rows: number[];
}

export interface Dependencies {
  exact: Dependency[];
  broken: BrokenDependency[];
  /** Sets of columns whose values together tell every row apart: single columns, or pairs where there is none. */
  keys: string[][];
}

const MAX_COLUMNS = 30;
const PRUNING_ROWS = 20_000;
const MAX_PAIRS = 8;
/** Rows that may break a dependency that is meant, and how many rows a value of the determinant needs on average for a breach to show. */
const BREACH = 0.01;
const GROUP = 5;

/**
 * Functional dependencies of one column on one other, exact over all rows. The lattice is pruned by counts (a column cannot decide one
 * with more values) and by a sample (one breach there refutes); what is left is counted in the file, one statement a determinant.
 */
export async function findDependencies(
  query: QueryRows,
  { data, sample: sampled }: { data: string; sample: RowSample },
  columns: readonly ColumnProfile[],
): Promise<Dependencies> {
  const rows = columns[0]?.rows ?? 0;
  const singles = columns
    .filter(
      ({ nulls, distinct, numbers }) =>
        rows > 0 && nulls === 0 && distinct === rows && !(numbers && numbers.fractions > 0),
    )
    .map(({ name }) => [name]);
  const usable = columns
    .filter((of) => of.distinct >= 2 && of.kind !== 'other' && !(of.numbers && of.numbers.fractions > 0))
    .sort((a, b) => a.distinct - b.distinct)
    .slice(0, MAX_COLUMNS);
  const keys = singles.length > 0 ? singles : await findPairKeys(query, data, usable, rows);
  if (rows < 10 || usable.length < 2) return { exact: [], broken: [], keys };
  const sample = thinner(sampled, PRUNING_ROWS);
  const found: Dependencies = { exact: [], broken: [], keys };
  for (const determinant of usable) {
    // With fewer than three rows a value, a dependency says nothing.
    if (determinant.distinct > (rows - determinant.nulls) / 3) continue;
    const dependents = usable.filter(
      ({ name, distinct }) => name !== determinant.name && distinct <= atMost(determinant) + 1,
    );
    if (dependents.length === 0) continue;
    const hopeful = await breaches(query, sample, determinant, dependents);
    const left = dependents.filter((_, i) => hopeful[i]! === 0);
    const near = dependents.filter((_, i) => hopeful[i]! > 0);
    const exact = left.length === 0 ? [] : await breaches(query, data, determinant, left);
    left.forEach((dependent, i) => {
      if (exact[i] === 0) found.exact.push({ determinant: [determinant.name], dependent: dependent.name });
      else near.push(dependent);
    });
    for (const dependent of near) {
      if (!couldBeMeant(determinant, dependent, rows)) continue;
      const few = await countViolations(query, sample, determinant.name, dependent.name);
      if (few.violations > 2 * BREACH * Math.min(rows, PRUNING_ROWS)) continue;
      const broken = await countViolations(query, data, determinant.name, dependent.name);
      const { undecided, ...breach } = broken;
      const isFew = breach.violations > 0 && breach.violations <= Math.max(1, rows * BREACH);
      if (isFew && undecided <= breach.violations / 3) {
        found.broken.push({ determinant: [determinant.name], dependent: dependent.name, ...breach });
      }
    }
  }
  return found;
}

/** Distinct values, or what they are at most where they are estimated. */
const atMost = ({ distinct, approximate }: ColumnProfile): number =>
  distinct * (1 + 4 * (approximate?.distinct?.relativeError ?? 0));

/** Both categories or codes, enough rows for each value, and a dependent that is not nearly always the same. */
function couldBeMeant(determinant: ColumnProfile, dependent: ColumnProfile, rows: number): boolean {
  return (
    determinant.kind === 'text' &&
    Math.max(determinant.nulls, dependent.nulls) <= rows * 0.1 &&
    dependent.kind === 'text' &&
    determinant.distinct >= 4 &&
    dependent.distinct >= 3 &&
    rows / determinant.distinct >= GROUP &&
    // In the sample, too, a value needs several rows, or nothing there could refute.
    Math.min(rows, PRUNING_ROWS) / determinant.distinct >= 3 &&
    (dependent.top[0]?.count ?? rows) < rows * 0.7
  );
}

/** For each dependent: values of the determinant with which it varies. */
async function breaches(
  query: QueryRows,
  from: string,
  determinant: ColumnProfile,
  dependents: readonly ColumnProfile[],
): Promise<number[]> {
  const name = quoteName(determinant.name);
  const varies = dependents.map(({ name: of }, i) => {
    const dependent = quoteName(of);
    return `(min(${dependent}) IS DISTINCT FROM max(${dependent}) OR count(${dependent}) NOT IN (0, count(*))) AS v_${i}`;
  });
  const [row = {}] = await query(
    `SELECT ${dependents.map((_, i) => `count(*) FILTER (v_${i}) AS b_${i}`).join(', ')} FROM (SELECT ${varies.join(', ')} FROM ${from} WHERE ${name} IS NOT NULL GROUP BY ${name})`,
  );
  return dependents.map((_, i) => numberOfCell(row[`b_${i}`]));
}

/**
 * `undecided`: violations that are no slips, since nothing is decided there: by more than a third as many rows as the determinant's value
 * usually goes with, or by a value that goes with no other one, as where one text has two codes.
 */
async function countViolations(query: QueryRows, from: string, determinant: string, dependent: string) {
  const [a, b] = [quoteName(determinant), quoteName(dependent)];
  const grouped = `SELECT ${a} AS a, ${b} AS b, count(*) AS n, min(${ROW_COLUMN}) AS first FROM ${from} WHERE ${a} IS NOT NULL GROUP BY 1, 2`;
  const rows = await query(
    `SELECT sum(n) AS n, coalesce(sum(n) FILTER (n * 3 > most OR homes = 1), 0) AS undecided, arg_min(first, first, 10) AS rows FROM (SELECT n, first, max(n) OVER (PARTITION BY a) AS most, count(*) OVER (PARTITION BY b) AS homes, row_number() OVER (PARTITION BY a ORDER BY n DESC, first) AS place FROM (${grouped})) WHERE place > 1`,
  );
  return {
    violations: numberOfCell(rows[0]?.n),
    undecided: numberOfCell(rows[0]?.undecided),
    rows: ((rows[0]?.rows ?? []) as unknown[]).map(Number),
  };
}

async function findPairKeys(
  query: QueryRows,
  data: string,
  columns: readonly ColumnProfile[],
  rows: number,
): Promise<string[][]> {
  const wide = columns.filter(({ nulls }) => nulls === 0).slice(-MAX_PAIRS);
  const pairs = wide.flatMap((left, i) =>
    wide
      .slice(i + 1)
      .filter((right) => left.distinct * right.distinct >= rows)
      .map((right) => [left.name, right.name]),
  );
  if (pairs.length === 0 || rows < 10) return [];
  const distinct = (from: string, of: readonly string[][]) =>
    query(
      `SELECT count(*) AS n, ${of.map((names, i) => `count(DISTINCT hash(${names.map(quoteName).join(', ')})) AS d_${i}`).join(', ')} FROM ${from}`,
    );
  const sample = `(SELECT * FROM ${data} WHERE ${ROW_COLUMN} <= ${PRUNING_ROWS})`;
  const [sampled = {}] = await distinct(sample, pairs);
  const hopeful = pairs
    .filter((_, i) => numberOfCell(sampled[`d_${i}`]) === numberOfCell(sampled.n))
    .slice(0, 6);
  if (hopeful.length === 0) return [];
  const [counted = {}] = await distinct(data, hopeful);
  return hopeful.filter((_, i) => numberOfCell(counted[`d_${i}`]) === rows);
}
