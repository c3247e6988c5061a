import type { Caller } from '../contracts/identity.js';
import { LIMITS } from '../contracts/limits.js';
import { errorRecord, QuaestorError } from '../contracts/quaestor-error.js';
import type { EarlierTurn, Question } from '../contracts/question.js';
import { workflowIds } from '../contracts/workflows.js';
import type { Transaction } from '../db/database.js';
import { endJob } from '../db/end-job.js';
import { findLeader } from '../db/statements/answer-flights.js';
import { findCachedAnswer, findInterpretation, insertCachedQuestion } from '../db/statements/answers.js';
import { appendAudit } from '../db/statements/audit.js';
import { findConversation, readEarlierTurns } from '../db/statements/conversations.js';
import { appendEvent } from '../db/statements/events.js';
import { releaseIdempotencyKey } from '../db/statements/idempotency.js';
import { insertJob } from '../db/statements/jobs.js';
import { insertQuestionTables } from '../db/statements/question-tables.js';
import { getQuestion, insertQuestion } from '../db/statements/questions.js';
import { answerCacheText } from '../domain/answer-cache-key.js';
import { rowsAreDayBound } from '../domain/is-day-bound.js';
import { answerCacheKey, modelCacheLabel } from '../platform/answer-cache-key.js';
import type { ApiContext } from './api-context.js';
import type { ApiDeps } from './api-deps.js';
import { type AskedGround, type AskTarget, findGround } from './asked-ground.js';
import { findEarlier, type Idempotency } from './idempotency.js';
import { isUuid } from './schemas/text.js';

export interface AskQuestion {
  caller: Caller;
  /** A new id, used unless the Idempotency-Key was seen before. */
  questionId: string;
  target: AskTarget;
  /** As the caller wrote it. */
  text: string;
  ifAmbiguous?: 'ask' | 'refuse';
  /** Oldest answer that will do; 0: a new one. Default: the setting. */
  maxAgeSeconds?: number | undefined;
  /** Any question of the conversation that this one goes on with. */
  conversationId?: string | undefined;
  idempotency: Idempotency | undefined;
}

/**
 * Records a question and starts the job that answers it; a question that was answered a short while ago is answered in the same
 * transaction. When the engine cannot take the job, job and question are recorded as failed and the key may be used again.
 */
export async function askQuestion(deps: ApiContext, ask: AskQuestion): Promise<Question> {
  const text = checkQuestion(ask.text);
  const atHand = await takeAtHand(deps, ask, text);
  if (atHand) return atHand;
  const { question, isNew } = await deps.db.withTenant(ask.caller.tenantId, async (tx) =>
    recordQuestion(deps, tx, ask, text),
  );
  if (question.cachedFrom !== null && question.status === 'answered')
    deps.atHand.keep(ask.caller.tenantId, question);
  if (isNew) {
    await startAnswer(deps, ask, question).catch(async (error: unknown) => {
      await abandonQuestion(deps, ask, question);
      throw error;
    });
  } else if (question.status === 'queued') {
    // Its start may have been lost with the process that owed it; starting twice is starting once, and failing changes nothing.
    await startAnswer(deps, ask, question).catch((error: unknown) => {
      deps.logger.warn({ err: error, jobId: question.jobId }, 'could not start a waiting question again');
    });
  }
  return question;
}

/** Nothing for a question of a conversation, whose earlier turns only the store knows, about datasets, or of a subject area. */
async function takeAtHand(
  { atHand, config }: ApiContext,
  { caller, questionId, target, conversationId, maxAgeSeconds, idempotency }: AskQuestion,
  text: string,
): Promise<Question | undefined> {
  if (
    conversationId !== undefined ||
    !('dataSourceId' in target) ||
    typeof target.area === 'string' ||
    !isUuid(target.dataSourceId)
  )
    return undefined;
  const { dataSourceId } = target;
  return await atHand.take({
    ...{ caller, questionId, dataSourceId, text },
    maxAgeMs: maxAgeMsOf(config, maxAgeSeconds),
    idempotency: idempotency && {
      key: idempotency.key,
      requestHashHex: idempotency.requestHash.toString('hex'),
    },
  });
}

const maxAgeMsOf = (config: ApiDeps['config'], maxAgeSeconds: number | undefined): number =>
  maxAgeSeconds === undefined ? config.answerCacheTtlMs : maxAgeSeconds * 1_000;

function checkQuestion(given: string): string {
  const text = given.trim();
  if (text === '') throw new QuaestorError('question_empty', 'The question has no words.');
  if (text.length > LIMITS.questionChars) {
    throw new QuaestorError(
      'question_too_long',
      `The question has ${text.length} characters; the limit is ${LIMITS.questionChars}.`,
    );
  }
  return text;
}

