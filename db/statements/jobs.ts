import type { Job, JobKind, JobProgress, JobStatus } from '../../contracts/job.js';
import type { ErrorRecord } from '../../contracts/quaestor-error.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

interface Row {
  id: string;
  kind: JobKind;
  status: JobStatus;
  subject_id: string;
  progress: JobProgress | null;
  error: ErrorRecord | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
}

const COLUMNS = 'id, kind, status, subject_id, progress, error, created_at, started_at, finished_at';

const toJob = (row: Row): Job => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  subjectId: row.subject_id,
  progress: row.progress,
  error: row.error,
  createdAt: row.created_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
});

/** False when the job is there already, or when another one indexes the same data source now. */
export async function insertJob(
  tx: Transaction,
  job: { id: string; kind: JobKind; subjectId: string },
): Promise<boolean> {
  const rows = await tx.query(
    'INSERT INTO jobs (id, tenant_id, kind, subject_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING id',
    [job.id, tx.tenantId, job.kind, job.subjectId],
  );
  return rows.length === 1;
}

export async function getJob(tx: Transaction, id: string): Promise<Job | undefined> {
  const [row] = await tx.query<Row>(`SELECT ${COLUMNS} FROM jobs WHERE id = $1`, [id]);
  return row && toJob(row);
}

/** Newest first, at most `limit`; of one moment (the embedded store counts milliseconds) the later id first. */
export async function listJobs(tx: Transaction, limit: number): Promise<Job[]> {
  const rows = await tx.query<Row>(`SELECT ${COLUMNS} FROM jobs ORDER BY created_at DESC, id DESC LIMIT $1`, [
    limit,
  ]);
  return rows.map(toJob);
}

/** The job that works on this subject now, if any. */
export async function findActiveJob(
  tx: Transaction,
  subjectId: string,
  kind: JobKind,
): Promise<Job | undefined> {
  const [row] = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM jobs WHERE subject_id = $1 AND kind = $2 AND status IN ('queued', 'running')
     ORDER BY created_at DESC LIMIT 1`,
    [subjectId, kind],
  );
  return row && toJob(row);
}

/** The jobs of every kind that work on this subject now. */
export async function listActiveJobs(tx: Transaction, subjectId: string): Promise<Job[]> {
  const rows = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM jobs WHERE subject_id = $1 AND status IN ('queued', 'running')`,
    [subjectId],
  );
  return rows.map(toJob);
}

/** Jobs of every tenant that have not ended, by id, after the given one. In `withUnfinishedJobs` only. */
export async function listUnfinishedJobs(
  tx: Transaction,
  page: { afterId: string; limit: number },
): Promise<(Job & { tenantId: string })[]> {
  const rows = await tx.query<Row & { tenant_id: string }>(
    `SELECT tenant_id, ${COLUMNS} FROM jobs WHERE status IN ('queued', 'running') AND id > $1 ORDER BY id LIMIT $2`,
    [page.afterId, page.limit],
  );
  return rows.map((row) => ({ ...toJob(row), tenantId: row.tenant_id }));
}

/** Whether another job than this one was started for this reason on the data source in the last `withinMs`, by its first event. */
export async function hasIndexedFor(
  tx: Transaction,
  job: { id: string; dataSourceId: string; reason: string },
  withinMs: number,
): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM jobs j JOIN job_events e ON e.job_id = j.id AND e.seq = 1
     WHERE j.subject_id = $1 AND j.kind = 'index-source' AND e.data->>'reason' = $2
       AND j.id <> $3 AND j.created_at > now() - $4::float8 * interval '1 millisecond'`,
    [job.dataSourceId, job.reason, job.id, withinMs],
  );
  return rows.length > 0;
}

/** True when this call started it; false when it runs already or has ended. */
export async function markJobStarted(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE jobs SET status = 'running', started_at = now() WHERE id = $1 AND status = 'queued' RETURNING id`,
    [id],
  );
  return rows.length === 1;
}

export async function setJobProgress(tx: Transaction, id: string, progress: JobProgress): Promise<void> {
  await tx.query(`UPDATE jobs SET progress = $2 WHERE id = $1 AND status = 'running'`, [
    id,
    toJson(progress),
  ]);
}

/** True when this call ended it; a job that has ended keeps its first end. */
export async function markJobFinished(
  tx: Transaction,
  id: string,
  status: 'succeeded' | 'failed' | 'cancelled',
  error: ErrorRecord | null = null,
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE jobs SET status = $2, error = $3, finished_at = now()
     WHERE id = $1 AND status IN ('queued', 'running') RETURNING id`,
    [id, status, error && toJson(error)],
  );
  return rows.length === 1;
}

/** Counts `items` more as done and works out rate and time left; undefined when the job runs no more. */
export async function advanceJobProgress(
  tx: Transaction,
  id: string,
  items: number,
): Promise<JobProgress | undefined> {
  const [row] = await tx.query<{ progress: JobProgress; elapsed_ms: number }>(
    `SELECT progress, extract(epoch FROM clock_timestamp() - (progress->>'startedAt')::timestamptz)::float8 * 1000 AS elapsed_ms
     FROM jobs WHERE id = $1 AND status = 'running' AND progress IS NOT NULL FOR UPDATE`,
    [id],
  );
  if (!row) return undefined;
  const done = row.progress.done + items;
  const ratePerSecond = (done * 1_000) / Math.max(1, row.elapsed_ms);
  const { total } = row.progress;
  const progress: JobProgress = {
    ...row.progress,
    done,
    ratePerSecond: Math.round(ratePerSecond * 10) / 10,
    // Before anything is done nothing is known of the time left.
    ...(total === undefined || done === 0
      ? {}
      : { etaMs: Math.round((Math.max(0, total - done) * 1_000) / ratePerSecond) }),
  };
  await setJobProgress(tx, id, progress);
  return progress;
}
