import type { QuerySettings } from '../../contracts/data-source.js';
import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { type QuestionTable, readQuestionTables } from '../../db/statements/question-tables.js';
import { activitySignal } from '../activity-context.js';
import type { Connector, QueryRequest } from '../data-sources/connector.js';
import { loadSourceConnection } from '../data-sources/source-connection.js';
import { explainAndRun } from '../datasets/queries/explain-and-run.js';
import { findSessionTables } from '../datasets/queries/session-tables.js';
import type { AnswerDeps } from './answer-deps.js';
import { readResult } from './read-result.js';
import type { RunSqlInput } from './run-sql-input.js';

/** Where the SQL of a question runs, and what it may cost there. */
export interface QueryTarget {
  explainAndRun(
    query: Omit<QueryRequest, 'connectionString'>,
    shouldRun: Parameters<Connector['explainAndRun']>[1],
  ): ReturnType<Connector['explainAndRun']>;
  limits: QuerySettings;
  /** Cost up to which a query is tried inline. */
  inlineCost: number;
}

/**
 * The data source of a question, or a session over its datasets. Undefined where this process cannot reach it and another one may.
 * @throws QuaestorError `not_found`; `dataset_unreadable` where no process is left that could have the files
 */
export async function openTarget(
  deps: AnswerDeps,
  { dataSourceId, questionId, tenantId }: RunSqlInput,
  placement: 'inline' | 'queued',
): Promise<QueryTarget | undefined> {
  if (dataSourceId !== undefined) return await openSource(deps, { tenantId, dataSourceId });
  const asked = await deps.db.withTenant(tenantId, (tx) => readQuestionTables(tx, questionId));
  if (asked.length === 0) throw new QuaestorError('not_found', 'What the question was asked of was deleted.');
  return await openTables(deps, { tenantId, tables: asked }, placement);
}

/** @throws QuaestorError `not_found` */
export async function openSource(
  deps: AnswerDeps,
  { dataSourceId, tenantId }: { tenantId: string; dataSourceId: string },
): Promise<QueryTarget> {
  const source = await loadSourceConnection(deps, tenantId, dataSourceId);
  const { connectionString, connector, querySettings } = source;
  return {
    explainAndRun: (query, shouldRun) => connector.explainAndRun({ ...query, connectionString }, shouldRun),
    limits: { maxCost: deps.query.maxCost, ...querySettings },
    inlineCost: LIMITS.inlineQueryCost,
  };
}

interface AskedTables {
  tenantId: string;
  tables: readonly QuestionTable[];
}

/**
 * A session over versions of datasets and rows of answers; undefined as openTarget says.
 * @throws QuaestorError `dataset_unreadable`
 */
export function openTables(deps: AnswerDeps, asked: AskedTables, placement: 'queued'): Promise<QueryTarget>;
export function openTables(
  deps: AnswerDeps,
  asked: AskedTables,
  placement: 'inline' | 'queued',
): Promise<QueryTarget | undefined>;
export async function openTables(
  deps: AnswerDeps,
  { tables: asked, tenantId }: AskedTables,
  placement: 'inline' | 'queued',
): Promise<QueryTarget | undefined> {
  const { files, queries } = deps.datasets;
  const tables = await findSessionTables({
    files,
    tenantId,
    tables: asked,
    signal: activitySignal(),
    ...(placement === 'inline' ? { patienceMs: LIMITS.datasetInlineFetchMs } : {}),
    readRows: (id) => readResult(deps.db, tenantId, id, activitySignal()),
  });
  if (!tables) {
    if (placement === 'inline') return undefined;
    throw new QuaestorError('dataset_unreadable', 'A file of the datasets is not there any more.');
  }
  const acquireTimeoutMs = placement === 'inline' ? LIMITS.datasetInlineAcquireMs : undefined;
  return {
    explainAndRun: ({ countsWanted, limitedSql, signal, statementTimeoutMs }, shouldRun) =>
      tables.withFiles(() =>
        explainAndRun(
          queries,
          { tables, limitedSql, timeoutMs: statementTimeoutMs, acquireTimeoutMs, signal, countsWanted },
          shouldRun,
        ),
      ),
    limits: { maxCost: LIMITS.datasetQueryCost },
    inlineCost: LIMITS.datasetInlineCost,
  };
}
