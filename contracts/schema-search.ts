import type { ChosenTable } from './question.js';
import type { MappingKind } from './schema-mapping.js';
import type { ForeignKey, SampledValues } from './schema-registry.js';

/** One table that a search found. */
export interface FoundTable extends ChosenTable {
  kind: string;
  comment: string | null;
  estimatedRows: number | null;
  columnCount: number;
  /** Columns whose names, comments or values have words of the query, best first. */
  columns: { name: string; dataType: string; comment: string | null; values: string[] }[];
  /** Other tables alike but for numbers in their names: how many there are with this one, and the first and last of them. */
  family?: { members: number; first: string; last: string };
}

export interface SearchResult {
  tables: FoundTable[];
  /** Joins among the found tables. */
  joins: ForeignKey[];
  /** Stored values that the query may speak of, by canonical column name. */
  values: SampledValues;
  /** How much people said takes part, by kind. */
  mappings: Partial<Record<MappingKind, number>>;
  /** Why vectors took no part; absent when they did. */
  withoutVectors?: string;
  durationMs: number;
}

export const SEARCH_LIMITS = {
  /** UTF-16 code units. */
  queryChars: 4_000,
  tables: 50,
  /** Columns told of one table. */
  columns: 8,
  /** Values told of one column. */
  values: 3,
  /** Joins told of one result. */
  joins: 200,
  /** Longest comment told, of a table and of a column; UTF-16 code units. */
  tableCommentChars: 300,
  columnCommentChars: 100,
  timeoutMs: 30_000,
} as const;
