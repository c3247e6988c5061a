import type { QuestionStatus } from '../../contracts/question.js';
import type { Transaction } from '../database.js';

export interface Flight {
  cacheKey: Buffer;
  /** Null for a question about datasets. */
  dataSourceId: string | null;
  /** Leads if nobody does. */
  questionId: string;
}

/**
 * Finds who answers a question with this key at the moment, over all processes: undefined when the given question is to do it
 * itself. Two who ask at once meet at the key's row, so one of them leads.
 */
export async function findLeader(
  tx: Transaction,
  { cacheKey, dataSourceId, questionId }: Flight,
): Promise<{ questionId: string; jobId: string } | undefined> {
  const [taken] = await tx.query(
    `INSERT INTO answer_flights (tenant_id, cache_key, data_source_id, question_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING question_id`,
    [tx.tenantId, cacheKey, dataSourceId, questionId],
  );
  if (taken) return undefined;
  // A statement of its own: it sees what the one in front of us has committed.
  const [leader] = await tx.query<{ id: string; job_id: string | null; status: QuestionStatus | null }>(
    `SELECT f.question_id AS id, q.job_id, q.status FROM answer_flights f LEFT JOIN questions q ON q.id = f.question_id
     WHERE f.tenant_id = $1 AND f.cache_key = $2`,
    [tx.tenantId, cacheKey],
  );
  if (leader?.job_id && (leader.status === 'queued' || leader.status === 'running'))
    return { questionId: leader.id, jobId: leader.job_id };
  // Of several who find the leader gone, one takes its place; the others do without sharing.
  await tx.query(
    'UPDATE answer_flights SET question_id = $4 WHERE tenant_id = $1 AND cache_key = $2 AND question_id = $3',
    [tx.tenantId, cacheKey, leader?.id ?? questionId, questionId],
  );
  return undefined;
}
