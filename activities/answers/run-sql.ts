import type { ErrorOrigin } from '../../contracts/errors.js';
import { LIMITS } from '../../contracts/limits.js';
import { type ErrorRecord, QuaestorError, toErrorRecord } from '../../contracts/quaestor-error.js';
import type { Cell, ResultColumn } from '../../contracts/question.js';
import { saveResultPages, saveResultPresentation } from '../../db/statements/answers.js';
import { appendAudit } from '../../db/statements/audit.js';
import { appendEvent } from '../../db/statements/events.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import type { ExplainedQuery, QueryPlan, QueryResult } from '../data-sources/connector.js';
import { expectReturn } from '../data-sources/expect-return.js';
import type { AnswerDeps } from './answer-deps.js';
import { countsWantedBy, loadQueryGround, presentResult, type QueryGround } from './present-result.js';
import { assertPrice, priceOf } from './query-price.js';
import { openTarget } from './query-target.js';
import type { RunSqlInput } from './run-sql-input.js';

export interface RunTimings {
  explainMs: number;
  queryMs: number;
  storeMs: number;
}

export type RanSql =
  | ({ outcome: 'completed'; columns: ResultColumn[]; rowCount: number; truncated: boolean } & RunTimings)
  /** Too costly or too slow for the inline way, or the data source is in trouble: run it on its own queue, which has the retries for that. */
  | ({ outcome: 'deferred'; connectionLost?: boolean } & RunTimings)
  /** The database or the price refused it; the model may mend it. */
  | ({
      outcome: 'refused';
      error: ErrorRecord;
      /** The database lacks a table or column that the registry has. */
      isDrift?: boolean;
    } & RunTimings);

const NO_TIME: RunTimings = { explainMs: 0, queryMs: 0, storeMs: 0 };
/** Whose trouble is waited for on a queue of its own. */
const ELSEWHERE = new Set<ErrorOrigin>(['data-source', 'dataset']);
/** Errors that are about the SQL, not about the way to the database. */
const MENDABLE = new Set(['query_failed', 'sql_too_expensive', 'data_source_permission_denied']);
/** SQLSTATE classes that tell of the server's own trouble (rollback, resources, locks, I/O, internal): no other SQL would help. */
const SERVERS_OWN = /^(40|53|55|58|F0|XX)/;

const isMendable = ({ code, details }: QuaestorError): boolean =>
  MENDABLE.has(code) && !SERVERS_OWN.test(String(details?.['sqlState'] ?? ''));

/**
 * Prices and runs accepted SQL and keeps its rows in pages.
 *
 * `inline` is for short queries: it gives up after LIMITS.inlineQueryTimeoutMs, or at once when EXPLAIN says that it will take
 * long, and answers `deferred`. A query that was given up was read-only, so running it again costs only that time.
 */
export async function runSql(
  deps: AnswerDeps,
  input: RunSqlInput,
  placement: 'inline' | 'queued',
): Promise<RanSql> {
  return await withHeartbeat(async () => {
    const target = await openTarget(deps, input, placement);
    if (!target) return { outcome: 'deferred', ...NO_TIME };
    const timings: RunTimings = { ...NO_TIME };
    const isInline = placement === 'inline';
    let plan: QueryPlan | undefined;
    // Read while the data source works.
    const ground = loadQueryGround(deps, input);
    ground.catch(() => undefined);
    try {
      const query = {
        sql: input.sql,
        limitedSql: input.limitedSql,
        statementTimeoutMs: isInline
          ? Math.min(LIMITS.inlineQueryTimeoutMs, deps.query.statementTimeoutMs)
          : deps.query.statementTimeoutMs,
        signal: activitySignal(),
        countsWanted: async () => countsWantedBy(await ground),
      };
      const explained = await expectReturn(input.connectionLost === true, () =>
        target.explainAndRun(query, async (priced) => {
          plan = priced;
          assertPrice(priced, target.limits);
          // Whoever watches a long query sees that it runs; a short one tells it with its end.
          if (!isInline) await tellStarted(deps, input, priced);
          return !isInline || priced.estimatedCost <= target.inlineCost;
        }),
      );
      timings.explainMs = explained.explainMs;
      timings.queryMs = explained.queryMs;
      if (!explained.result) return { outcome: 'deferred', ...timings };
      const storeStarted = performance.now();
      await store(deps, input, placement, { ...explained, result: explained.result }, timings, await ground);
      timings.storeMs = performance.now() - storeStarted;
      const { columns, rows, truncated } = explained.result;
      return { outcome: 'completed', columns, rowCount: rows.length, truncated, ...timings };
    } catch (error) {
      if (!(error instanceof QuaestorError)) throw error;
      if (isInline && error.code === 'query_timed_out') return { outcome: 'deferred', ...timings };
      if (isInline && ELSEWHERE.has(error.entry.origin) && error.entry.kind === 'retryable') {
        const connectionLost = error.code === 'data_source_connection_lost';
        return { outcome: 'deferred', connectionLost, ...timings };
      }
      if (!isMendable(error)) {
        if (error.entry.kind !== 'retryable') await auditFailure(deps, input, error, plan, await ground);
        throw error;
      }
      const refused = asDrift(error);
      await recordRefusal(deps, input, refused, plan, await ground);
      const isDrift = refused !== error;
      return {
        outcome: 'refused',
        error: toErrorRecord(refused),
        ...(isDrift ? { isDrift } : {}),
        ...timings,
      };
    }
  });
}

