import { type ErrorRecord, QuaestorError } from '../../contracts/quaestor-error.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { appendAudit } from '../../db/statements/audit.js';
import { appendEvent } from '../../db/statements/events.js';
import { getQuestionWork } from '../../db/statements/questions.js';
import type { AnswerDeps } from './answer-deps.js';
import { guardInputOf, guardSql } from './guard-sql.js';
import { loadCatalog } from './question-catalog.js';

export interface CheckSqlInput extends AnswerQuestionInput {
  sql: string;
  attempt: number;
}

export type CheckedSql = { durationMs: number } & (
  | { accepted: true; sql: string; limitedSql: string }
  | { accepted: false; error: ErrorRecord }
);

/** The guard's word on one SQL text, against all that the question may read: the registry version that it was given, or its datasets. */
export async function checkSql(deps: AnswerDeps, input: CheckSqlInput): Promise<CheckedSql> {
  const started = performance.now();
  const work = await deps.db.withTenantAtOnce(input.tenantId, (tx) => getQuestionWork(tx, input.questionId));
  if (!work) throw new QuaestorError('not_found', 'The question was deleted.');
  const { schema } = await loadCatalog(deps, input.tenantId, input.questionId, work);
  const verdict = await guardSql({
    ...guardInputOf(work),
    sql: input.sql,
    tables: schema.tables,
    parser: deps.datasets.parser,
  });
  const durationMs = performance.now() - started;
  await deps.db.withTenantAtOnce(input.tenantId, async (tx) => {
    if (verdict.accepted) {
      const event = { sql: verdict.sql, durationMs };
      await appendEvent(tx, input.jobId, 'sql.accepted', event, `accepted-${input.attempt}`);
    } else {
      const event = { sql: input.sql, attempt: input.attempt, error: verdict.error };
      await Promise.all([
        appendEvent(tx, input.jobId, 'sql.refused', event, `refused-${input.attempt}`),
        appendAudit(tx, {
          userId: work.userId,
          action: 'sql.refused',
          subjectId: input.questionId,
          data: { sql: input.sql, code: verdict.error.code },
        }),
      ]);
    }
  });
  deps.bus.publish(input.jobId, 'step');
  return verdict.accepted
    ? { accepted: true, sql: verdict.sql, limitedSql: verdict.limitedSql, durationMs }
    : { accepted: false, error: verdict.error, durationMs };
}
