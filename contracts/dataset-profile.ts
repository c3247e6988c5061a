import type { JobStatus } from './job.js';
import type { ErrorRecord } from './quaestor-error.js';

/**
 * The profile of a dataset version. docs/profile.md defines each figure. A figure is exact unless its column's `approximate` names it;
 * absent figures do not exist for the column (no variance of text, no quartiles of fewer than four values).
 */
export type ColumnKind = 'number' | 'boolean' | 'temporal' | 'text' | 'other';

/** A column as the file's catalog tells it. */
export interface ProfiledColumn {
  name: string;
  /** The type in DuckDB's words, for example `DECIMAL(10,2)`. */
  type: string;
  kind: ColumnKind;
}

export interface ValueCount {
  /** The value as text, cut after 200 characters. */
  text: string;
  count: number;
  /** 1-based row of its first occurrence. */
  firstRow: number;
}

/** A column reduced to its shape: `9` a digit, `9+` five or more, `a` small letters, `A` capitals; all else as it stands. */
export interface PatternCount {
  pattern: string;
  count: number;
  distinct: number;
  firstRow: number;
  examples: string[];
}

export interface NumberFigures {
  /** Exact for integers and decimals, as text; compensated for doubles. */
  sum: string | null;
  mean: number | null;
  /** Sample (n − 1) and population (n) figures. */
  stddev: number | null;
  variance: number | null;
  stddevPopulation: number | null;
  variancePopulation: number | null;
  /** Standard error of the mean, from the population's standard deviation. */
  sem: number | null;
  /** Coefficient of variation in percent, from the population's standard deviation. */
  cv: number | null;
  /** Of the moments: sample skewness and excess kurtosis. */
  skewness: number | null;
  kurtosis: number | null;
  geometricMean: number | null;
  harmonicMean: number | null;
  negatives: number;
  zeros: number;
  positives: number;
  /** NaN and infinities; left out of all other figures. */
  notFinite: number;
  /** Values with a fraction, and the row of the first. */
  fractions: number;
  firstFractionRow: number | null;
  /** Most digits after the point. */
  maxPrecision: number | null;
}

export interface QuantileFigures {
  /** Nearest rank. Keys: 1, 5, 10, 25, 40, 50, 60, 75, 90, 95, 99. Temporal columns: text. */
  percentiles: Record<string, string>;
  /** Medians of the halves, the middle value left out (Moore and McCabe). Temporal columns: seconds since 1970. */
  q1: number;
  median: number;
  q3: number;
  iqr: number;
  /** Tukey's fences: 1.5 and 3 interquartile ranges beyond the quartiles. */
  lowerOuterFence: number;
  lowerInnerFence: number;
  upperInnerFence: number;
  upperOuterFence: number;
  /** Median distance from the median. */
  mad: number;
  /** Bowley: (q3 − 2 median + q1) / iqr. */
  quartileSkewness: number | null;
}

export interface LengthFigures {
  minBytes: number;
  maxBytes: number;
  sumBytes: number;
  meanBytes: number;
  /** Population figures over the cells that hold something. */
  variancePopulation: number;
  minCharacters: number;
  maxCharacters: number;
}

export interface TextFigures {
  lengths: LengthFigures;
  /** Cells of no characters, and of white space only. */
  empty: number;
  blank: number;
  /** White space at an end. */
  padded: number;
  notAscii: number;
  /** Cells with signs of a wrong decoding (`Ã©`, `â€™`, the replacement character), and with control characters. */
  mojibake: number;
  control: number;
  /** Cells that say "total" or the like. */
  totalWords: number;
  /** Words for "nothing": n/a, null, -, #REF! and their like. */
  nullWords: number;
  nullWordExamples: string[];
  patterns: PatternCount[];
  patternCount: number;
}

export interface HistogramBin {
  from: number;
  to: number;
  count: number;
}

export interface OutlierFigures {
  /** Beyond Tukey's inner and outer fences. */
  beyondInner: number;
  beyondOuter: number;
  /** Robust z (0.6745 × distance from the median / mad) above 3.5. */
  robustZ: number;
  /** Values that stand apart from all others; see docs/profile.md. */
  apart: ValueCount[];
}

export interface DateFigures {
  first: string;
  last: string;
  /** The usual step between distinct values, in seconds, when at least nine in ten steps are equal (months count as equal). */
  stepSeconds: number | null;
  gaps: { after: string; before: string; missing: number }[];
}

export type SemanticType =
  | 'email'
  | 'phone'
  | 'iban'
  | 'payment-card'
  | 'url'
  | 'ip-address'
  | 'uuid'
  | 'country'
  | 'currency'
  | 'date'
  | 'time'
  | 'number'
  | 'quantity'
  | 'boolean'
  | 'person-name'
  | 'code'
  | 'category'
  | 'free-text';

export interface SemanticFigures {
  type: SemanticType;
  /** Share of the cells examined that are of this type, 0 to 1. */
  share: number;
  personal: boolean;
}

