import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

/** Has a running question wait for its reader. False when this round was asked for before, or the question has ended. */
export async function requestChoice(
  tx: Transaction,
  questionId: string,
  request: { round: number; readings: readonly string[] },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE questions
     SET status = 'waiting',
         choices = coalesce(choices, '[]') || jsonb_build_array(jsonb_build_object(
           'round', $2::int, 'readings', $3::jsonb, 'requestedAt', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
           'chosen', null))
     WHERE id = $1 AND status IN ('queued', 'running') AND coalesce(jsonb_array_length(choices), 0) = $2 - 1
     RETURNING id`,
    [questionId, request.round, toJson(request.readings)],
  );
  return rows.length === 1;
}

/**
 * Keeps the reader's reply to the newest request and returns its round; the first reply stays, also of several readers who share
 * an answer. Undefined when the question does
 * not wait, or another reply is there already.
 */
export async function keepChoice(
  tx: Transaction,
  questionId: string,
  chosen: string,
): Promise<number | undefined> {
  const [row] = await tx.query<{ round: number }>(
    `UPDATE questions SET choices = jsonb_set(choices, '{-1,chosen}', to_jsonb($2::text))
     WHERE id = (SELECT coalesce(follows, id) FROM questions WHERE id = $1)
       AND status = 'waiting' AND coalesce(choices->-1->>'chosen', $2) = $2
     RETURNING jsonb_array_length(choices) AS round`,
    [questionId, chosen],
  );
  return row?.round;
}

/** Ends the wait of this round and returns what was chosen; undefined when there is no reply. A second call returns the same. */
export async function takeChoice(
  tx: Transaction,
  questionId: string,
  round: number,
): Promise<string | undefined> {
  const [row] = await tx.query<{ chosen: string }>(
    `UPDATE questions SET status = CASE WHEN status = 'waiting' THEN 'running' ELSE status END
     WHERE id = $1 AND choices->($2::int - 1)->>'chosen' IS NOT NULL
     RETURNING choices->($2::int - 1)->>'chosen' AS chosen`,
    [questionId, round],
  );
  return row?.chosen;
}
