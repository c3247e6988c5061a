/** What the pool and its child processes say to each other, by Node's IPC with structured clones. */

import type { ErrorCode } from '../../../contracts/errors.js';
import type { InspectedFile, InspectFileInput } from '../ingest/inspect-file.js';
import type { NormalisedFile, NormaliseFileInput } from '../ingest/normalise-file.js';

/** A cell as it leaves DuckDB. Whole numbers beyond 2^53, decimals, dates and times are strings as DuckDB prints them. */
export type DuckDbCell = string | number | boolean | null | DuckDbCell[] | { [field: string]: DuckDbCell };

export type DuckDbParameter = string | number | bigint | boolean | null;

export interface DuckDbColumn {
  name: string;
  /** DuckDB's own name of the type: `BIGINT`, `DECIMAL(18,2)`, `VARCHAR`. */
  type: string;
}

/** How the database of one session is opened. */
export interface SessionSettings {
  /** DuckDB's own limit, which spills to disk before it fails. */
  memoryLimitBytes: number;
  threads: number;
  /** Where it spills. A session's own folder; the pool removes it. */
  spillFolder: string;
  /** Views over Parquet files by name, with `__row`. With `isUntrusted` they are all that the session can read. */
  views: Record<string, string>;
  /** Tables by name, each filled by a SELECT of ours, before the session is locked. */
  tables: Record<string, string>;
  /** Statements are somebody else's: no files, no settings, one SELECT at a time. */
  isUntrusted: boolean;
}

/** Work on files that no process of Quaestor's own shall do with files of anybody. */
export type FileTask =
  | { task: 'inspect'; input: InspectFileInput }
  | { task: 'normalise'; input: NormaliseFileInput };

export type ToProcess =
  | { kind: 'task'; task: FileTask }
  | { kind: 'open'; settings: SessionSettings }
  | { kind: 'query'; sql: string; parameters: DuckDbParameter[] }
  /** The plan of a SELECT; with `isUntrusted`, of one that a query would run. */
  | { kind: 'explain'; sql: string }
  /** The reader took a batch; the process keeps at most BATCHES_AHEAD unread. */
  | { kind: 'taken' }
  /** The running statement shall end soon. */
  | { kind: 'interrupt' }
  /** The session stays open for the next who wants the same; how much has the process grown? */
  | { kind: 'rest' }
  | { kind: 'close' };

export type FromProcess =
  | { kind: 'ready' }
  | { kind: 'opened' }
  | { kind: 'columns'; columns: DuckDbColumn[] }
  | { kind: 'batch'; rows: DuckDbCell[][] }
  | { kind: 'done'; rowsChanged: number }
  | { kind: 'finished'; result: InspectedFile | NormalisedFile }
  /** As `EXPLAIN (FORMAT json)` prints it. */
  | { kind: 'explained'; plan: string }
  | { kind: 'failed'; message: string; code?: ErrorCode; details?: Record<string, unknown> }
  | { kind: 'resting'; grownBytes: number }
  | { kind: 'closed'; grownBytes: number };

export const BATCHES_AHEAD = 4;
