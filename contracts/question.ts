import type { ErrorRecord } from './quaestor-error.js';

export type QuestionStatus = 'queued' | 'running' | 'answered' | 'refused' | 'failed' | 'cancelled';

/** Why a table is in the context. */
export interface ChosenTable {
  canonicalTableName: string;
  /** 1 is best; join tables added by the path closure come last. */
  rank: number;
  score: number;
  reasons: string[];
}

export interface ResultColumn {
  name: string;
  /** The database's type: `int8`, `numeric`, `timestamptz`. */
  type: string;
}

/** One cell. Numbers that JavaScript cannot hold exactly (int8, numeric) and all dates are strings as the database prints them. */
export type Cell = string | number | boolean | null;

/** Where the time of one answer went. */
export interface AnswerTiming {
  /** `other`: the engine, the queues and the records between the steps. */
  step: 'context' | 'model' | 'guard' | 'explain' | 'query' | 'store' | 'other';
  durationMs: number;
}

/** Which model wrote the SQL. `built-in` is always said. */
export interface ModelLabel {
  provider: 'built-in' | 'openai-compatible';
  name: string;
}

export interface Answer {
  sql: string;
  columns: ResultColumn[];
  rowCount: number;
  /** More rows or bytes were there than are kept. */
  truncated: boolean;
  tables: ChosenTable[];
  model: ModelLabel;
  /** One sentence on how the SQL reads the question; from the built-in model or the language model. */
  interpretation: string | null;
  timings: AnswerTiming[];
  repairs: number;
  answeredAt: string;
}

export interface Question {
  id: string;
  jobId: string;
  dataSourceId: string;
  text: string;
  status: QuestionStatus;
  answer: Answer | null;
  error: ErrorRecord | null;
  /** Set when the answer was taken from an earlier question. */
  cachedFrom: string | null;
  createdAt: string;
  finishedAt: string | null;
}

export interface RowsPage {
  columns: ResultColumn[];
  rows: Cell[][];
  /** Absent on the last page. */
  nextCursor?: string;
}
