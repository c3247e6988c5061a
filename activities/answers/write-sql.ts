import { LIMITS } from '../../contracts/limits.js';
import { type ErrorRecord, QuaestorError } from '../../contracts/quaestor-error.js';
import type { AnswerQuestionInput } from '../../contracts/workflows.js';
import { findInterpretation } from '../../db/statements/answers.js';
import { appendEvent } from '../../db/statements/events.js';
import { findModelReply, saveModelReply } from '../../db/statements/model-replies.js';
import { getQuestionWork, type QuestionWork } from '../../db/statements/questions.js';
import { isDayBound } from '../../domain/is-day-bound.js';
import { activitySignal, callTimeMs, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { type AnswerDeps, modelLabel } from './answer-deps.js';
import { questionCacheKeys } from './question-cache-key.js';
import type { SqlReply } from './sql-writer.js';

export interface WriteSqlInput extends AnswerQuestionInput {
  /** 1 is the first; later ones are repairs, or follow a reader's choice. */
  attempt: number;
  previous?: { sql: string; error: ErrorRecord };
}

export type WrittenSql = { durationMs: number } & (
  | { outcome: 'sql'; sql: string; interpretation: string | null }
  | { outcome: 'refused'; error: ErrorRecord }
  | { outcome: 'ambiguous'; readings: string[]; error: ErrorRecord }
  | { outcome: 'unusable'; error: ErrorRecord }
);

/**
 * Has the model write the SQL of one attempt. The reply is kept before this returns, so an attempt is paid for once: a repeated
 * step reads what the first one was told.
 */
export async function writeSql(deps: AnswerDeps, input: WriteSqlInput): Promise<WrittenSql> {
  return await withHeartbeat(async () => {
    const [work, known] = await deps.db.withTenantAtOnce(input.tenantId, async (tx) =>
      Promise.all([
        getQuestionWork(tx, input.questionId),
        findModelReply(tx, input.questionId, input.attempt),
        assertJobRuns(tx, input.jobId),
      ]),
    );
    if (!work?.context) throw new QuaestorError('not_found', 'The question was deleted.');
    if (known) return toWritten(known.reply as SqlReply, known.durationMs);

    const started = performance.now();
    // The day of the asking: a choice may come days later, and "this month" must not move.
    const today = new Date(Date.now() - work.elapsedMs).toISOString().slice(0, 10);
    const reused = input.attempt === 1 ? await findReusable(deps, input, work, today) : undefined;
    const reply: SqlReply =
      reused?.reply ??
      (await deps.writer.write({
        question: work.text,
        context: work.context,
        dialect: work.dialect,
        today,
        ...(work.chosenReadings.length > 0 ? { chosenReadings: work.chosenReadings } : {}),
        ...(input.previous ? { previous: input.previous } : {}),
        signal: activitySignal(),
        timeoutMs: callTimeMs(),
      }));
    const durationMs = performance.now() - started;
    await deps.db.withTenantAtOnce(input.tenantId, async (tx) => {
      const saved = saveModelReply(tx, input.questionId, input.attempt, {
        model: modelLabel(deps.writer),
        reply,
        usage: reply.usage,
        durationMs,
      });
      if (reply.outcome !== 'sql') return await saved;
      const event = {
        sql: reply.sql,
        model: deps.writer.name,
        attempt: input.attempt,
        durationMs,
        ...(reused ? { reusedFrom: reused.questionId } : {}),
      };
      const told = appendEvent(tx, input.jobId, 'sql.generated', event, `generated-${input.attempt}`);
      await Promise.all([saved, told]);
    });
    deps.bus.publish(input.jobId, 'step');
    return toWritten(reply, durationMs);
  });
}

/**
 * The SQL that answered the same question in the last days: the rows are read anew, the model is not asked again. The key holds
 * all that the SQL depends on; SQL that names dates is used on the day of its writing only.
 */
async function findReusable(
  deps: AnswerDeps,
  input: WriteSqlInput,
  work: QuestionWork,
  today: string,
): Promise<{ questionId: string; reply: SqlReply } | undefined> {
  if (!deps.reusesSql || deps.writer.provider === 'built-in') return undefined;
  const found = await deps.db.withTenant(input.tenantId, async (tx) => {
    const keys = await questionCacheKeys(deps, tx, input, work);
    return await findInterpretation(tx, keys, LIMITS.interpretationTtlMs);
  });
  if (!found || (found.day !== today && isDayBound(found.sql))) return undefined;
  const { questionId, sql, interpretation } = found;
  const usage = { promptTokens: 0, completionTokens: 0 };
  return { questionId, reply: { outcome: 'sql', usage, sql, interpretation } };
}

function toWritten(reply: SqlReply, durationMs: number): WrittenSql {
  switch (reply.outcome) {
    case 'sql':
      // Longer SQL is refused by the guard; a workflow's history need not carry it.
      return { ...pick(reply), sql: reply.sql.slice(0, LIMITS.sqlChars + 1), durationMs };
    case 'ambiguous':
      return { outcome: reply.outcome, readings: reply.readings, error: reply.error, durationMs };
    case 'refused':
    case 'unusable':
      return { outcome: reply.outcome, error: reply.error, durationMs };
  }
}

const pick = (reply: Extract<SqlReply, { outcome: 'sql' }>) => ({
  outcome: reply.outcome,
  interpretation: reply.interpretation,
});
