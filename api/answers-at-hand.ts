import { LRUCache } from 'lru-cache';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Question } from '../contracts/question.js';
import { workflowIds } from '../contracts/workflows.js';
import { type CachedQuestion, recordCachedQuestions } from '../db/statements/cached-questions.js';
import { answerCacheText } from '../domain/answer-cache-key.js';
import { answerCacheKey, modelCacheLabel } from '../platform/answer-cache-key.js';
import { createGather } from '../platform/gather.js';
import type { ApiDeps } from './api-deps.js';

/** What the key of an answer has of its data source. */
export interface Edition {
  versionId: string;
  mappingVersion: number;
}

export interface AskedQuestion {
  caller: Caller;
  /** A new id. */
  questionId: string;
  dataSourceId: string;
  text: string;
  /** Oldest answer that will do. */
  maxAgeMs: number;
  idempotency: CachedQuestion['idempotency'];
}

/**
 * Answers questions that this process or another one has seen answered, without reading the answer from the store. Which edition a
 * data source has is only believed: the statement that records the question takes it only if store, edition and answer agree, so
 * an edit or an indexing in another process is never answered with what was before it (docs/decisions/0018).
 */
export interface AnswersAtHand {
  /** The recorded question, or undefined: then the store is to be asked. */
  take(asked: AskedQuestion): Promise<Question | undefined>;
  /** What a data source's edition was a moment ago. */
  noteEdition(tenantId: string, dataSourceId: string, edition: Edition): void;
  /** Keeps an answered question that needs no conversation, no subject area and no choice to be understood; others are left out. */
  keep(tenantId: string, question: Question): void;
}

const EDITIONS = 10_000;

export function createAnswersAtHand(deps: Pick<ApiDeps, 'db' | 'answers' | 'config'>): AnswersAtHand {
  const { db, answers, config } = deps;
  const editions = new LRUCache<string, Edition>({ max: EDITIONS });
  const sourceKey = (tenantId: string, dataSourceId: string): string => `${tenantId}:${dataSourceId}`;
  const record = createGather<CachedQuestion, string | undefined>(async (tenantId, questions) => {
    const recorded = await db.withTenantAtOnce(tenantId, async (tx) => recordCachedQuestions(tx, questions));
    const times = new Map(recorded.map(({ id, createdAt }) => [id, createdAt.toISOString()]));
    return questions.map(({ id }) => times.get(id));
  });

  const keyOf = (tenantId: string, dataSourceId: string, edition: Edition, question: string): string =>
    answerCacheKey(
      answerCacheText({
        tenantId,
        dataSourceId,
        ...edition,
        question,
        model: modelCacheLabel(config.model),
      }),
    ).toString('hex');

  return {
    async take({ caller, questionId: id, dataSourceId, text, maxAgeMs, idempotency }) {
      const { tenantId, userId } = caller;
      const edition = editions.get(sourceKey(tenantId, dataSourceId));
      if (!edition || maxAgeMs <= 0) return undefined;
      const cacheKey = keyOf(tenantId, dataSourceId, edition, text);
      const cached = await answers.find(cacheKey);
      if (!cached) return undefined;
      const jobId = workflowIds.answerQuestion(id);
      const cachedFrom = cached.questionId;
      const recordedAt = await record(tenantId, {
        ...{ id, jobId, userId, dataSourceId, text, cachedFrom, cacheKey, ...edition, maxAgeMs },
        ...(idempotency ? { idempotency } : {}),
      }).catch((error: unknown) => {
        // It may be another question of the same statement that failed; each is then asked for by itself.
        if (error instanceof QuaestorError) throw error;
        return undefined;
      });
      if (recordedAt === undefined) {
        // A key seen before is no fault of the answer's; it is put back when the store agrees with it.
        answers.forget(cacheKey);
        return undefined;
      }
      return {
        ...{ id, jobId, dataSourceId, conversationId: id, text },
        ...{ status: 'answered', answer: cached.answer, error: null, cachedFrom },
        ...{ createdAt: recordedAt, finishedAt: recordedAt },
      };
    },
    noteEdition(tenantId, dataSourceId, { versionId, mappingVersion }) {
      editions.set(sourceKey(tenantId, dataSourceId), { versionId, mappingVersion });
    },
    keep(tenantId, question) {
      const { answer, area, choice, run, conversationId, dataSourceId, id, cachedFrom, text } = question;
      if (dataSourceId === null || area !== undefined) return;
      const edition = editions.get(sourceKey(tenantId, dataSourceId));
      if (!answer || !edition || choice || run || (conversationId ?? id) !== id) return;
      // Whoever reads an old question does not put its answer in the place of a newer one.
      if (Date.now() - Date.parse(answer.answeredAt) > config.answerCacheTtlMs) return;
      answers.remember(keyOf(tenantId, dataSourceId, edition, text), {
        questionId: cachedFrom ?? id,
        answer,
      });
    },
  };
}
