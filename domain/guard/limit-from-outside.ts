import { LIMITS } from '../../contracts/limits.js';

/**
 * The query, limited from outside to `limit + 1` rows; the one row more tells that the result was truncated.
 *
 * Why wrapped and not a cursor: a cursor would leave the text as it is, but Postgres plans cursors for a quick first row and
 * never in parallel, needs more round trips, and EXPLAIN would price another thing than what runs. Why not LIMIT appended or
 * written into the tree: a query that has its own LIMIT, OFFSET or FETCH needs a wrapper all the same, and deparsing the tree
 * would run a text that nobody wrote. What wrapping must survive, and does:
 * - comments at the end: the closing bracket has a line of its own (the text given must have parsed, so no comment is open);
 * - equal column names: allowed in a derived table that is only read with `*`;
 * - ORDER BY: the standard promises nothing, but Postgres never pulls up a sub-select with ORDER BY or LIMIT, and nothing
 *   above it reorders: the outer level has only a LIMIT, whose bound is handed down to the sort (a top-n heap sort).
 *
 * @param sql one SELECT or VALUES that has been parsed, without a semicolon
 * @param limit rows to keep; a whole number from 0
 */
export const limitFromOutside = (sql: string, limit: number = LIMITS.resultRows): string => {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new RangeError(`Not a number of rows: ${limit}`);
  return `SELECT * FROM (\n${sql}\n) AS quaestor_result LIMIT ${limit + 1}`;
};
