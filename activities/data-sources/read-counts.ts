import { QuaestorError } from '../../contracts/quaestor-error.js';

/**
 * Runs statements of one row of counts after a query has given its rows; the first that fails ends it, since no later one can run in the
 * same transaction. What is wrong with a count is no fault of the query: only a broken connection is thrown, or the reason of `signal`,
 * also where the server tells of its cancelling as a refusal.
 */
export async function readCounts(
  statements: readonly string[],
  signal: AbortSignal,
  countOf: (sql: string) => Promise<readonly number[] | undefined>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const counts = new Map<string, readonly number[]>();
  for (const sql of statements) {
    try {
      const count = await countOf(sql);
      if (count?.every(Number.isFinite)) counts.set(sql, count);
    } catch (error) {
      signal.throwIfAborted();
      if (isRefusal(error)) break;
      throw error;
    }
  }
  return counts;
}

/** The server said no, or ran into the time limit, and is still there. */
function isRefusal(error: unknown): boolean {
  if (error instanceof QuaestorError) return error.code === 'query_failed';
  const { code, sqlState } = error as { code?: unknown; sqlState?: unknown };
  const state = String(sqlState ?? code ?? '');
  return /^(?=.*\d)[0-9A-Z]{5}$/.test(state) && (state === '57014' || !/^(08|57|58|XX)/.test(state));
}
