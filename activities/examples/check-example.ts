import { QuaestorError, toErrorRecord } from '../../contracts/quaestor-error.js';
import type { ExampleResult } from '../../contracts/verified-example.js';
import type { CheckExamplesInput } from '../../contracts/workflows.js';
import { appendAudit } from '../../db/statements/audit.js';
import { saveExampleResult } from '../../db/statements/example-runs.js';
import {
  type ExampleToCheck,
  getExampleToCheck,
  haveFingerprint,
} from '../../db/statements/verified-examples.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import type { AnswerDeps } from '../answers/answer-deps.js';
import { guardSql } from '../answers/guard-sql.js';
import { assertPrice } from '../answers/query-price.js';
import type { QueryResult } from '../data-sources/connector.js';
import { expectReturn } from '../data-sources/expect-return.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { loadDatasetGround, loadSourceGround } from './example-ground.js';

export type CheckExampleInput = CheckExamplesInput & { mappingId: string };

/** Says nothing about the example. */
const PASSING: ReadonlySet<string> = new Set(['retryable', 'cancelled']);

/**
 * Does the SQL of a verified example again, through the guard and on the data source, or the datasets, as they are now, and keeps how the result differs
 * from the verified one. What guard or database refuse is a difference; a data source that is away is tried again.
 */
export async function checkExample(deps: AnswerDeps, input: CheckExampleInput): Promise<void> {
  const { dataSourceId, datasetId, jobId, mappingId: exampleId, runId, tenantId } = input;
  await withHeartbeat(async () => {
    const started = performance.now();
    const example = await deps.db.withTenant(tenantId, async (tx) => {
      await assertJobRuns(tx, jobId);
      return await getExampleToCheck(tx, exampleId);
    });
    if (!example) return;
    const outcome = await runAgain(deps, input, example).then(
      (result) => ({ result, error: null }),
      (error: unknown) => {
        if (!(error instanceof QuaestorError) || PASSING.has(error.entry.kind)) throw error;
        return { result: undefined, error: toErrorRecord(error) };
      },
    );
    const durationMs = performance.now() - started;
    await deps.db.withTenant(tenantId, async (tx) => {
      const { result, error } = outcome;
      const base = { exampleId, question: example.question, expectedRows: example.rowCount, durationMs };
      const difference = result
        ? { error, ...differenceOf(example, result, await haveFingerprint(tx, result, example.fingerprint)) }
        : {
            ...{ error, outcome: 'failed' as const, rowCount: null },
            ...{ addedColumns: [], removedColumns: [] },
          };
      await saveExampleResult(tx, runId, { ...base, ...difference });
      await appendAudit(tx, {
        userId: example.verifiedBy,
        action: result ? 'sql.executed' : 'sql.failed',
        subjectId: exampleId,
        data: {
          sql: example.sql,
          ...(dataSourceId === undefined ? { datasetId } : { dataSourceId }),
          example: true,
          rowCount: result?.rows.length,
          code: error?.code,
        },
      });
    });
  });
}

async function runAgain(
  deps: AnswerDeps,
  { dataSourceId, mappingId, tenantId }: CheckExampleInput,
  { sql }: ExampleToCheck,
): Promise<QueryResult> {
  const ground =
    dataSourceId === undefined
      ? await loadDatasetGround(deps, { tenantId, mappingId })
      : await loadSourceGround(deps, { tenantId, dataSourceId });
  const verdict = await guardSql({ ...ground.guard, sql });
  if (!verdict.accepted) throw new QuaestorError(verdict.error.code, verdict.error.message, verdict.error);
  const target = await ground.open();
  const query = {
    sql: verdict.sql,
    limitedSql: verdict.limitedSql,
    statementTimeoutMs: deps.query.statementTimeoutMs,
    signal: activitySignal(),
  };
  const { result } = await expectReturn(false, () =>
    target.explainAndRun(query, (plan) => {
      assertPrice(plan, target.limits);
      return true;
    }),
  );
  return result!;
}

/** Columns are compared by name; rows by their fingerprint, whatever their order. */
function differenceOf(
  example: ExampleToCheck,
  { columns, rows }: QueryResult,
  isSame: boolean,
): Pick<ExampleResult, 'outcome' | 'rowCount' | 'addedColumns' | 'removedColumns'> {
  const before = example.columns.map(({ name }) => name);
  const now = columns.map(({ name }) => name);
  const isSameShape = before.length === now.length && before.every((name, index) => name === now[index]);
  return {
    outcome: !isSameShape ? 'columns_changed' : isSame ? 'same' : 'rows_changed',
    rowCount: rows.length,
    addedColumns: now.filter((name) => !before.includes(name)),
    removedColumns: before.filter((name) => !now.includes(name)),
  };
}
