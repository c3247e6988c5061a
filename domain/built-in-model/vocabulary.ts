import type { RegistryColumn, RegistryTable } from '../../contracts/schema-registry.js';
import type { TimeUnit } from './calendar.js';
import type { AggregateFunction, ArithmeticOperator, CompareOperator, SpanUnit } from './operators.js';

export type ValueKind = 'number' | 'text' | 'date' | 'boolean' | 'other';

/** A word of a table's or column's name, in the forms that questions are compared with. */
export interface NameWord {
  concept: string;
  root: string;
}

export interface ColumnInfo {
  table: TableInfo;
  source: RegistryColumn;
  /** Without the prefix that all columns of the table share. */
  words: NameWord[];
  kind: ValueKind;
  /** A timestamp with time zone. */
  isZoned: boolean;
  /** A date without time of day. */
  isDay: boolean;
  /** Part of a primary or foreign key, or named as an id: never summed, seldom shown. */
  isKey: boolean;
  /** The table that the column points to by a foreign key of its own. */
  refersTo: TableInfo | null;
  /** What it is computed from, where it is not stored. */
  formula?: Formula;
}

export interface TableInfo {
  source: RegistryTable;
  /** 0 is best. */
  rank: number;
  words: NameWord[];
  /** Words that stand for the table in its column names (`cust` of `sbCustName`). */
  aliasWords: NameWord[];
  columns: ColumnInfo[];
  primaryKey: ColumnInfo[];
  /** Columns by which people know a row: name, title, code. */
  labels: ColumnInfo[];
}

/** A foreign key whose columns were found. `implied` ones are read from names, not declared. */
export interface Link {
  from: TableInfo;
  fromColumns: ColumnInfo[];
  to: TableInfo;
  toColumns: ColumnInfo[];
  implied: boolean;
  /** Found by indexing in the values, not declared: rows of one side may have no partner. */
  isInferred?: boolean;
  /** Neither side has one row for each value: good for EXISTS only. */
  isPeer?: boolean;
}

export interface Vocabulary {
  tables: TableInfo[];
  links: Link[];
  /** Of one question: what it may speak of although it is not stored. */
  derived?: DerivedColumn[];
}

/** A computed column that a question may name without saying how it is computed. */
export interface DerivedColumn {
  column: ColumnInfo;
  /** Lower-case words that name it. */
  names: readonly string[];
}

/** What a computed column is: of the columns of one row, or of a row and one that it belongs to. */
export type Formula =
  | { kind: 'arithmetic'; op: ArithmeticOperator; left: Operand; right: Operand }
  /** Time from one date to another; without a unit as the database shows it. */
  | { kind: 'span'; from: ColumnInfo; to: ColumnInfo; unit: SpanUnit | null }
  /** Yes or no. */
  | { kind: 'compare'; op: CompareOperator; left: ColumnInfo; right: ColumnInfo }
  /** Both dates in one day, week, month … */
  | { kind: 'same-time'; unit: TimeUnit; left: ColumnInfo; right: ColumnInfo }
  /** Whole years from a birth to today. */
  | { kind: 'age'; birth: ColumnInfo }
  /** Against the average (or another aggregate) of the same column over the whole table. */
  | { kind: 'compare-all'; op: CompareOperator; column: ColumnInfo; fn: AggregateFunction };

export type Operand = ColumnInfo | number;