async function recordQuestion(
  deps: ApiContext,
  tx: Transaction,
  ask: AskQuestion,
  text: string,
): Promise<{ question: Question; isNew: boolean }> {
  const { caller, questionId } = ask;
  const earlierId = await findEarlier(tx, ask.idempotency, questionId);
  if (earlierId !== undefined) return { question: await readQuestion(tx, earlierId), isNew: false };

  const conversation = await findConversationOf(tx, ask);
  const ground = await findGround(tx, ask.target, conversation?.id);
  assertSameGround(conversation, ground);
  const { dataSourceId, tables } = ground;
  const conversationId = conversation?.id;
  const jobId = workflowIds.answerQuestion(questionId);
  const { area } = ground.edition;
  const row = { id: questionId, jobId, userId: caller.userId, text, conversationId, area };
  const turns = conversationId ? await readEarlierTurns(tx, conversationId, LIMITS.earlierTurns) : [];
  if (dataSourceId !== null) deps.atHand.noteEdition(caller.tenantId, dataSourceId, ground.edition);
  const cacheKey = cacheKeyOf(deps, ask, ground.edition, { text, turns });
  const maxAgeMs = maxAgeMsOf(deps.config, ask.maxAgeSeconds);
  const cachedFrom =
    maxAgeMs <= 0
      ? undefined
      : dataSourceId === null
        ? await findDatasetAnswer(tx, cacheKey, ask.maxAgeSeconds)
        : await findCachedAnswer(tx, cacheKey, maxAgeMs);
  // Who wants a new answer, or no questions back, gets their own; all others share the one that is being made.
  const leader =
    cachedFrom === undefined && maxAgeMs > 0 && ask.ifAmbiguous !== 'refuse'
      ? await findLeader(tx, { cacheKey, dataSourceId, questionId })
      : undefined;
  const inserts = leader
    ? [insertQuestion(tx, { ...row, dataSourceId, jobId: leader.jobId, follows: leader.questionId })]
    : cachedFrom === undefined
      ? [
          insertJob(tx, { id: row.jobId, kind: 'answer-question', subjectId: questionId }),
          insertQuestion(tx, { ...row, dataSourceId }),
          appendEvent(tx, row.jobId, 'job.queued', {}, 'queued'),
        ]
      : [insertCachedQuestion(tx, { ...row, dataSourceId, cachedFrom })];
  const written = Promise.all([
    ...inserts,
    insertQuestionTables(tx, questionId, tables),
    appendAudit(tx, {
      userId: caller.userId,
      action: 'question.asked',
      subjectId: questionId,
      data: {
        ...(dataSourceId === null ? { tables } : { dataSourceId }),
        ...(area === undefined ? {} : { area }),
        ...(cachedFrom ? { cachedFrom } : {}),
        ...(leader ? { follows: leader.questionId } : {}),
      },
    }),
  ]);
  // Read behind what was written, without waiting in between.
  const [question] = await Promise.all([readQuestion(tx, questionId), written]);
  return {
    question,
    isNew: cachedFrom === undefined && leader === undefined,
  };
}

/** Versions do not change, so their answers stay right for as long as SQL is used again, but for those that speak of today. */
async function findDatasetAnswer(
  tx: Transaction,
  cacheKey: Buffer,
  maxAgeSeconds: number | undefined,
): Promise<string | undefined> {
  const maxAgeMs = maxAgeSeconds === undefined ? LIMITS.interpretationTtlMs : maxAgeSeconds * 1_000;
  const found = await findInterpretation(tx, { cacheKey }, maxAgeMs);
  const today = new Date().toISOString().slice(0, 10);
  return found && (found.day === today || !rowsAreDayBound(found.sql)) ? found.questionId : undefined;
}

/** @throws QuaestorError `not_found` */
async function findConversationOf(
  tx: Transaction,
  { conversationId }: AskQuestion,
): Promise<FoundConversation | undefined> {
  if (conversationId === undefined) return undefined;
  const found = isUuid(conversationId) ? await findConversation(tx, conversationId) : undefined;
  if (!found) throw new QuaestorError('not_found', 'There is no conversation with this id.');
  return found;
}

/** @throws QuaestorError `invalid_request` for a conversation about another data source. */
function assertSameGround(conversation: FoundConversation | undefined, { dataSourceId }: AskedGround): void {
  if (!conversation || conversation.dataSourceId === dataSourceId) return;
  throw new QuaestorError(
    'invalid_request',
    `conversationId: the conversation is about ${conversation.dataSourceId === null ? 'datasets' : dataSourceId === null ? 'a data source' : 'another data source'}.`,
  );
}

type FoundConversation = NonNullable<Awaited<ReturnType<typeof findConversation>>>;

const cacheKeyOf = (
  { config }: ApiDeps,
  { caller }: AskQuestion,
  edition: AskedGround['edition'],
  { text, turns }: { text: string; turns: readonly EarlierTurn[] },
): Buffer =>
  answerCacheKey(
    answerCacheText({
      tenantId: caller.tenantId,
      ...edition,
      question: text,
      turns,
      model: modelCacheLabel(config.model),
    }),
  );

async function readQuestion(tx: Transaction, id: string): Promise<Question> {
  const question = await getQuestion(tx, id);
  if (!question) throw new QuaestorError('not_found', 'The question was deleted with its data source.');
  return question;
}

async function startAnswer(
  deps: ApiDeps,
  { caller, ifAmbiguous }: AskQuestion,
  question: Question,
): Promise<void> {
  await deps.engine.startAnswerQuestion({
    tenantId: caller.tenantId,
    tier: caller.tier,
    jobId: question.jobId,
    // Of a question that follows another one, that one is answered.
    questionId: question.cachedFrom ?? question.id,
    ...(question.dataSourceId === null ? {} : { dataSourceId: question.dataSourceId }),
    summary: `Answer: ${question.text}`,
    ...(ifAmbiguous === 'refuse' ? { ifAmbiguous } : {}),
  });
}

/** Records that the engine did not take the job, and frees the key, so that the same request can be sent again. */
async function abandonQuestion(
  deps: ApiDeps,
  { caller, idempotency }: AskQuestion,
  question: Question,
): Promise<void> {
  const error = errorRecord('engine_unavailable', 'The job could not be started.');
  const job = { id: question.jobId, kind: 'answer-question', subjectId: question.id } as const;
  try {
    await deps.db.withTenant(caller.tenantId, async (tx) => {
      await endJob(tx, job, { status: 'failed', error });
      if (idempotency) await releaseIdempotencyKey(tx, idempotency.key);
    });
  } catch (failure) {
    deps.logger.error({ err: failure, jobId: job.id }, 'a job that did not start stays queued');
  }
}
