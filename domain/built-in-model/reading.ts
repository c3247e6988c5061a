import type { DateRange, TimeUnit } from './calendar.js';
import type { AggregateFunction, ChangeScale, ClockRange, CompareOperator, GroupUnit } from './operators.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';

/** What is computed. A `bare` column becomes a sum or a plain column, as the rest of the question has it. */
export type Measure =
  | { kind: 'count'; table: TableInfo }
  | { kind: 'count-distinct'; column: ColumnInfo }
  | { kind: 'aggregate'; fn: AggregateFunction; column: ColumnInfo }
  | { kind: 'bare'; column: ColumnInfo }
  | { kind: 'sales'; fn: AggregateFunction; words: string }
  | { kind: 'ratio'; top: RatioPart; bottom: RatioPart; scale: 1 | 100 };

/** A measure with conditions of its own. */
export interface RatioPart {
  measure: Measure;
  filters: Filter[];
}

export type Dimension =
  | { kind: 'entity'; table: TableInfo }
  | { kind: 'column'; column: ColumnInfo }
  | { kind: 'time'; unit: GroupUnit; column: ColumnInfo | null };

export type Filter =
  | {
      kind: 'values';
      column: ColumnInfo;
      values: string[];
      isExact: boolean;
      negated: boolean;
      /** There must be rows with each of them. */
      isAll?: boolean;
      /** The table last spoken of before the value. */
      focus?: TableInfo | null;
    }
  | { kind: 'compare'; column: ColumnInfo; op: CompareOperator; value: number }
  | { kind: 'between'; column: ColumnInfo; low: number; high: number }
  | { kind: 'boolean'; column: ColumnInfo; value: boolean }
  | { kind: 'null'; column: ColumnInfo; isNull: boolean }
  | { kind: 'match'; column: ColumnInfo; mode: 'starts' | 'ends' | 'contains'; text: string }
  | {
      kind: 'time';
      column: ColumnInfo | null;
      range: DateRange;
      focus: TableInfo | null;
      bucket?: TimeUnit;
      /** Rows without a date count as well. */
      orEmpty?: boolean;
      /** ISO days of the week, 1 is Monday. */
      weekdays?: number[];
      clock?: ClockRange;
    }
  | { kind: 'exists'; table: TableInfo; negated: boolean }
  /** At least one of them holds; all of one table. */
  | { kind: 'or'; filters: Filter[] };

export interface Having {
  measure: Measure;
  op: CompareOperator;
  value: number;
}

/** What the parser understood, before it is known whether the schema can do it. */
export interface Reading {
  mood: 'list' | 'which' | 'what' | 'count';
  /** The things asked for, when rows or groups of a table are. */
  subject: TableInfo | null;
  subjectIsPlural: boolean;
  projections: ColumnInfo[];
  measures: Measure[];
  dimensions: Dimension[];
  filters: Filter[];
  having: Having[];
  order: {
    by: Measure | null;
    direction: 'asc' | 'desc';
    isTopBy?: boolean;
    /** "the most seats", of things that may have several rows. */
    isTotal?: boolean;
    /** Single rows are ranked by a column ("the most expensive bills"). */
    isOfRows?: boolean;
    /** Further columns, where the first are alike. */
    further?: { column: ColumnInfo; direction: 'asc' | 'desc' }[];
  } | null;
  limit: number | null;
  /** The limit holds inside each group of these. */
  limitWithin: Dimension[];
  /** From each stretch of time to the next. */
  change: { scale: ChangeScale } | null;
  /** The place of each group or row among all is shown. */
  rank: { by: Measure; direction: 'asc' | 'desc' } | null;
  /** "combinations of a and b": the groups are of all columns named together. */
  isCombination: boolean;
  /** Tables named in passing: the joins must go through them. */
  mentioned: TableInfo[];
  isDistinct: boolean;
  /** Roots of words that choose between foreign keys ("billing"); each must have chosen one. */
  roles: string[];
  /** Units that numbers were said to be in ("km"); nothing is converted. */
  units: string[];
  /** Guesses made on the way; each lowers confidence and is told in the interpretation. */
  notes: string[];
  penalty: number;
}

/** A reading or plan that cannot be; the reason is shown when no other reading is left. */
export class CannotRead extends Error {
  override readonly name = 'CannotRead';
  constructor(
    message: string,
    /** How far from a good reading: reasons of higher weight are told first. */
    readonly weight = 1,
    /** Words of the question that nothing is known of. */
    readonly unknown: string[] = [],
  ) {
    super(message);
  }
}
