import type { JobStatus } from './job.js';
import type { ErrorRecord } from './quaestor-error.js';

/** Whose verified examples: those of a data source, or those whose SQL reads a dataset. */
export type ExampleOwner =
  | { dataSourceId: string; datasetId?: undefined }
  | { datasetId: string; dataSourceId?: undefined };

/** The owner alone, of something that names one. */
export const ownerOf = ({ dataSourceId, datasetId }: ExampleOwner): ExampleOwner =>
  dataSourceId === undefined ? { datasetId } : { dataSourceId };

export const ownerId = ({ dataSourceId, datasetId }: ExampleOwner): string =>
  dataSourceId === undefined ? datasetId : dataSourceId;

/** A dataset that the SQL of an example reads. */
export interface ExampleTable {
  /** As the SQL calls it. */
  name: string;
  /** Null when the dataset was deleted; its example stays while another of its datasets is there. */
  datasetId: string | null;
  /** Name of the dataset when the example was verified. */
  title: string;
}

/** A question and SQL whose answer a person verified, with what the SQL gave then. */
export interface VerifiedExample {
  /** Of the mapping. */
  id: string;
  /** Whose answer it was. */
  questionId: string;
  question: string;
  sql: string;
  /** What it reads; absent for an example of a data source. */
  tables?: ExampleTable[];
  columns: string[];
  rowCount: number;
  /** The user's name. */
  verifiedBy: string;
  verifiedAt: string;
}

/** What came of doing a verified example's SQL again. */
export const EXAMPLE_OUTCOMES = ['same', 'rows_changed', 'columns_changed', 'failed'] as const;
export type ExampleOutcome = (typeof EXAMPLE_OUTCOMES)[number];

/** Why examples were checked. */
export const EXAMPLE_RUN_REASONS = ['indexed', 'version_changed', 'requested'] as const;
export type ExampleRunReason = (typeof EXAMPLE_RUN_REASONS)[number];

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

/** One run over all verified examples of a data source, or over those that read a dataset. */
export interface ExampleRun {
  id: string;
  jobId: string;
  status: JobStatus;
  /** `indexed`: after an indexing; `version_changed`: after another version of the dataset was switched on. */
  reason: ExampleRunReason;
  /** How many examples came out how. */
  counts: Record<ExampleOutcome, number>;
  /** Those that did not come out the same. */
  differences: ExampleResult[];
  createdAt: string;
}

export const EXAMPLE_LIMITS = {
  /** Verified examples of a data source, and those that read a dataset. */
  examples: 500,
  /** Runs that are listed. */
  listedRuns: 20,
} as const;
