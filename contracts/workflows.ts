/** Names, inputs and results of the workflows. One object in, one object out; new fields are optional so that old histories decode. */

import type { DatasetOverride } from './dataset.js';
import type { ErrorRecord } from './quaestor-error.js';
import type { SearchResult } from './schema-search.js';
import type { TaskQueueTable } from './task-queues.js';
import type { ExampleOutcome, ExampleOwner } from './verified-example.js';

/** What a workflow needs to know about who it works for. */
export interface WorkflowScope {
  /** Retries and timeouts as configured where the job was started; the defaults where it is absent. */
  queues?: TaskQueueTable;
  tenantId: string;
  /** The job's id, which is the workflow's id. */
  jobId: string;
}

export interface IndexSourceInput extends WorkflowScope {
  dataSourceId: string;
}
export interface IndexSourceResult {
  status: 'succeeded' | 'failed' | 'cancelled';
  versionId?: string;
  tables?: number;
  columns?: number;
  /** Items sent to the embedding model in this run. */
  embedded?: number;
  error?: ErrorRecord;
}

/** Has a model propose descriptions for review. */
export interface DescribeSchemaInput extends WorkflowScope {
  dataSourceId: string;
  /** Canonical names. Default: all tables. */
  tables?: string[];
  /** Tables that are described at most, by name. */
  maxTables: number;
}
export interface DescribeSchemaResult {
  status: 'succeeded';
  proposed: number;
  /** Entries of replies that were not taken. */
  dropped: number;
}

export interface AnswerQuestionInput extends WorkflowScope {
  questionId: string;
  /** Absent for a question about datasets. */
  dataSourceId?: string;
  /** What becomes of a question with several readings: it waits for its reader (default), or is refused with the readings. */
  ifAmbiguous?: 'ask' | 'refuse';
  /** The SQL is there already: a person wrote it. It goes through the guard like any other. */
  hasGivenSql?: boolean;
}
export interface AnswerQuestionResult {
  status: 'answered' | 'refused' | 'failed' | 'cancelled';
  rowCount?: number;
  error?: ErrorRecord;
}

/** Looks tables up for a person or a tool; keeps nothing but its own history, so it has no job. */
export interface SearchSchemaInput extends WorkflowScope {
  dataSourceId: string;
  query: string;
  /** Name of a subject area. */
  area?: string;
  /** Tables at most. */
  limit?: number;
}
export type SearchSchemaResult = { result: SearchResult } | { error: ErrorRecord };
export interface ExportResultInput extends WorkflowScope {
  exportId: string;
  questionId: string;
}
export interface ExportResultResult {
  sizeBytes: number;
}

export interface IngestDatasetInput extends WorkflowScope {
  datasetId: string;
  /** The version that the job makes. */
  versionId: string;
  override?: DatasetOverride;
}
export interface IngestDatasetResult {
  status: 'succeeded' | 'failed' | 'cancelled';
  rows?: number;
  columns?: number;
  rejectedCells?: number;
  error?: ErrorRecord;
}

export interface ProfileDatasetInput extends WorkflowScope {
  datasetId: string;
  versionId: string;
  /** The profile that the job makes. */
  profileId: string;
}
export interface ProfileDatasetResult {
  status: 'succeeded' | 'failed' | 'cancelled';
  columns?: number;
  warnings?: number;
  error?: ErrorRecord;
}

/** Does the SQL of the verified examples of a data source, or of those that read a dataset, again. */
export type CheckExamplesInput = WorkflowScope & ExampleOwner & { runId: string };
export type CheckExamplesResult = Record<ExampleOutcome, number>;

export interface PlanCleaningInput extends WorkflowScope {
  datasetId: string;
  planId: string;
  /** The steps that are previewed; an edit in between makes the preview void. */
  revision: number;
  /** The plan is new and has no steps yet. */
  proposes?: boolean;
  /** The model that is asked for more steps; absent where none is. */
  modelName?: string;
}
export interface PlanCleaningResult {
  status: 'succeeded' | 'failed' | 'cancelled';
  steps?: number;
  error?: ErrorRecord;
}

