import type { Conversation, EarlierTurn } from '../../contracts/question.js';
import type { Transaction } from '../database.js';

/** The conversation that a question belongs to, found by the id of any of its questions. */
export async function findConversation(
  tx: Transaction,
  questionId: string,
): Promise<{ id: string; dataSourceId: string | null } | undefined> {
  const [row] = await tx.query<{ id: string; dataSourceId: string | null }>(
    'SELECT coalesce(conversation_id, id) AS id, data_source_id AS "dataSourceId" FROM questions WHERE id = $1',
    [questionId],
  );
  return row;
}

/** The subject area that the newest question of a conversation keeps to; undefined for the whole data source. */
export async function findAreaOfConversation(
  tx: Transaction,
  conversationId: string,
): Promise<string | undefined> {
  const [row] = await tx.query<{ area: string | null }>(
    `SELECT area FROM questions WHERE (id = $1 OR conversation_id = $1) AND run_of IS NULL
     ORDER BY created_at DESC, id DESC LIMIT 1`,
    [conversationId],
  );
  return row?.area ?? undefined;
}

/** Answered questions of a conversation, oldest first, at most `limit` of the newest; only those asked before `beforeQuestionId`. */
export async function readEarlierTurns(
  tx: Transaction,
  conversationId: string,
  limit: number,
  beforeQuestionId?: string,
): Promise<EarlierTurn[]> {
  const rows = await tx.query<EarlierTurn>(
    `SELECT q.text AS question, a.sql
     FROM questions q JOIN answers a ON a.question_id = coalesce(q.cached_from, q.follows, q.id)
     WHERE (q.id = $1 OR q.conversation_id = $1)
       AND ($3::uuid IS NULL OR q.created_at < (SELECT created_at FROM questions WHERE id = $3))
     ORDER BY q.created_at DESC, q.id DESC LIMIT $2`,
    [conversationId, limit, beforeQuestionId ?? null],
  );
  return rows.reverse();
}

/** Turns before a question that follows others; none for the first of a conversation. */
export async function readTurnsBefore(
  tx: Transaction,
  questionId: string,
  limit: number,
): Promise<EarlierTurn[]> {
  const found = await findConversation(tx, questionId);
  if (!found || found.id === questionId) return [];
  return await readEarlierTurns(tx, found.id, limit, questionId);
}

interface Row {
  id: string;
  dataSourceId: string | null;
  title: string;
  questions: number;
  created_at: Date;
  last_asked_at: Date;
}

const SELECT = `SELECT f.id, f.data_source_id AS "dataSourceId", f.text AS title, f.created_at,
    1 + count(q.id)::int AS questions, coalesce(max(q.created_at), f.created_at) AS last_asked_at
  FROM questions f LEFT JOIN questions q ON q.conversation_id = f.id
  WHERE f.conversation_id IS NULL`;

/** Those that were spoken in last come first, at most `limit`. */
export async function listConversations(tx: Transaction, limit: number): Promise<Conversation[]> {
  const rows = await tx.query<Row>(
    `${SELECT} GROUP BY f.id ORDER BY last_asked_at DESC, f.id DESC LIMIT $1`,
    [limit],
  );
  return rows.map(toConversation);
}

export async function getConversation(tx: Transaction, id: string): Promise<Conversation | undefined> {
  const [row] = await tx.query<Row>(`${SELECT} AND f.id = $1 GROUP BY f.id`, [id]);
  return row && toConversation(row);
}

const toConversation = ({ created_at, last_asked_at, ...row }: Row): Conversation => ({
  ...row,
  createdAt: created_at.toISOString(),
  lastAskedAt: last_asked_at.toISOString(),
});
