import type { DateRange, TimeUnit } from './calendar.js';
import type { AggregateFunction, ChangeScale, ClockRange, CompareOperator, GroupUnit } from './operators.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';

/** A reading of one span of a question. */
export type Lexeme = { words: string; isPlural?: boolean } & (
  | { kind: 'opener'; mood: 'list' | 'which' | 'what' }
  | { kind: 'count'; isHowMany: boolean }
  | { kind: 'aggregate'; fn: AggregateFunction }
  | { kind: 'distinct' }
  | { kind: 'group'; isEach: boolean; isPer: boolean }
  | { kind: 'time-unit'; unit: GroupUnit; isAdverb: boolean }
  | { kind: 'over-time' }
  | { kind: 'top'; direction: 'asc' | 'desc' }
  | { kind: 'superlative'; direction: 'asc' | 'desc'; hints: readonly string[]; isCounting: boolean }
  | { kind: 'compare'; op: CompareOperator }
  | { kind: 'between' }
  | { kind: 'number'; value: number }
  | { kind: 'order' }
  | { kind: 'direction'; direction: 'asc' | 'desc' }
  | { kind: 'without' }
  | { kind: 'null'; isNull: boolean }
  | { kind: 'match'; mode: 'starts' | 'ends' | 'contains' }
  | { kind: 'named' }
  | { kind: 'with' }
  | { kind: 'who' }
  | { kind: 'be' }
  | { kind: 'prep'; word: string }
  | { kind: 'and' }
  | { kind: 'or' }
  | { kind: 'not' }
  | { kind: 'comma' }
  | { kind: 'stop' }
  | { kind: 'filler'; isVerb: boolean }
  | { kind: 'ratio'; isShare: boolean; scale: 1 | 100 }
  | { kind: 'unit'; unit: string }
  | { kind: 'role'; root: string }
  | {
      kind: 'time';
      range: DateRange;
      reading: string;
      bucket?: TimeUnit;
      weekdays?: number[];
      clock?: ClockRange;
    }
  | { kind: 'quoted'; text: string }
  /** Capitalised words that the schema does not know: somebody's or something's name. */
  | { kind: 'proper'; text: string }
  | { kind: 'table'; table: TableInfo }
  | {
      kind: 'column';
      column: ColumnInfo;
      namesTable: boolean;
      isNegated?: boolean;
      /** Further columns that the words name with it: first and last name. */
      beside?: ColumnInfo[];
    }
  | { kind: 'change'; scale: ChangeScale }
  | { kind: 'rank' }
  | { kind: 'both' }
  /** What lasts is over, or is not, on a day. */
  | { kind: 'standing'; isOver: boolean; column: ColumnInfo; from: ColumnInfo | null; today: string }
  | { kind: 'combination' }
  /** "success rate", "attendance rate": which part of the rows is so. */
  | { kind: 'share'; filter: ShareFilter }
  | { kind: 'value'; column: ColumnInfo; values: string[] }
  | { kind: 'sales'; words: string }
  | { kind: 'unknown'; word: string }
);

/** What holds of the rows that a share counts. */
export type ShareFilter =
  | { kind: 'values'; column: ColumnInfo; values: string[] }
  | { kind: 'boolean'; column: ColumnInfo };

export type LexemeOf<K extends Lexeme['kind']> = Extract<Lexeme, { kind: K }>;

/** A lexeme over tokens `start` to `end` (not included), and how well it fits. */
export interface Edge {
  start: number;
  end: number;
  score: number;
  lexeme: Lexeme;
}
