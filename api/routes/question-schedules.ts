import type { Caller } from '../../contracts/identity.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { QuestionSchedule, ScheduledQuestion } from '../../contracts/question-schedule.js';
import type { Transaction } from '../../db/database.js';
import { appendAudit } from '../../db/statements/audit.js';
import {
  deleteScheduleRow,
  getQuestionSchedule,
  saveQuestionSchedule,
} from '../../db/statements/question-schedules.js';
import { getQuestion } from '../../db/statements/questions.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import { putQuestionScheduleBody, scheduledQuestionSchema } from '../schemas/question-schedule.js';
import { idParams } from '../schemas/text.js';

const tag = 'Questions';
const noSchedule = (): QuaestorError =>
  new QuaestorError('not_found', 'There is no question with this id that has a schedule.');

/** Questions that are asked again and again. Row first, then the engine: a Schedule whose row is missing starts nothing. */
export function addQuestionScheduleRoutes(routes: Routes, deps: ApiContext): void {
  const { db, engine } = deps;

  const read = async (tx: Transaction, id: string): Promise<ScheduledQuestion> => {
    const found = await getQuestionSchedule(tx, id);
    if (!found) throw noSchedule();
    const { userId: _user, model: _model, originId: _origin, area: _area, ...shown } = found;
    return shown;
  };

  const put = async (
    { tenantId, userId }: Caller,
    questionId: string,
    schedule: QuestionSchedule,
  ): Promise<ScheduledQuestion> => {
    const previous = await db.withTenant(tenantId, async (tx) => getQuestionSchedule(tx, questionId));
    const saved = await db.withTenant(tenantId, async (tx) => {
      const question = await getQuestion(tx, questionId);
      if (!question) throw new QuaestorError('not_found', 'There is no question with this id.');
      const { answer, dataSourceId, status } = question;
      if (!answer) {
        throw new QuaestorError('conflict', `The question has no answer to repeat: it is ${status}.`, {
          details: { status },
        });
      }
      const { model, sql } = answer;
      await saveQuestionSchedule(tx, { questionId, dataSourceId, userId, sql, model, schedule });
      const data = { ...schedule, sql };
      await appendAudit(tx, { userId, action: 'question.scheduled', subjectId: questionId, data });
      return await read(tx, questionId);
    });
    try {
      const { dataSourceId, question } = saved;
      const summary = `Ask again: ${question.replace(/\s+/g, ' ')}`.slice(0, 200);
      const target = dataSourceId === null ? {} : { dataSourceId };
      await engine.putQuestionSchedule({ tenantId, questionId, ...target, schedule, summary });
    } catch (error) {
      // The engine has what it had before, so the row shall say that too.
      const restore = (tx: Transaction): Promise<unknown> =>
        previous
          ? saveQuestionSchedule(tx, { ...previous, schedule: recurrenceOf(previous) })
          : deleteScheduleRow(tx, questionId);
      await db.withTenant(tenantId, restore).catch((failure: unknown) => {
        deps.logger.error({ err: failure, questionId }, 'schedule and row may differ');
      });
      throw error;
    }
    return saved;
  };

  routes.route(
    {
      method: 'put',
      path: '/v1/questions/{id}/schedule',
      operationId: 'putQuestionSchedule',
      tag,
      summary: 'Run the SQL of an answer again and again',
      description:
        'Each run is a question of its own with new rows, listed under `GET /v1/questions/{id}/runs`; no model is asked. One run at a time; what was missed during the last ten minutes of an outage is made up for once.',
      scope: 'questions:ask',
      params: idParams,
      body: putQuestionScheduleBody,
      replies: { 200: { description: 'The schedule.', schema: scheduledQuestionSchema } },
      errors: ['conflict', 'engine_unavailable'],
    },
    async ({ caller, params, body }) => ({ status: 200, body: await put(caller, params.id, body) }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/questions/{id}/schedule',
      operationId: 'readQuestionSchedule',
      tag,
      summary: 'Read when a question is asked again',
      scope: 'questions:ask',
      params: idParams,
      replies: { 200: { description: 'The schedule.', schema: scheduledQuestionSchema } },
    },
    async ({ caller, params }) => ({
      status: 200,
      body: await db.withTenant(caller.tenantId, async (tx) => read(tx, params.id)),
    }),
  );

  routes.route(
    {
      method: 'delete',
      path: '/v1/questions/{id}/schedule',
      operationId: 'deleteQuestionSchedule',
      tag,
      summary: 'Ask a question by schedule no more',
      description: 'Its runs stay.',
      scope: 'questions:ask',
      params: idParams,
      replies: { 204: { description: 'There is no schedule now.' } },
      errors: ['engine_unavailable'],
    },
    async ({ caller, params }) => {
      const { tenantId, userId } = caller;
      await db.withTenant(tenantId, async (tx) => read(tx, params.id));
      await engine.deleteQuestionSchedule(params.id);
      await db.withTenant(tenantId, async (tx) => {
        if (await deleteScheduleRow(tx, params.id))
          await appendAudit(tx, { userId, action: 'question.unscheduled', subjectId: params.id });
      });
      return { status: 204 };
    },
  );
}

const recurrenceOf = ({ cron, everyMinutes, timeZone }: QuestionSchedule): QuestionSchedule => ({
  ...{ cron, everyMinutes, timeZone },
});