export interface CleanDatasetInput extends WorkflowScope {
  datasetId: string;
  /** The version that the job makes; what it shall do is kept under this id. */
  versionId: string;
}
export interface CleanDatasetResult {
  status: 'succeeded' | 'failed' | 'cancelled';
  rows?: number;
  rowsRemoved?: number;
  cellsChanged?: number;
  cellsLost?: number;
  error?: ErrorRecord;
}

/** Started by a Temporal Schedule; makes the job's row and runs `indexSource` as a child. */
export interface ReindexScheduleInput {
  tenantId: string;
  dataSourceId: string;
  queues?: TaskQueueTable;
}
export interface ReindexScheduleResult {
  jobId: string;
  status: IndexSourceResult['status'] | 'skipped';
}

/** Started by a Temporal Schedule; runs the SQL of a question again. */
export interface QuestionScheduleInput {
  tenantId: string;
  questionId: string;
  /** Absent for a question about datasets. */
  dataSourceId?: string;
  queues?: TaskQueueTable;
}
export interface QuestionScheduleResult {
  /** The run's. */
  questionId?: string;
  status: AnswerQuestionResult['status'] | 'gone';
}

/** Started by a Temporal Schedule of the whole installation; looks after what no other workflow ends. */
export interface SweepInput {
  queues?: TaskQueueTable;
}
export interface SweepResult {
  /** Jobs that nobody worked on any more and that were ended with a reason. */
  endedJobs: number;
}

export const WORKFLOWS = {
  indexSource: 'indexSource',
  answerQuestion: 'answerQuestion',
  ingestDataset: 'ingestDataset',
  profileDataset: 'profileDataset',
  planCleaning: 'planCleaning',
  cleanDataset: 'cleanDataset',
  reindexSchedule: 'reindexSchedule',
  questionSchedule: 'questionSchedule',
  searchSchema: 'searchSchema',
  exportResult: 'exportResult',
  describeSchema: 'describeSchema',
  checkExamples: 'checkExamples',
  sweep: 'sweep',
} as const;

/** Signals that a running workflow takes. */
export const SIGNALS = {
  /** `ChoiceMade`: the store holds the reader's reply to this round. */
  choiceMade: 'choiceMade',
} as const;
export interface ChoiceMade {
  round: number;
}

/** Ids are derived, so that starting twice is starting once. */
export const workflowIds = {
  answerQuestion: (questionId: string): string => `answer-${questionId}`,
  indexSource: (dataSourceId: string, runId: string): string => `index-${dataSourceId}-${runId}`,
  searchSchema: (searchId: string): string => `search-${searchId}`,
  describeSchema: (dataSourceId: string, runId: string): string => `describe-${dataSourceId}-${runId}`,
  checkExamples: (runId: string): string => `check-${runId}`,
  exportResult: (exportId: string): string => `export-${exportId}`,
  ingestDataset: (datasetId: string, versionId: string): string => `ingest-${datasetId}-${versionId}`,
  profileDataset: (datasetId: string, profileId: string): string => `profile-${datasetId}-${profileId}`,
  questionSchedule: (questionId: string): string => `ask-again-${questionId}`,
  planCleaning: (planId: string, revision: number): string => `plan-cleaning-${planId}-${revision}`,
  cleanDataset: (datasetId: string, versionId: string): string => `clean-${datasetId}-${versionId}`,
  reindexSchedule: (dataSourceId: string): string => `reindex-${dataSourceId}`,
  /** One for a namespace. */
  sweep: (): string => 'quaestor-sweep',
};

/** Search attributes for operators; registered by platform/embedded and docs/ARCHITECTURE.md says how on a cluster. */
export const SEARCH_ATTRIBUTES = {
  QuaestorTenant: 'Keyword',
  QuaestorKind: 'Keyword',
  QuaestorSubject: 'Keyword',
  QuaestorPhase: 'Keyword',
} as const;
