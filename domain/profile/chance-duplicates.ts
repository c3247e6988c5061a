import type { ColumnProfile } from '../../contracts/dataset-profile.js';

/**
 * How many rows would repeat an earlier one by chance if the columns had nothing to do with each other: three answers of a survey do, rows with
 * a number of their own do not (0 where a column has another value in most rows). Columns that go together make it more, so it is the least to
 * expect.
 */
export function chanceDuplicates(rows: number, columns: readonly ColumnProfile[]): number {
  if (columns.some(({ distinct, nulls }) => distinct > (rows - nulls) / 2 && nulls < rows / 2)) return 0;
  const likeness = columns.reduce((product, column) => product * chanceOfEqual(column), 1);
  const pairs = (rows * (rows - 1)) / 2;
  // More pairs than rows: nearly every row is a repetition.
  return Math.min(rows, pairs * likeness);
}

/** That two cells of the column hold the same; missing ones are the same. Values beyond the frequent ones are taken to be equally frequent. */
function chanceOfEqual({ rows, nulls, distinct, top }: ColumnProfile): number {
  if (rows === 0) return 1;
  const known = top.reduce((sum, { count }) => sum + count, 0);
  const rest = Math.max(0, rows - nulls - known);
  const others = Math.max(1, distinct - top.length);
  const squares = top.reduce((sum, { count }) => sum + count ** 2, 0) + nulls ** 2 + rest ** 2 / others;
  return squares / rows ** 2;
}
