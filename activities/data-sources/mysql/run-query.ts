import type { EventEmitter } from 'node:events';
import { LIMITS } from '../../../contracts/limits.js';
import type { Cell } from '../../../contracts/question.js';
import type { ExplainedQuery, QueryPlan, QueryRequest, QueryResult } from '../connector.js';
import { readCounts } from '../read-counts.js';
import { shownPlan } from '../shown-plan.js';
import { cellOf, columnOf, type Field } from './cells.js';
import { readPlan } from './query-plan.js';
import { type Session, timeLimit } from './session.js';
import type { MysqlPools } from './source-pools.js';

/**
 * Prices a query and, when `shouldRun` agrees, runs it: all in one read-only transaction with a time limit on the server. At most
 * LIMITS.resultRows rows and LIMITS.resultBytes bytes are kept; one more of either sets `truncated`.
 *
 * The limit from outside is the session's `sql_select_limit` and not a query around it: a derived table may not have two columns
 * of one name, and loses its order. It holds where the query has no LIMIT of its own; where it has a larger one, the rows are
 * counted as they come and the statement is ended.
 * @throws QuaestorError with a `data_source_…` or `query_…` code.
 */
export async function explainAndRun(
  pools: MysqlPools,
  request: QueryRequest,
  shouldRun: (plan: QueryPlan) => boolean | Promise<boolean>,
): Promise<ExplainedQuery> {
  const { connectionString, limitedSql, signal, statementTimeoutMs } = request;
  return await pools.withSession(connectionString, signal, async (session) => {
    await session.run(timeLimit(session, statementTimeoutMs));
    await session.run(`SET SESSION sql_select_limit = ${LIMITS.resultRows + 1}`);
    await session.run('START TRANSACTION READ ONLY');
    try {
      const explainStarted = performance.now();
      const [explained] = await session.rows<Record<string, unknown>>(`EXPLAIN FORMAT=JSON ${limitedSql}`);
      const json = Object.values(explained ?? {})[0];
      const tree: unknown = typeof json === 'string' ? JSON.parse(json) : json;
      const plan: QueryPlan = { ...readPlan(tree), ...shownPlan(tree) };
      const explainMs = performance.now() - explainStarted;
      if (!(await shouldRun(plan))) return { plan, explainMs, queryMs: 0 };
      const queryStarted = performance.now();
      const result = await readRows(session, limitedSql, () => pools.cancel(connectionString, session));
      const queryMs = performance.now() - queryStarted;
      const wanted = result.truncated || session.isSpent ? [] : ((await request.countsWanted?.()) ?? []);
      const counts = await readCounts(wanted, signal, (sql) => countOf(session, sql, statementTimeoutMs));
      return { plan, explainMs, result, queryMs, counts };
    } finally {
      if (!session.isSpent) await session.run('ROLLBACK').catch(() => undefined);
    }
  });
}

/** Undefined where the planner finds it dear. */
async function countOf(
  session: Session,
  sql: string,
  statementTimeoutMs: number,
): Promise<number[] | undefined> {
  const [explained] = await session.rows<Record<string, unknown>>(`EXPLAIN FORMAT=JSON ${sql}`);
  const json = Object.values(explained ?? {})[0];
  const { estimatedCost } = readPlan(typeof json === 'string' ? JSON.parse(json) : json);
  if (estimatedCost > LIMITS.countCost) return undefined;
  await session.run(timeLimit(session, Math.min(LIMITS.countTimeoutMs, statementTimeoutMs)));
  const [row] = await session.rows<Record<string, unknown>>(sql);
  return row && Object.values(row).map(Number);
}

/** A row is known only when it has come whole, and one may have up to 1 GB: this much of the wire is taken in, and then the connection is cut. */
const WIRE_BYTES = LIMITS.resultBytes * 4;

/** Streams the rows and ends the statement on the server when a limit is reached. */
async function readRows(session: Session, sql: string, cancel: () => Promise<unknown>): Promise<QueryResult> {
  const rows: Cell[][] = [];
  let fields: Field[] = [];
  let bytes = 0;
  let wireBytes = 0;
  let isFull = false;
  let stopping: Promise<unknown> | undefined;
  const stop = (): void => {
    isFull = true;
    // A KILL that comes too late would hit the next statement, so there is none.
    session.isSpent = true;
    stopping ??= cancel();
  };
  const { stream } = session.connection as unknown as { stream: EventEmitter };
  const onData = (chunk: Buffer): void => {
    wireBytes += chunk.length;
    if (wireBytes <= WIRE_BYTES) return;
    stop();
    session.cut();
  };
  stream.on('data', onData);
  try {
    await new Promise<void>((resolve, reject) => {
      const query = session.connection.query({
        sql,
        rowsAsArray: true,
        // What a cell is depends on its character set, which only `fields` tells.
        typeCast: (field) => field.buffer(),
      });
      query.on('fields', (found: Field[]) => {
        fields = found ?? [];
      });
      query.on('result', (row: unknown) => {
        if (isFull || !Array.isArray(row)) return;
        const cells = row.map((cell: Buffer | null, i) => cell && cellOf(fields[i]!, cell));
        bytes += Buffer.byteLength(JSON.stringify(cells));
        if (rows.length === LIMITS.resultRows || bytes > LIMITS.resultBytes) stop();
        else rows.push(cells);
      });
      query.on('end', () => resolve());
      // A statement that we ended ourselves ends as interrupted, or with the connection: that is no error.
      query.on('error', (error: Error) => (stopping ? resolve() : reject(error)));
    });
    await stopping;
  } finally {
    stream.off('data', onData);
  }
  return { columns: fields.map(columnOf), rows, truncated: isFull };
}
