import { ParentClosePolicy, startChild, uuid4 } from '@temporalio/workflow';
import type { AnswerActivities } from '../activities/answers/create-answer-activities.js';
import {
  type QuestionScheduleInput,
  type QuestionScheduleResult,
  workflowIds,
} from '../contracts/workflows.js';
import { localActivities } from './activity-proxies.js';
import { answerQuestion } from './answer-question.js';
import { jobAttributes } from './job-phase.js';

/** What a Schedule starts: a run of the question's SQL, as a question of its own with its own job. */
export async function questionSchedule(input: QuestionScheduleInput): Promise<QuestionScheduleResult> {
  const { tenantId, dataSourceId, queues } = input;
  const questionId = uuid4();
  const jobId = workflowIds.answerQuestion(questionId);
  const scope = { tenantId, jobId, ...(queues ? { queues } : {}) };
  const { openScheduledRun } = localActivities<AnswerActivities>(queues);
  if (!(await openScheduledRun({ ...scope, scheduleOf: input.questionId, questionId })))
    return { status: 'gone' };
  const run = await startChild(answerQuestion, {
    workflowId: jobId,
    args: [{ ...scope, questionId, ...(dataSourceId ? { dataSourceId } : {}), hasGivenSql: true }],
    parentClosePolicy: ParentClosePolicy.ABANDON,
    typedSearchAttributes: jobAttributes(tenantId, 'answer-question', questionId),
    staticSummary: `Scheduled run of ${input.questionId}`,
  });
  return { questionId, status: (await run.result()).status };
}
