import type { Caller } from '../contracts/identity.js';
import { LIMITS } from '../contracts/limits.js';
import { errorRecord, QuaestorError } from '../contracts/quaestor-error.js';
import type { EarlierTurn, Question } from '../contracts/question.js';
import { workflowIds } from '../contracts/workflows.js';
import type { Transaction } from '../db/database.js';
import { endJob } from '../db/end-job.js';
import { findLeader } from '../db/statements/answer-flights.js';
import { findCachedAnswer, insertCachedQuestion } from '../db/statements/answers.js';
import { appendAudit } from '../db/statements/audit.js';
import { findConversation, readEarlierTurns } from '../db/statements/conversations.js';
import { getDataSourceForAsking } from '../db/statements/data-sources.js';
import { appendEvent } from '../db/statements/events.js';
import { releaseIdempotencyKey } from '../db/statements/idempotency.js';
import { insertJob } from '../db/statements/jobs.js';
import { getQuestion, insertQuestion } from '../db/statements/questions.js';
import { answerCacheText } from '../domain/answer-cache-key.js';
import { answerCacheKey, modelCacheLabel } from '../platform/answer-cache-key.js';
import type { ApiContext, ApiDeps } from './api-deps.js';
import { findEarlier, type Idempotency } from './idempotency.js';
import { isUuid } from './schemas/text.js';

export interface AskQuestion {
  caller: Caller;
  /** A new id, used unless the Idempotency-Key was seen before. */
  questionId: string;
  dataSourceId: string;
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
  if (!isUuid(ask.dataSourceId)) throw noSuchSource();
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

/** Nothing for a question of a conversation, whose earlier turns only the store knows. */
async function takeAtHand(
  { atHand, config }: ApiContext,
  { caller, questionId, dataSourceId, conversationId, maxAgeSeconds, idempotency }: AskQuestion,
  text: string,
): Promise<Question | undefined> {
  if (conversationId !== undefined) return undefined;
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

const noSuchSource = (): QuaestorError =>
  new QuaestorError('not_found', 'There is no data source with this id.');

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
  const { caller, questionId, dataSourceId } = ask;
  const earlierId = await findEarlier(tx, ask.idempotency, questionId);
  if (earlierId !== undefined) return { question: await readQuestion(tx, earlierId), isNew: false };

  const source = await getDataSourceForAsking(tx, dataSourceId);
  if (!source) throw noSuchSource();
  if (source.activeVersionId === null) {
    throw new QuaestorError('data_source_not_indexed', 'The data source has no index yet.', {
      details: { dataSourceId },
    });
  }

  const conversationId = await findConversationOf(tx, ask);
  const jobId = workflowIds.answerQuestion(questionId);
  const row = { id: questionId, jobId, userId: caller.userId, text, conversationId };
  const turns = conversationId ? await readEarlierTurns(tx, conversationId, LIMITS.earlierTurns) : [];
  const edition = { versionId: source.activeVersionId, mappingVersion: source.mappingVersion };
  deps.atHand.noteEdition(caller.tenantId, dataSourceId, edition);
  const cacheKey = cacheKeyOf(deps, ask, { ...edition, text, turns });
  const maxAgeMs = maxAgeMsOf(deps.config, ask.maxAgeSeconds);
  const cachedFrom = maxAgeMs > 0 ? await findCachedAnswer(tx, cacheKey, maxAgeMs) : undefined;
  // Who wants a new answer, or no questions back, gets their own; all others share the one that is being made.
  const leader =
    cachedFrom === undefined && maxAgeMs > 0 && ask.ifAmbiguous !== 'refuse'
      ? await findLeader(tx, { cacheKey, dataSourceId, questionId })
      : undefined;
  if (leader) {
    await insertQuestion(tx, { ...row, dataSourceId, jobId: leader.jobId, follows: leader.questionId });
  } else if (cachedFrom === undefined) {
    await insertJob(tx, { id: row.jobId, kind: 'answer-question', subjectId: questionId });
    await insertQuestion(tx, { ...row, dataSourceId });
    await appendEvent(tx, row.jobId, 'job.queued', {}, 'queued');
  } else {
    await insertCachedQuestion(tx, { ...row, dataSourceId, cachedFrom });
  }
  await appendAudit(tx, {
    userId: caller.userId,
    action: 'question.asked',
    subjectId: questionId,
    data: {
      dataSourceId,
      ...(cachedFrom ? { cachedFrom } : {}),
      ...(leader ? { follows: leader.questionId } : {}),
    },
  });
  return {
    question: await readQuestion(tx, questionId),
    isNew: cachedFrom === undefined && leader === undefined,
  };
}

/** @throws QuaestorError `not_found`, `invalid_request` for a conversation about another data source. */
async function findConversationOf(
  tx: Transaction,
  { conversationId, dataSourceId }: AskQuestion,
): Promise<string | undefined> {
  if (conversationId === undefined) return undefined;
  const found = isUuid(conversationId) ? await findConversation(tx, conversationId) : undefined;
  if (!found) throw new QuaestorError('not_found', 'There is no conversation with this id.');
  if (found.dataSourceId !== dataSourceId) {
    throw new QuaestorError(
      'invalid_request',
      'conversationId: the conversation is about another data source.',
    );
  }
  return found.id;
}

const cacheKeyOf = (
  { config }: ApiDeps,
  { caller, dataSourceId }: AskQuestion,
  {
    text,
    turns,
    ...edition
  }: { versionId: string; mappingVersion: number; text: string; turns: readonly EarlierTurn[] },
): Buffer =>
  answerCacheKey(
    answerCacheText({
      tenantId: caller.tenantId,
      dataSourceId,
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
    dataSourceId: question.dataSourceId,
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
