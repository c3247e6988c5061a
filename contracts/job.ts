import type { ErrorRecord } from './quaestor-error.js';

/** A workflow as the API shows it. The job's id is the workflow's id. */
export type JobKind =
  | 'index-source'
  | 'answer-question'
  | 'export-result'
  | 'ingest-dataset'
  | 'describe-schema'
  | 'profile-dataset'
  | 'check-examples'
  | 'plan-cleaning'
  | 'clean-dataset';
export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export const TERMINAL_JOB_STATUSES = ['succeeded', 'failed', 'cancelled'] as const satisfies JobStatus[];
export const isTerminalJobStatus = (status: JobStatus): boolean =>
  (TERMINAL_JOB_STATUSES as readonly JobStatus[]).includes(status);

/** How far a job has come, counted in items of the named unit. */
export interface JobProgress {
  phase: string;
  done: number;
  /** Absent while it is not known. */
  total?: number;
  unit: string;
  /** When this phase began. */
  startedAt: string;
  /** Items a second since the phase began. */
  ratePerSecond?: number;
  /** Estimate of the time left in this phase. */
  etaMs?: number;
}

export interface Job {
  id: string;
  kind: JobKind;
  status: JobStatus;
  /** The thing that it works on: a data source's or a question's id (also of an export). */
  subjectId: string;
  progress: JobProgress | null;
  error: ErrorRecord | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}