/** Undefined table, undefined column: of Postgres, and as SQL/CLI numbers them. */
const MISSING = new Set(['42P01', '42703', '42S02', '42S22']);

/** The guard let the SQL through, so the registry has all that it names: what the database misses has changed since it was indexed. */
function asDrift(error: QuaestorError): QuaestorError {
  if (error.code !== 'query_failed' || !MISSING.has(String(error.details?.['sqlState']))) return error;
  return new QuaestorError(
    'data_source_schema_changed',
    `${error.message}. The schema has changed since it was indexed, and is being indexed again.`,
    { cause: error, ...(error.details ? { details: error.details } : {}) },
  );
}

async function tellStarted(deps: AnswerDeps, input: RunSqlInput, plan: QueryPlan): Promise<void> {
  const event = { placement: 'queued' as const, ...priceOf(plan) };
  await deps.db.withTenantAtOnce(input.tenantId, (tx) =>
    appendEvent(tx, input.jobId, 'query.started', event, `started-${input.attempt}`),
  );
  deps.bus.publish(input.jobId, 'step');
}

async function store(
  deps: AnswerDeps,
  input: RunSqlInput,
  placement: 'inline' | 'queued',
  { counts, plan, result }: ExplainedQuery & { result: QueryResult },
  timings: RunTimings,
  ground: QueryGround,
): Promise<void> {
  const { tables, presentation } = presentResult(result, ground, counts);
  const pages: Cell[][][] = [];
  for (let start = 0; start < result.rows.length; start += LIMITS.rowsPerPage) {
    pages.push(result.rows.slice(start, start + LIMITS.rowsPerPage));
  }
  const { columns, truncated } = result;
  const completed = { rowCount: result.rows.length, truncated, columns, durationMs: timings.queryMs };
  await deps.db.withTenantAtOnce(input.tenantId, async (tx) =>
    Promise.all([
      saveResultPages(tx, input.questionId, pages),
      saveResultPresentation(tx, input.questionId, presentation),
      appendEvent(
        tx,
        input.jobId,
        'query.started',
        { placement, ...priceOf(plan) },
        `started-${input.attempt}`,
      ),
      appendEvent(tx, input.jobId, 'query.completed', completed, `completed-${input.attempt}`),
      appendAudit(tx, {
        userId: ground.userId,
        action: 'sql.executed',
        subjectId: input.questionId,
        data: {
          sql: input.sql,
          ...(input.dataSourceId === undefined ? {} : { dataSourceId: input.dataSourceId }),
          tables,
          rowCount: completed.rowCount,
          truncated,
          ...priceOf(plan),
          ...timings,
        },
      }),
    ]),
  );
  deps.bus.publish(input.jobId, 'step');
}

/** Statements that were sent and gave no rows are in the trail as well. */
async function auditFailure(
  deps: AnswerDeps,
  input: RunSqlInput,
  { code }: QuaestorError,
  plan: QueryPlan | undefined,
  { userId }: QueryGround,
): Promise<void> {
  await deps.db.withTenantAtOnce(input.tenantId, (tx) =>
    appendAudit(tx, {
      userId,
      action: 'sql.failed',
      subjectId: input.questionId,
      data: {
        sql: input.sql,
        ...(input.dataSourceId === undefined ? {} : { dataSourceId: input.dataSourceId }),
        code,
        ...plan,
      },
    }),
  );
}

async function recordRefusal(
  deps: AnswerDeps,
  input: RunSqlInput,
  error: QuaestorError,
  plan: QueryPlan | undefined,
  { userId }: QueryGround,
): Promise<void> {
  const event = { sql: input.sql, attempt: input.attempt, error: toErrorRecord(error) };
  await deps.db.withTenantAtOnce(input.tenantId, async (tx) =>
    Promise.all([
      appendEvent(tx, input.jobId, 'sql.refused', event, `refused-${input.attempt}`),
      appendAudit(tx, {
        userId,
        action: 'sql.refused',
        subjectId: input.questionId,
        data: { sql: input.sql, code: error.code, ...(plan ? priceOf(plan) : {}) },
      }),
    ]),
  );
  deps.bus.publish(input.jobId, 'step');
}
