import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

/** A question that an answer in a cache may be for. */
export interface CachedQuestion {
  id: string;
  jobId: string;
  userId: string;
  dataSourceId: string;
  text: string;
  /** The question that made the answer. */
  cachedFrom: string;
  /** SHA-256, hex: the key that the answer must be kept under. */
  cacheKey: string;
  /** What the key was made with; the data source must still be there. */
  versionId: string;
  mappingVersion: number;
  /** Oldest answer that will do. */
  maxAgeMs: number;
  idempotency?: { key: string; requestHashHex: string } | undefined;
}

/**
 * Records questions as answered from the cache, with their ended jobs, events and audit, in one statement, and returns those that
 * it recorded. Left out is each whose data source has another registry version or mappings now, whose answer is gone, too old, or
 * not the newest with its key, and whose Idempotency-Key was seen before.
 */
export async function recordCachedQuestions(
  tx: Transaction,
  questions: readonly CachedQuestion[],
): Promise<{ id: string; createdAt: Date }[]> {
  return await tx.query(
    `WITH asked AS (
       SELECT * FROM jsonb_to_recordset($2) AS a (
         id uuid, "jobId" text, "userId" uuid, "dataSourceId" uuid, text text, "cachedFrom" uuid, "cacheKey" text,
         "versionId" uuid, "mappingVersion" integer, "maxAgeMs" float8, idempotency jsonb)),
     valid AS (
       SELECT asked.* FROM asked
       JOIN data_sources d ON d.id = asked."dataSourceId" AND d.active_version_id = asked."versionId"
         AND d.mapping_version = asked."mappingVersion"
       CROSS JOIN LATERAL (
         SELECT question_id, answered_at FROM answers
         WHERE tenant_id = $1 AND cache_key = decode(asked."cacheKey", 'hex') ORDER BY answered_at DESC LIMIT 1) newest
       WHERE newest.question_id = asked."cachedFrom" AND newest.answered_at > now() - asked."maxAgeMs" * interval '1 millisecond'),
     claimed AS (
       INSERT INTO idempotency_keys (tenant_id, key, request_hash, resource_id)
       SELECT $1, idempotency->>'key', decode(idempotency->>'requestHashHex', 'hex'), id FROM valid WHERE idempotency IS NOT NULL
       ON CONFLICT DO NOTHING RETURNING resource_id),
     new AS (
       SELECT * FROM valid WHERE idempotency IS NULL OR id IN (SELECT resource_id FROM claimed)),
     job AS (
       INSERT INTO jobs (id, tenant_id, kind, subject_id, status, last_event_seq, started_at, finished_at)
       SELECT "jobId", $1, 'answer-question', id, 'succeeded', 1, now(), now() FROM new),
     event AS (
       INSERT INTO job_events (tenant_id, job_id, seq, kind, data)
       SELECT $1, "jobId", 1, 'job.succeeded', jsonb_build_object('cachedFrom', "cachedFrom") FROM new),
     audit AS (
       INSERT INTO audit_log (tenant_id, user_id, action, subject_id, data)
       SELECT $1, "userId", 'question.asked', id,
              jsonb_build_object('dataSourceId', "dataSourceId", 'cachedFrom', "cachedFrom") FROM new)
     INSERT INTO questions (id, tenant_id, user_id, data_source_id, job_id, text, status, cached_from, finished_at)
     SELECT id, $1, "userId", "dataSourceId", "jobId", text, 'answered', "cachedFrom", now() FROM new
     RETURNING id, created_at AS "createdAt"`,
    [tx.tenantId, toJson(questions)],
  );
}