export interface SimilarValues {
  kind: 'variant' | 'typo';
  values: ValueCount[];
}

export interface Approximation {
  method: string;
  /** Standard error as a share of the figure, where it is known. */
  relativeError?: number;
  /** Of quantiles: standard error of the rank as a share of the cells; of a histogram: that of a bin's share. */
  rankError?: number;
  /** Of the sortiness: its standard error. Of counts of cells (patterns, control, totalWords): theirs as a share of all cells, at most. */
  absoluteError?: number;
  /**
   * Of frequent values and the mode: a value with more than this share of the cells is not missed, but for one case in a thousand. Of rare
   * values and the antimode: at most this share of the values is rarer than what is shown, with the same certainty.
   */
  missedShare?: number;
}

export interface ColumnProfile extends ProfiledColumn {
  index: number;
  rows: number;
  nulls: number;
  distinct: number;
  /** Values that occur once. */
  unique: number | null;
  min: string | null;
  max: string | null;
  /** In the order of the rows: (pairs not falling − pairs falling) / pairs, nulls left out. */
  sortiness: number | null;
  sortOrder: 'ascending' | 'descending' | 'unsorted' | null;
  top: ValueCount[];
  rare: ValueCount[];
  mode: { count: number; occurrences: number };
  antimode: { count: number; occurrences: number };
  numbers?: NumberFigures;
  quantiles?: QuantileFigures;
  text?: TextFigures;
  histogram?: HistogramBin[];
  outliers?: OutlierFigures;
  dates?: DateFigures;
  semantic?: SemanticFigures;
  similar?: SimilarValues[];
  /** Figures that are estimates. */
  approximate?: Record<string, Approximation>;
  /** Equal for columns whose cells are equal row by row, in the sample of rows where there is one. */
  fingerprint: string;
}

export interface Association {
  left: string;
  right: string;
  measure: 'pearson' | 'spearman' | 'cramers-v' | 'correlation-ratio';
  value: number;
  /** Rows that it rests on; all of them or a sample. */
  rows: number;
}

export interface Dependency {
  /** The values of these columns decide that of `dependent`, in every row. */
  determinant: string[];
  dependent: string;
}

export type WarningKind =
  | 'empty-column'
  | 'constant-column'
  | 'mostly-missing'
  | 'duplicate-column'
  | 'duplicate-rows'
  | 'duplicate-keys'
  | 'empty-rows'
  | 'rejected-cells'
  | 'null-words'
  | 'placeholder-values'
  | 'padded-values'
  | 'mojibake'
  | 'control-characters'
  | 'not-finite'
  | 'outliers'
  | 'impossible-values'
  | 'mixed-types'
  | 'late-type-change'
  | 'mixed-units'
  | 'mixed-date-formats'
  | 'mixed-number-formats'
  | 'mixed-booleans'
  | 'invalid-values'
  | 'similar-values'
  | 'date-gaps'
  | 'broken-dependency'
  | 'subtotal-rows'
  | 'preamble-rows'
  | 'footer-rows'
  | 'repeated-header';

export type NoticeKind =
  | 'personal-data'
  | 'unique'
  | 'candidate-key'
  | 'missing'
  | 'zeros'
  | 'skewed'
  | 'uniform'
  | 'imbalance'
  | 'high-cardinality'
  | 'high-correlation'
  | 'dependency'
  | 'sorted'
  | 'numbers-as-text'
  | 'dates-as-text'
  | 'ambiguous-dates';

/** A warning is likely a defect; a notice is a property worth knowing. */
export interface Finding {
  level: 'warning' | 'notice';
  kind: WarningKind | NoticeKind;
  /** Absent when it is about the file. */
  column?: string;
  /** One sentence with the figures. */
  message: string;
  /** Cells or rows concerned. */
  count: number;
  /** Up to ten rows where it shows, 1-based. */
  rows?: number[];
  examples?: string[];
}

/** What is said of the file as a whole. */
export type ProfileSummary = Omit<DatasetProfile, 'columns'>;

export interface DatasetProfile {
  version: 1;
  rows: number;
  columns: ColumnProfile[];
  /** Rows equal to an earlier one. */
  duplicateRows: number;
  emptyRows: number;
  candidateKeys: string[][];
  dependencies: Dependency[];
  associations: Association[];
  findings: Finding[];
}

/** How far the profile of a dataset's data is. */
export interface ProfileState {
  id: string;
  /** The version that it was made from: of this dataset, or of another one with the same content. */
  versionId: string;
  jobId: string;
  status: JobStatus;
  error: ErrorRecord | null;
  columnsDone: number;
  columnsTotal: number;
  createdAt: string;
  finishedAt: string | null;
  /** Until then it is given out instead of being made again; null while it is not whole. */
  cachedUntil: string | null;
}

/** A profile as far as it is; what is said of the whole file comes last. */
export type PartialProfile = Pick<DatasetProfile, 'columns' | 'findings'> & Partial<DatasetProfile>;
