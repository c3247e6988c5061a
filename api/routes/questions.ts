import type { Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Question } from '../../contracts/question.js';
import type { Transaction } from '../../db/database.js';
import { getResultPage } from '../../db/statements/answers.js';
import { getJob } from '../../db/statements/jobs.js';
import { getQuestion } from '../../db/statements/questions.js';
import type { ApiContext } from '../api-deps.js';
import { askQuestion } from '../ask-question.js';
import { decodeCursor, encodeCursor } from '../cursor.js';
import { idempotencyHeader, idempotencyOf } from '../idempotency.js';
import { preferHeader, preferredWaitSeconds } from '../prefer.js';
import type { Reply, Routes } from '../route.js';
import {
  acceptedQuestionSchema,
  askQuestionBody,
  questionSchema,
  rowsPageSchema,
} from '../schemas/question.js';
import { idParams } from '../schemas/text.js';
import { isQuestionOpen, waitForQuestion } from '../wait-for-question.js';

const tag = 'Questions';

async function readQuestion(tx: Transaction, id: string): Promise<Question> {
  const question = await getQuestion(tx, id);
  if (!question) throw new QuaestorError('not_found', 'There is no question with this id.');
  return question;
}

/** The whole question once it has ended, else where to watch it. */
function replyWith(question: Question): Reply {
  if (!isQuestionOpen(question)) return { status: 200, body: question };
  const { id, jobId, status } = question;
  const links = {
    question: `/v1/questions/${id}`,
    rows: `/v1/questions/${id}/rows`,
    job: `/v1/jobs/${jobId}`,
    events: `/v1/jobs/${jobId}/events`,
  };
  return { status: 202, body: { id, jobId, status, links }, headers: { Location: links.job } };
}

function closingOf(res: Response): AbortSignal {
  const closed = new AbortController();
  res.once('close', () => closed.abort());
  return closed.signal;
}

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
        'A question that was answered within the last minutes is answered at once from the cache (`cachedFrom`).',
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
        'idempotency_key_reused',
        'engine_unavailable',
      ],
    },
    async ({ caller, body, req, res }) => {
      const asked = await askQuestion(deps, {
        caller,
        questionId: uuidv7(),
        dataSourceId: body.dataSourceId,
        text: body.question,
        idempotency: idempotencyOf(req, body, config.encryptionKey),
      });
      const waitSeconds = preferredWaitSeconds(req.get('prefer'));
      if (waitSeconds === 0 || !isQuestionOpen(asked)) return replyWith(asked);
      const options = { waitMs: waitSeconds * 1_000, signal: closingOf(res) };
      const reply = replyWith(await waitForQuestion(deps, caller.tenantId, asked, options));
      return { ...reply, headers: { ...reply.headers, 'Preference-Applied': `wait=${waitSeconds}` } };
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
}
