import type { ModelLabel } from '../../contracts/question.js';
import type { QuestionSchedule, ScheduledQuestion } from '../../contracts/question-schedule.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

export async function saveQuestionSchedule(
  tx: Transaction,
  row: {
    questionId: string;
    /** Null for a question about datasets. */
    dataSourceId: string | null;
    userId: string;
    sql: string;
    model: ModelLabel;
    schedule: QuestionSchedule;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO question_schedules (question_id, tenant_id, data_source_id, user_id, sql, model, schedule)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (question_id) DO UPDATE SET user_id = $4, sql = $5, model = $6, schedule = $7`,
    [
      row.questionId,
      tx.tenantId,
      row.dataSourceId,
      row.userId,
      row.sql,
      toJson(row.model),
      toJson(row.schedule),
    ],
  );
}

export async function getQuestionSchedule(
  tx: Transaction,
  questionId: string,
): Promise<
  | (ScheduledQuestion & {
      userId: string;
      model: ModelLabel;
      /** The question that its runs are listed under. */
      originId: string;
      /** Name of the subject area that the question keeps to. */
      area?: string;
    })
  | undefined
> {
  const [row] = await tx.query<{
    text: string;
    data_source_id: string | null;
    user_id: string;
    sql: string;
    model: ModelLabel;
    schedule: QuestionSchedule;
    created_at: Date;
    origin_id: string;
    area: string | null;
  }>(
    `SELECT q.text, q.area, s.data_source_id, s.user_id, s.sql, s.model, s.schedule, s.created_at, coalesce(q.run_of, q.id) AS origin_id
     FROM question_schedules s JOIN questions q ON q.id = s.question_id WHERE s.question_id = $1`,
    [questionId],
  );
  return (
    row && {
      questionId,
      question: row.text,
      dataSourceId: row.data_source_id,
      sql: row.sql,
      ...row.schedule,
      createdAt: row.created_at.toISOString(),
      userId: row.user_id,
      model: row.model,
      originId: row.origin_id,
      ...(row.area === null ? {} : { area: row.area }),
    }
  );
}

/**
 * Ids of the questions with a schedule that go when this data source or dataset is deleted: those that were asked of it, and what
 * came out of those (questions about their rows, their runs, their conversations).
 */
export async function listScheduledQuestions(tx: Transaction, targetId: string): Promise<string[]> {
  // From the schedules upwards: they are few, the questions many.
  const rows = await tx.query<{ id: string }>(
    `WITH RECURSIVE grounds AS (
       SELECT question_id AS scheduled, question_id AS id FROM question_schedules
       UNION
       SELECT g.scheduled, up.id
       FROM grounds g JOIN questions q ON q.id = g.id CROSS JOIN LATERAL (
         SELECT q.run_of AS id UNION ALL SELECT q.conversation_id
         UNION ALL SELECT t.result_of FROM question_tables t WHERE t.question_id = q.id
       ) up
       WHERE up.id IS NOT NULL
     )
     SELECT DISTINCT g.scheduled AS id FROM grounds g JOIN questions q ON q.id = g.id
     WHERE q.data_source_id = $1
        OR EXISTS (SELECT FROM question_tables t WHERE t.question_id = q.id AND t.dataset_id = $1)`,
    [targetId],
  );
  return rows.map(({ id }) => id);
}

/** False when there was none. */
export async function deleteScheduleRow(tx: Transaction, questionId: string): Promise<boolean> {
  const rows = await tx.query('DELETE FROM question_schedules WHERE question_id = $1 RETURNING question_id', [
    questionId,
  ]);
  return rows.length === 1;
}
