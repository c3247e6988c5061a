import type { EventData, EventKind, JobEvent } from '../../contracts/events.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

/**
 * Appends one event and returns its number, or undefined when an event with this `dedupeKey` was there already.
 * The job's row is locked for the counter, so numbers have no gaps and are visible in order. It is locked by a statement of its
 * own: the next one then sees an event with the same key that was being appended at the same time. Both are sent at once.
 */
export async function appendEvent<K extends EventKind>(
  tx: Transaction,
  jobId: string,
  kind: K,
  data: EventData[K],
  dedupeKey?: string,
): Promise<number | undefined> {
  const [, [row]] = await Promise.all([
    tx.query('SELECT FROM jobs WHERE id = $1 FOR NO KEY UPDATE', [jobId]),
    tx.query<{ seq: number }>(
      `WITH counted AS (
         UPDATE jobs SET last_event_seq = last_event_seq + 1
         WHERE id = $1 AND NOT EXISTS (
           SELECT FROM job_events e WHERE e.job_id = $1 AND e.dedupe_key = $5::text)
         RETURNING last_event_seq)
       INSERT INTO job_events (tenant_id, job_id, seq, kind, data, dedupe_key)
       SELECT $2, $1, last_event_seq, $3, $4, $5 FROM counted RETURNING seq`,
      [jobId, tx.tenantId, kind, toJson(data), dedupeKey ?? null],
    ),
  ]);
  return row?.seq;
}

/** Events after `afterSeq` in order, at most `limit`. */
export async function readEvents(
  tx: Transaction,
  jobId: string,
  afterSeq: number,
  limit = 500,
): Promise<JobEvent[]> {
  const rows = await tx.query<{ seq: number; kind: EventKind; data: EventData[EventKind]; at: Date }>(
    'SELECT seq, kind, data, at FROM job_events WHERE job_id = $1 AND seq > $2 ORDER BY seq LIMIT $3',
    [jobId, afterSeq, limit],
  );
  return rows.map((row) => ({
    jobId,
    seq: row.seq,
    kind: row.kind,
    data: row.data,
    at: row.at.toISOString(),
  }));
}
