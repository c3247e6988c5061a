import type { WorkflowScope } from '../../contracts/workflows.js';
import { appendAudit } from '../../db/statements/audit.js';
import { appendEvent } from '../../db/statements/events.js';
import { insertJob } from '../../db/statements/jobs.js';
import { getQuestionSchedule } from '../../db/statements/question-schedules.js';
import { insertQuestionTables } from '../../db/statements/question-tables.js';
import { getQuestion, insertQuestion } from '../../db/statements/questions.js';
import { renewTables } from '../../db/statements/renew-question-tables.js';
import type { AnswerDeps } from './answer-deps.js';

export interface OpenScheduledRunInput extends WorkflowScope {
  /** The question that has the schedule. */
  scheduleOf: string;
  /** The run's own id. */
  questionId: string;
}

/** Makes the rows of a run that a schedule starts; false when the schedule is gone. Doing it twice is doing it once. */
export async function openScheduledRun(
  deps: Pick<AnswerDeps, 'db'>,
  { tenantId, jobId, scheduleOf, questionId: id }: OpenScheduledRunInput,
): Promise<boolean> {
  return await deps.db.withTenant(tenantId, async (tx) => {
    const scheduled = await getQuestionSchedule(tx, scheduleOf);
    if (!scheduled) return false;
    const { area, dataSourceId, model, originId, question: text, sql, userId } = scheduled;
    if (!(await insertJob(tx, { id: jobId, kind: 'answer-question', subjectId: id }))) return true;
    await insertQuestion(tx, {
      ...{ id, jobId, userId, dataSourceId, text, area },
      run: { questionId: originId, kind: 'schedule', sql, model },
    });
    const asked = dataSourceId === null ? ((await getQuestion(tx, scheduleOf))?.tables ?? []) : [];
    await insertQuestionTables(tx, id, await renewTables(tx, asked));
    await appendEvent(tx, jobId, 'job.queued', {}, 'queued');
    const data = { questionId: originId, sql, schedule: true };
    await appendAudit(tx, { userId, action: 'question.rerun', subjectId: id, data });
    return true;
  });
}
