import { LIMITS } from '../../../contracts/limits.js';
import type { Cell, ResultColumn } from '../../../contracts/question.js';
import { resultCellOf, resultColumnOf } from '../../../domain/duckdb-types.js';
import type { ExplainedQuery, QueryPlan, QueryRequest, QueryResult } from '../../data-sources/connector.js';
import { readCounts } from '../../data-sources/read-counts.js';
import type { DuckDbPool } from '../duckdb/duckdb-pool.js';
import type { DuckDbSession } from '../duckdb/duckdb-session.js';
import { readDuckDbPlan } from './query-plan.js';
import type { SessionTables } from './session-tables.js';

export interface DatasetQuery {
  tables: SessionTables;
  /** As the guard limited it. */
  limitedSql: string;
  /** Wall clock of pricing and running together; at its end the process is killed. */
  timeoutMs: number;
  /** Longest wait for a free process. Default: no limit. */
  acquireTimeoutMs?: number | undefined;
  signal: AbortSignal;
  countsWanted?: QueryRequest['countsWanted'];
}

/**
 * Prices a query on datasets and, when `shouldRun` agrees, runs it, in an untrusted session that is kept for the next question about the
 * same. At most LIMITS.resultRows rows and LIMITS.resultBytes bytes are kept; one more of either sets `truncated`.
 * @throws QuaestorError `query_failed`, `query_timed_out`, `dataset_out_of_memory`, `dataset_disk_full`, `dataset_process_died`
 */
export async function explainAndRun(
  pool: DuckDbPool,
  { acquireTimeoutMs, countsWanted, limitedSql, signal, tables, timeoutMs }: DatasetQuery,
  shouldRun: (plan: QueryPlan) => boolean | Promise<boolean>,
): Promise<ExplainedQuery> {
  const explainStarted = performance.now();
  const patience = acquireTimeoutMs === undefined ? {} : { acquireTimeoutMs };
  const options = { ...tables, ...patience, timeoutMs, signal, isUntrusted: true };
  return await pool.withSession(options, async (session) => {
    const plan = readDuckDbPlan(await session.explain(limitedSql));
    const explainMs = performance.now() - explainStarted;
    if (!(await shouldRun(plan))) return { plan, explainMs, queryMs: 0 };
    const queryStarted = performance.now();
    const result = await readRows(session, limitedSql);
    const queryMs = performance.now() - queryStarted;
    const wanted = result.truncated ? [] : ((await countsWanted?.()) ?? []);
    const counts = await readCounts(wanted, signal, async (sql) => {
      const { estimatedCost } = readDuckDbPlan(await session.explain(sql));
      if (estimatedCost > LIMITS.datasetCountCost) return undefined;
      return (await session.all(sql)).rows[0]?.map(Number);
    });
    return { plan, explainMs, result, queryMs, counts };
  });
}

/** Leaving the loop stops the statement. */
async function readRows(session: DuckDbSession, sql: string): Promise<QueryResult> {
  let columns: ResultColumn[] = [];
  const rows: Cell[][] = [];
  let bytes = 0;
  const stream = session.stream(sql, [], (found) => {
    columns = found.map(resultColumnOf);
  });
  for await (const batch of stream) {
    for (const row of batch) {
      const cells = row.map((cell, index) => resultCellOf(cell, columns[index]!));
      bytes += Buffer.byteLength(JSON.stringify(cells));
      if (rows.length === LIMITS.resultRows || bytes > LIMITS.resultBytes)
        return { columns, rows, truncated: true };
      rows.push(cells);
    }
  }
  return { columns, rows, truncated: false };
}
