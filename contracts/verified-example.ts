import type { JobStatus } from './job.js';
import type { ErrorRecord } from './quaestor-error.js';

/** An example of the schema mapping whose answer a person verified, with what its SQL gave then. */
export interface VerifiedExample {
  /** Of the mapping. */
  id: string;
  /** Whose answer it was. */
  questionId: string;
  question: string;
  sql: string;
  columns: string[];
  rowCount: number;
  /** The user's name. */
  verifiedBy: string;
  verifiedAt: string;
}

/** What came of doing a verified example's SQL again. */
export const EXAMPLE_OUTCOMES = ['same', 'rows_changed', 'columns_changed', 'failed'] as const;
export type ExampleOutcome = (typeof EXAMPLE_OUTCOMES)[number];

export interface ExampleResult {
  exampleId: string;
  question: string;
  outcome: ExampleOutcome;
  /** Rows when it was verified. */
  expectedRows: number;
  /** Rows now; null where it failed. */
  rowCount: number | null;
  /** Names of columns that were not there. */
  addedColumns: string[];
  /** Names of columns that are not there any more. */
  removedColumns: string[];
  /** Of the guard or the database. */
  error: ErrorRecord | null;
  durationMs: number;
}

/** One run over all verified examples of a data source. */
export interface ExampleRun {
  id: string;
  jobId: string;
  status: JobStatus;
  /** `indexed`: after an indexing. */
  reason: 'indexed' | 'requested';
  /** How many examples came out how. */
  counts: Record<ExampleOutcome, number>;
  /** Those that did not come out the same. */
  differences: ExampleResult[];
  createdAt: string;
}

export const EXAMPLE_LIMITS = {
  /** Verified examples of a data source. */
  examples: 500,
  /** Runs that are listed. */
  listedRuns: 20,
} as const;
