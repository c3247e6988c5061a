import type { ModelLabel } from '../../contracts/question.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

/** What a model said to one attempt at a question, as `domain` understood it. */
export interface ModelReply {
  model: ModelLabel;
  reply: unknown;
  usage: { promptTokens: number; completionTokens: number };
  durationMs: number;
}

export async function findModelReply(
  tx: Transaction,
  questionId: string,
  attempt: number,
): Promise<ModelReply | undefined> {
  const [row] = await tx.query<ModelReply>(
    `SELECT model, reply, usage, duration_ms AS "durationMs" FROM model_replies
     WHERE question_id = $1 AND attempt = $2`,
    [questionId, attempt],
  );
  return row;
}

/** Keeps the first reply of an attempt. */
export async function saveModelReply(
  tx: Transaction,
  questionId: string,
  attempt: number,
  reply: ModelReply,
): Promise<void> {
  await tx.query(
    `INSERT INTO model_replies (tenant_id, question_id, attempt, model, reply, usage, duration_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
    [
      tx.tenantId,
      questionId,
      attempt,
      toJson(reply.model),
      toJson(reply.reply),
      toJson(reply.usage),
      reply.durationMs,
    ],
  );
}
