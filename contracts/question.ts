import type { AnswerWarning, Chart } from './presentation.js';
import type { ErrorRecord } from './quaestor-error.js';

/** `waiting`: for its reader, who is asked which reading is meant. */
export type QuestionStatus =
  | 'queued'
  | 'running'
  | 'waiting'
  | 'answered'
  | 'refused'
  | 'failed'
  | 'cancelled';

/** The question back to the reader: which of several readings is meant. */
export interface ChoiceRequest {
  /** 1 for the first; a reply may lead to another. */
  round: number;
  readings: string[];
  requestedAt: string;
  /** The reading that was chosen, or the reader's own words; null until then. */
  chosen: string | null;
}

/** Why a table is in the context. */
export interface ChosenTable {
  canonicalTableName: string;
  /** 1 is best; join tables added by the path closure come last. */
  rank: number;
  score: number;
  reasons: string[];
  /** What each way of looking gave it; absent for tables that were not looked for, and in answers of before 0.2. */
  legs?: LegScores;
}

export interface LegScores {
  /** BM25F over names, comments and what people say. */
  words?: number;
  /** Cosine similarity of the nearest vector, -1 to 1. */
  vector?: number;
  /** Added for a stored value that the question names. */
  value?: number;
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
  /** `reader`: the wait for a choice. `other`: the engine, the queues and the records between the steps. */
  step: 'context' | 'model' | 'reader' | 'guard' | 'explain' | 'query' | 'store' | 'other';
  durationMs: number;
}

/** Who wrote the SQL: a model (`built-in` is always said), or a person by name. */
export interface ModelLabel {
  provider: 'built-in' | 'openai-compatible' | 'person';
  name: string;
}
export type ModelProvider = Exclude<ModelLabel['provider'], 'person'>;

/** That a question is another run of an earlier one, which stays as it is. */
export interface RunOf {
  questionId: string;
  /** `edit`: with SQL that its author wrote. `schedule`: asked again by its schedule. */
  kind: 'edit' | 'schedule';
  /** The user. */
  authorId: string;
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
  /** Chosen by the shape of the result; null where rows say it better. */
  chart: Chart | null;
  /** One to three sentences; each number in them is a cell of the result. */
  explanation: string | null;
  /** Known traps that this result may have fallen into. */
  warnings: AnswerWarning[];
  timings: AnswerTiming[];
  repairs: number;
  answeredAt: string;
}

/** An answered question of a conversation, as later ones build on it. */
export interface EarlierTurn {
  question: string;
  sql: string;
}

/** Questions that build on each other; its id is that of its first question. */
export interface Conversation {
  id: string;
  /** Null for a conversation about datasets. */
  dataSourceId: string | null;
  /** The first question. */
  title: string;
  questions: number;
  createdAt: string;
  lastAskedAt: string;
}

/** A table of a question about datasets: a dataset, or the rows of another question. */
export type AskedTable = {
  /** As the SQL calls it. */
  name: string;
} & (
  | { datasetId: string /** The version that was on when it was asked. */; versionId: string }
  | { resultOf: string }
);

export interface Question {
  id: string;
  jobId: string;
  /** Null for a question about datasets. */
  dataSourceId: string | null;
  /** What a question about datasets is asked of; absent for a data source. */
  tables?: AskedTable[];
  /** Its own id, unless it follows another question. */
  conversationId?: string;
  text: string;
  /** Name of the subject area that it keeps to; absent for all of its data source. */
  area?: string;
  status: QuestionStatus;
  answer: Answer | null;
  error: ErrorRecord | null;
  /** Set when the answer was taken from an earlier question. */
  cachedFrom: string | null;
  /** The newest question back to the reader; absent where there was none. */
  choice?: ChoiceRequest;
  /** Absent for a question that somebody asked. */
  run?: RunOf;
  createdAt: string;
  finishedAt: string | null;
}

export interface RowsPage {
  columns: ResultColumn[];
  rows: Cell[][];
  /** Absent on the last page. */
  nextCursor?: string;
}
