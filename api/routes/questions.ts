import type { Request, Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Question } from '../../contracts/question.js';
import type { Transaction } from '../../db/database.js';
import { getResultPage } from '../../db/statements/answers.js';
import { getJob } from '../../db/statements/jobs.js';
import { getQuestion, listRuns } from '../../db/statements/questions.js';
import type { ApiContext } from '../api-context.js';
import { askQuestion } from '../ask-question.js';
import type { AskTarget } from '../asked-ground.js';
import { createChartPictures } from '../chart-pictures.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { idempotencyHeader, idempotencyOf } from '../idempotency.js';
import { preferHeader, preferredWaitSeconds } from '../prefer.js';
import { replyToQuestion } from '../reply-to-question.js';
import type { Reply, Routes } from '../route.js';
import { runGivenSql } from '../run-given-sql.js';
import {
  acceptedQuestionSchema,
  askQuestionBody,
  questionSchema,
  replyBody,
  rowsPageSchema,
  runBody,
  runListSchema,
} from '../schemas/question.js';
import { idParams } from '../schemas/text.js';
import { isQuestionOpen, waitForQuestion } from '../wait-for-question.js';

const tag = 'Questions';
/** Runs of a question that are listed; the newest. */
const LISTED_RUNS = 200;

async function readQuestion(tx: Transaction, id: string): Promise<Question> {
  const question = await getQuestion(tx, id);
  if (!question) throw new QuaestorError('not_found', 'There is no question with this id.');
  return question;
}

/** The whole question once it has ended, else where to watch it or to reply. */
function replyWith(question: Question): Reply {
  if (!isQuestionOpen(question)) return { status: 200, body: question };
  const { choice, id, jobId, status } = question;
  const links = {
    question: `/v1/questions/${id}`,
    rows: `/v1/questions/${id}/rows`,
    job: `/v1/jobs/${jobId}`,
    events: `/v1/jobs/${jobId}/events`,
    ...(status === 'waiting' ? { reply: `/v1/questions/${id}/reply` } : {}),
  };
  const body = { id, jobId, status, ...(choice ? { choice } : {}), links };
  return { status: 202, body, headers: { Location: links.job } };
}

/** Waits as long as `Prefer: wait` says. */
async function replyInTime(
  deps: ApiContext,
  tenantId: string,
  question: Question,
  { req, res }: { req: Request; res: Response },
): Promise<Reply> {
  const waitSeconds = preferredWaitSeconds(req.get('prefer'));
  if (waitSeconds === 0 || !isQuestionOpen(question)) return replyWith(question);
  const options = { waitMs: waitSeconds * 1_000, signal: closingOf(res) };
  const ended = await waitForQuestion(deps, tenantId, question, options);
  deps.atHand.keep(tenantId, ended);
  const reply = replyWith(ended);
  return { ...reply, headers: { ...reply.headers, 'Preference-Applied': `wait=${waitSeconds}` } };
}

function closingOf(res: Response): AbortSignal {
  // Its client may have left while the question was being taken; the event is over then.
  if (res.closed) return AbortSignal.abort();
  const closed = new AbortController();
  res.once('close', () => closed.abort());
  return closed.signal;
}

const targetOf = ({
  area,
  dataSourceId,
  datasetIds = [],
  resultOf = [],
}: z.infer<typeof askQuestionBody>): AskTarget =>
  dataSourceId === undefined ? { datasetIds, resultOf } : { dataSourceId, area };

