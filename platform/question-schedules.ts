import type { Client } from '@temporalio/client';
import type { QuestionSchedule } from '../contracts/question-schedule.js';
import { type QuestionScheduleInput, WORKFLOWS, workflowIds } from '../contracts/workflows.js';
import { deleteEngineSchedule, putEngineSchedule, recurringOptions } from './engine-schedules.js';
import { searchAttributes } from './workflow-attributes.js';

export interface PutQuestionSchedule extends QuestionScheduleInput {
  /** One line for operators. */
  summary: string;
  schedule: QuestionSchedule;
}

/** Creates the Temporal Schedule of a question, or replaces what it says. */
export async function putQuestionSchedule(client: Client, input: PutQuestionSchedule): Promise<void> {
  const { tenantId, questionId, dataSourceId, queues, schedule, summary } = input;
  const args: [QuestionScheduleInput] = [
    { tenantId, questionId, ...(dataSourceId ? { dataSourceId } : {}), ...(queues ? { queues } : {}) },
  ];
  const typedSearchAttributes = searchAttributes(tenantId, 'question-schedule', questionId);
  const scheduleId = workflowIds.questionSchedule(questionId);
  await putEngineSchedule(client, {
    scheduleId,
    ...recurringOptions(schedule),
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.questionSchedule,
      workflowId: `${scheduleId}-run`,
      taskQueue: 'orchestration',
      args,
      typedSearchAttributes,
      staticSummary: summary,
    },
    memo: { tenantId, questionId },
    typedSearchAttributes,
  });
}

export async function deleteQuestionSchedule(client: Client, questionId: string): Promise<void> {
  await deleteEngineSchedule(client, workflowIds.questionSchedule(questionId));
}
