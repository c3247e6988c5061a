import type { Presentation } from '../../contracts/presentation.js';
import type { Answer, Cell, ResultColumn } from '../../contracts/question.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

/** Writes the result's pages anew, all at once: a repeated step replaces what a broken one left. */
export async function saveResultPages(
  tx: Transaction,
  questionId: string,
  pages: readonly Cell[][][],
): Promise<void> {
  await Promise.all([
    tx.query('DELETE FROM result_pages WHERE question_id = $1', [questionId]),
    ...pages.map((rows, page) =>
      tx.query('INSERT INTO result_pages (tenant_id, question_id, page, rows) VALUES ($1, $2, $3, $4)', [
        ...[tx.tenantId, questionId, page, toJson(rows)],
      ]),
    ),
  ]);
}

/** What is shown of a result besides its rows; a repeated step replaces it. */
export async function saveResultPresentation(
  tx: Transaction,
  questionId: string,
  { chart, explanation, warnings }: Presentation,
): Promise<void> {
  await tx.query(
    `INSERT INTO result_presentations (question_id, tenant_id, chart, explanation, warnings) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (question_id) DO UPDATE SET chart = $3, explanation = $4, warnings = $5`,
    [questionId, tx.tenantId, chart && toJson(chart), explanation, toJson(warnings)],
  );
}

/** One page of a result, and whether another one follows; undefined beyond the last. */
export async function getResultPage(
  tx: Transaction,
  questionId: string,
  page: number,
): Promise<{ rows: Cell[][]; hasNext: boolean } | undefined> {
  const [row] = await tx.query<{ rows: Cell[][]; hasNext: boolean }>(
    `SELECT rows, EXISTS (SELECT FROM result_pages n WHERE n.question_id = $1 AND n.page = $2 + 1) AS "hasNext"
     FROM result_pages WHERE question_id = $1 AND page = $2`,
    [questionId, page],
  );
  return row;
}

export interface NewAnswer extends Omit<Answer, 'answeredAt' | keyof Presentation> {
  questionId: string;
  cacheKey: Buffer;
  /** The same by content, for a question about datasets. */
  contentKey?: Buffer | undefined;
}

export async function saveAnswer(tx: Transaction, answer: NewAnswer): Promise<void> {
  await tx.query(
    `INSERT INTO answers (question_id, tenant_id, cache_key, sql, columns, row_count, truncated, tables, model,
                          interpretation, timings, repairs, content_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (question_id) DO NOTHING`,
    [
      answer.questionId,
      tx.tenantId,
      answer.cacheKey,
      answer.sql,
      toJson(answer.columns satisfies ResultColumn[]),
      answer.rowCount,
      answer.truncated,
      toJson(answer.tables),
      toJson(answer.model),
      answer.interpretation,
      toJson(answer.timings),
      answer.repairs,
      answer.contentKey ?? null,
    ],
  );
}

/** The question whose answer has this key and is at most `maxAgeMs` old. */
export async function findCachedAnswer(
  tx: Transaction,
  cacheKey: Buffer,
  maxAgeMs: number,
): Promise<string | undefined> {
  const [row] = await tx.query<{ question_id: string }>(
    `SELECT question_id FROM answers
     WHERE tenant_id = $1 AND cache_key = $2 AND answered_at > now() - $3 * interval '1 millisecond'
     ORDER BY answered_at DESC LIMIT 1`,
    [tx.tenantId, cacheKey, maxAgeMs],
  );
  return row?.question_id;
}

/** The SQL of the newest answer with one of these keys that is at most `maxAgeMs` old, with the day of its asking in UTC. */
export async function findInterpretation(
  tx: Transaction,
  { cacheKey, contentKey }: { cacheKey: Buffer; contentKey?: Buffer | undefined },
  maxAgeMs: number,
): Promise<{ questionId: string; sql: string; interpretation: string | null; day: string } | undefined> {
  const [row] = await tx.query<{ id: string; sql: string; interpretation: string | null; day: string }>(
    `SELECT question_id AS id, sql, interpretation, to_char(answered_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM answers
     WHERE tenant_id = $1 AND (cache_key = $2 OR content_key = $4) AND answered_at > now() - $3 * interval '1 millisecond'
     ORDER BY answered_at DESC LIMIT 1`,
    [tx.tenantId, cacheKey, maxAgeMs, contentKey ?? null],
  );
  return row && { questionId: row.id, sql: row.sql, interpretation: row.interpretation, day: row.day };
}

/** A question answered from the cache: recorded with its job, ended already, and that job's one event. */
export async function insertCachedQuestion(
  tx: Transaction,
  question: {
    id: string;
    jobId: string;
    userId: string;
    text: string;
    cachedFrom: string;
    dataSourceId: string | null;
    conversationId?: string | undefined;
    area?: string | undefined;
  },
): Promise<void> {
  await tx.query(
    `WITH job AS (
       INSERT INTO jobs (id, tenant_id, kind, subject_id, status, last_event_seq, started_at, finished_at)
       VALUES ($1, $2, 'answer-question', $3, 'succeeded', 1, now(), now()) RETURNING id),
     event AS (
       INSERT INTO job_events (tenant_id, job_id, seq, kind, data)
       SELECT $2, job.id, 1, 'job.succeeded', jsonb_build_object('cachedFrom', $7::uuid) FROM job)
     INSERT INTO questions (id, tenant_id, user_id, data_source_id, job_id, text, status, cached_from, finished_at, conversation_id,
                            area)
     SELECT $3, $2, $4, $5, job.id, $6, 'answered', $7, now(), $8, $9 FROM job`,
    [
      question.jobId,
      tx.tenantId,
      question.id,
      question.userId,
      question.dataSourceId,
      question.text,
      question.cachedFrom,
      question.conversationId ?? null,
      question.area ?? null,
    ],
  );
}
