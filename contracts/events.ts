import type { JobProgress } from './job.js';
import type { ErrorRecord } from './quaestor-error.js';
import type { AnswerTiming, ChosenTable, ResultColumn } from './question.js';

/**
 * The numbered progress of a job. Rows `(job, seq, kind, data)` in Postgres are the truth; `seq` starts at 1 and has no gaps.
 * Kinds are past tense. Clients must ignore kinds that they do not know.
 */
export interface EventData {
  /** `reason`: why Quaestor started it by itself. */
  'job.queued': { reason?: 'drift' };
  'job.started': Record<string, never>;
  'job.progressed': JobProgress;
  'job.succeeded': Record<string, unknown>;
  'job.failed': { error: ErrorRecord };
  'job.cancelled': Record<string, never>;

  'schema.introspected': {
    schemas: number;
    tables: number;
    columns: number;
    skipped: string[];
    durationMs: number;
  };
  'values.sampled': {
    /** Columns whose values are known, and how many values these are. */
    columns: number;
    values: number;
    /** Columns left alone because they look personal. */
    withheld: number;
    /** Tables that refused or took too long; the first of them by name. */
    skipped: number;
    skippedTables: { table: string; reason: string }[];
    durationMs: number;
  };
  'joins.inferred': {
    /** Joins that no key declares and that questions use from now on. */
    joins: number;
    /** Joins that are shown to people for a decision, and not used before. */
    doubtful: number;
    /** Candidates that were held against the data. */
    probed: number;
    durationMs: number;
  };
  'embedding.planned': {
    items: number;
    batches: number;
    unchanged: number;
    /** Contents that the model refused before and that are not asked again yet. */
    refused?: number;
  };
  'batch.embedded': {
    batch: number;
    items: number;
    tokens: number;
    durationMs: number;
    /** Items that the model refused by themselves; `items.refused` names them. */
    refused?: number;
  };
  'items.refused': {
    batch: number;
    count: number;
    /** The first of them, with the endpoint's words. */
    items: { name: string; reason: string }[];
  };
  'version.activated': { versionId: string; tables: number; columns: number };

  /** What nothing describes: tables that are asked about, names in them, requests; and tables beyond the limit. */
  'descriptions.planned': { tables: number; names: number; batches: number; leftOut: number };
  'descriptions.proposed': {
    batch: number;
    proposed: number;
    /** Entries of the reply that were not taken. */
    dropped: number;
    tokens: number;
    durationMs: number;
    /** The reply held no entry at all. */
    isUnusable?: boolean;
  };

  'dataset.read': {
    versionId: string;
    rows: number;
    columns: number;
    rejectedCells: number;
    durationMs: number;
  };

  /** Columns whose profile is in the store from now on. */
  'columns.profiled': {
    columns: {
      index: number;
      name: string;
      type: string;
      nulls: number;
      distinct: number;
      warnings: number;
    }[];
  };
  'dataset.profiled': { rows: number; columns: number; warnings: number; durationMs: number };
  'cleaning.planned': {
    planId: string;
    steps: number;
    recommended: number;
    /** Steps that do not fit. */
    problems: number;
    isCached: boolean;
    durationMs: number;
  };
  'dataset.cleaned': {
    versionId: string;
    rows: number;
    columns: number;
    rowsRemoved: number;
    cellsChanged: number;
    cellsLost: number;
    durationMs: number;
  };

  'context.chosen': {
    tables: ChosenTable[];
    durationMs: number;
    /** Why the tables were chosen by words alone; absent when vectors took part. */
    withoutVectors?: string;
  };
  /** The question can be read in several ways and waits for its reader. */
  'choice.requested': { questionId: string; round: number; readings: string[] };
  'choice.made': { round: number; chosen: string };
  'sql.generated': {
    sql: string;
    model: string;
    attempt: number;
    durationMs: number;
    /** The question whose SQL this is: the same one was answered in the last days, so no model was asked. */
    reusedFrom?: string;
  };
  'sql.refused': { sql: string; attempt: number; error: ErrorRecord };
  'sql.accepted': { sql: string; durationMs: number };
  'query.started': { placement: 'inline' | 'queued'; estimatedCost: number; estimatedRows: number };
  'query.completed': { rowCount: number; truncated: boolean; columns: ResultColumn[]; durationMs: number };
  'answer.recorded': { questionId: string; timings: AnswerTiming[] };
}

export type EventKind = keyof EventData;

export interface JobEvent<K extends EventKind = EventKind> {
  jobId: string;
  seq: number;
  kind: K;
  data: EventData[K];
  at: string;
}
