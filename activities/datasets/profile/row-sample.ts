import type { QueryRows } from './query-rows.js';
import { numberOfCell } from './read-cell.js';
import { ROW_COLUMN } from './sql-text.js';

/** Rows that estimates rest on. */
export interface RowSample {
  /** What to select from: a table of the rows sampled, or the file itself. */
  from: string;
  rows: number;
  /** The file is no larger than a sample: figures of it are exact. */
  isWhole: boolean;
}

/** Cells that a sample of many columns may hold, and its rows at least: a quantile's rank is then within 0.7 percentage points. */
const MOST_CELLS = 6_000_000;
const FEWEST_ROWS = 5_000;

/** Takes about `sampledRows` rows, fewer of very wide files, chosen by hash of the row number; one scan for all columns. */
export async function sampleRows(
  query: QueryRows,
  data: string,
  file: { rows: number; columns: number },
  sampledRows: number,
): Promise<RowSample> {
  const { rows, columns } = file;
  if (rows <= sampledRows) return { from: data, rows, isWhole: true };
  const wanted = Math.max(FEWEST_ROWS, Math.min(sampledRows, MOST_CELLS / Math.max(1, columns)));
  const oneIn = Math.round(rows / wanted);
  await query(`CREATE OR REPLACE TEMP TABLE profile_rows AS SELECT * FROM ${data} WHERE ${someRows(oneIn)}`);
  const [count = {}] = await query('SELECT count(*) AS n FROM profile_rows');
  return { from: 'profile_rows', rows: numberOfCell(count.n), isWhole: false };
}

/** A condition that holds for about one row in `oneIn`. */
export const someRows = (oneIn: number): string => `hash(${ROW_COLUMN}) % ${oneIn} = 0`;

/** About `rows` of the rows of a sample, to select from. */
export const thinner = (sample: RowSample, rows: number): string => {
  // A multiple of nothing that the sample was chosen by: another hash.
  const oneIn = Math.floor(sample.rows / rows);
  return oneIn > 1
    ? `(SELECT * FROM ${sample.from} WHERE hash(${ROW_COLUMN}, 3) % ${oneIn} = 0)`
    : sample.from;
};
