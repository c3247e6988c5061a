import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Question } from '../contracts/question.js';
import { workflowIds } from '../contracts/workflows.js';
import { appendAudit } from '../db/statements/audit.js';
import { appendEvent } from '../db/statements/events.js';
import { insertJob } from '../db/statements/jobs.js';
import { insertQuestionTables } from '../db/statements/question-tables.js';
import { getQuestion, insertQuestion } from '../db/statements/questions.js';
import { renewTables } from '../db/statements/renew-question-tables.js';
import type { ApiContext } from './api-context.js';
import { startJob } from './start-job.js';

export interface RunGivenSql {
  caller: Caller;
  /** The question, or one of its runs. */
  questionId: string;
  sql: string;
}

/**
 * Runs SQL that a person wrote for a question: as a question of its own, through the same guard, beside the answer that is there.
 * @throws QuaestorError `not_found`, `engine_unavailable`, after which the run is recorded as failed.
 */
export async function runGivenSql(
  deps: ApiContext,
  { caller, questionId, sql }: RunGivenSql,
): Promise<Question> {
  const run = await deps.db.withTenant(caller.tenantId, async (tx) => {
    const found = await getQuestion(tx, questionId);
    if (!found) throw noSuchQuestion();
    const id = uuidv7();
    const jobId = workflowIds.answerQuestion(id);
    // A run of a run is a run of the question that all of them are about.
    const origin = found.run?.questionId ?? found.id;
    await insertJob(tx, { id: jobId, kind: 'answer-question', subjectId: id });
    await insertQuestion(tx, {
      id,
      jobId,
      userId: caller.userId,
      dataSourceId: found.dataSourceId,
      text: found.text,
      conversationId: found.conversationId,
      area: found.area,
      run: { questionId: origin, kind: 'edit', sql },
    });
    await insertQuestionTables(tx, id, await renewTables(tx, found.tables ?? []));
    await appendEvent(tx, jobId, 'job.queued', {}, 'queued');
    await appendAudit(tx, {
      userId: caller.userId,
      action: 'question.rerun',
      subjectId: id,
      data: { questionId: origin, sql },
    });
    const inserted = await getQuestion(tx, id);
    if (!inserted) throw noSuchQuestion();
    return inserted;
  });
  const { id, jobId, dataSourceId } = run;
  await startJob(deps, caller.tenantId, { id: jobId, kind: 'answer-question', subjectId: id }, async () =>
    deps.engine.startAnswerQuestion({
      tenantId: caller.tenantId,
      tier: caller.tier,
      jobId,
      questionId: id,
      ...(dataSourceId === null ? {} : { dataSourceId }),
      hasGivenSql: true,
      summary: `Run edited SQL: ${run.text}`,
    }),
  );
  return run;
}

const noSuchQuestion = (): QuaestorError =>
  new QuaestorError('not_found', 'There is no question with this id.');