export function addQuestionRoutes(routes: Routes, deps: ApiContext): void {
  const { db, config } = deps;

  routes.route(
    {
      method: 'post',
      path: '/v1/questions',
      operationId: 'askQuestion',
      tag,
      summary: 'Ask a question',
      description:
        'Of a data source (`dataSourceId`), or of datasets and the rows of other questions (`datasetIds`, `resultOf`). A question that was answered within the last minutes is answered at once from the cache, and one that is being answered shares that job (`cachedFrom`).',
      scope: 'questions:ask',
      limit: 'questions',
      headers: idempotencyHeader.extend(preferHeader.shape),
      body: askQuestionBody,
      replies: {
        200: {
          description: 'The question with its end: from the cache, or within the time of `Prefer: wait`.',
          schema: questionSchema,
        },
        202: {
          description: 'It is being answered; the job is in `Location`.',
          schema: acceptedQuestionSchema,
        },
      },
      errors: [
        'question_empty',
        'question_too_long',
        'not_found',
        'data_source_not_indexed',
        'subject_area_unknown',
        'dataset_not_ready',
        'conflict',
        'idempotency_key_reused',
        'engine_unavailable',
      ],
    },
    async ({ caller, body, req, res }) => {
      const asked = await askQuestion(deps, {
        caller,
        questionId: uuidv7(),
        target: targetOf(body),
        text: body.question,
        ifAmbiguous: body.ifAmbiguous,
        maxAgeSeconds: body.maxAgeSeconds,
        conversationId: body.conversationId,
        idempotency: idempotencyOf(req, body, config.encryptionKey),
      });
      return await replyInTime(deps, caller.tenantId, asked, { req, res });
    },
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/questions/{id}/reply',
      operationId: 'replyToQuestion',
      tag,
      summary: 'Choose the reading that is meant',
      description:
        'For a question whose status is `waiting`; `choice.readings` lists what it can mean. Sending the same reply again is safe.',
      scope: 'questions:ask',
      headers: preferHeader,
      params: idParams,
      body: replyBody,
      replies: {
        200: {
          description: 'The question with its end, within the time of `Prefer: wait`.',
          schema: questionSchema,
        },
        202: { description: 'It is being answered in this reading.', schema: acceptedQuestionSchema },
      },
      errors: ['conflict', 'engine_unavailable'],
    },
    async ({ caller, params, body, req, res }) => {
      const question = await replyToQuestion(deps, { caller, questionId: params.id, ...body });
      return await replyInTime(deps, caller.tenantId, question, { req, res });
    },
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/questions/{id}/runs',
      operationId: 'runGivenSql',
      tag,
      summary: 'Run SQL of your own for a question',
      description:
        'Edit and run again: through the same guard, price, read-only transaction and audit. The run is a question of its own (`run` says of which); the answer that was there stays.',
      scope: 'questions:ask',
      limit: 'questions',
      headers: preferHeader,
      params: idParams,
      body: runBody,
      replies: {
        200: {
          description: 'The run with its end, within the time of `Prefer: wait`.',
          schema: questionSchema,
        },
        202: { description: 'It is running; the job is in `Location`.', schema: acceptedQuestionSchema },
      },
      errors: ['dataset_not_ready', 'engine_unavailable'],
    },
    async ({ caller, params, body, req, res }) => {
      const run = await runGivenSql(deps, { caller, questionId: params.id, sql: body.sql });
      return await replyInTime(deps, caller.tenantId, run, { req, res });
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/questions/{id}/runs',
      operationId: 'listRuns',
      tag,
      summary: 'List the other runs of a question, oldest first',
      scope: 'questions:ask',
      params: idParams,
      replies: { 200: { description: 'Edited and scheduled runs.', schema: runListSchema } },
    },
    async ({ caller, params }) => {
      const runs = await db.withTenant(caller.tenantId, async (tx) => {
        await readQuestion(tx, params.id);
        return await listRuns(tx, params.id, LISTED_RUNS);
      });
      return { status: 200, body: { runs } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/questions/{id}',
      operationId: 'readQuestion',
      tag,
      summary: 'Read a question with its answer',
      scope: 'questions:ask',
      params: idParams,
      replies: { 200: { description: 'The question, whatever became of it.', schema: questionSchema } },
    },
    async ({ caller, params }) => {
      const { tenantId } = caller;
      const { question, job } = await db.withTenant(tenantId, async (tx) => {
        const found = await readQuestion(tx, params.id);
        return { question: found, job: isQuestionOpen(found) ? await getJob(tx, found.jobId) : undefined };
      });
      deps.atHand.keep(tenantId, question);
      if (!job || (await deps.reconcile(tenantId, job)) === job) return { status: 200, body: question };
      return {
        status: 200,
        body: await db.withTenant(tenantId, async (tx) => readQuestion(tx, params.id)),
      };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/questions/{id}/rows',
      operationId: 'readRows',
      tag,
      summary: 'Read the rows of an answer, page by page',
      scope: 'questions:ask',
      params: idParams,
      query: z.object({
        cursor: z.string().max(500).optional().meta({ description: '`nextCursor` of the page before.' }),
      }),
      replies: { 200: { description: 'One page.', schema: rowsPageSchema } },
      errors: ['conflict', 'invalid_cursor'],
    },
    async ({ caller, params, query }) => {
      const page = decodeCursor(params.id, query.cursor);
      const body = await db.withTenant(caller.tenantId, async (tx) => {
        const { answer, cachedFrom, id, status } = await readQuestion(tx, params.id);
        if (!answer) {
          throw new QuaestorError('conflict', `The question has no rows: it is ${status}.`, {
            details: { status },
          });
        }
        const found = await getResultPage(tx, cachedFrom ?? id, page);
        if (!found && page > 0) throw new QuaestorError('invalid_cursor', 'There is no such page any more.');
        return {
          columns: answer.columns,
          rows: found?.rows ?? [],
          ...(found?.hasNext ? { nextCursor: encodeCursor(params.id, page + 1) } : {}),
        };
      });
      return { status: 200, body };
    },
  );

  const pictures = createChartPictures();
  routes.route(
    {
      method: 'get',
      path: '/v1/questions/{id}/chart.svg',
      operationId: 'readChart',
      tag,
      summary: 'Read the chart of an answer as SVG',
      description: 'Not found where the result has no chart; `answer.chart` of the question says so.',
      scope: 'questions:ask',
      params: idParams,
      replies: { 200: { description: 'The picture.', contentType: 'image/svg+xml', schema: z.string() } },
    },
    async ({ caller, params, res }) => {
      const question = await db.withTenant(caller.tenantId, async (tx) => readQuestion(tx, params.id));
      const chart = question.answer?.chart;
      if (!chart) throw new QuaestorError('not_found', 'The question has no chart.');
      res
        .type('image/svg+xml')
        .set('Cache-Control', 'private, max-age=3600')
        .send(await pictures.draw(question.cachedFrom ?? question.id, chart));
      return undefined;
    },
  );
}
