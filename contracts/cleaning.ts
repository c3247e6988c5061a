/**
 * Cleaning a dataset. A step is one change with its parameters, a recipe an ordered list of steps that can be replayed on any dataset with
 * the columns that it names, a plan a recipe in the making: proposed steps with what each would do. docs/cleaning.md defines every step.
 */
import type { DatasetColumn } from './dataset.js';
import type { Finding } from './dataset-profile.js';
import type { ErrorRecord } from './quaestor-error.js';

/** What becomes of cells that have no exact value in the new type: NULL and listed, kept (the column stays text), or the job ends. */
export type Misfits = 'null' | 'keep-text' | 'refuse';

export type ValueType = 'text' | 'integer' | 'decimal' | 'double' | 'boolean' | 'date' | 'timestamp';

/** Missing: NULL, and in text columns also a cell of white space only. */
export type RowCondition =
  | { column: string; is: 'missing' | 'not-missing' }
  | {
      column: string;
      is: 'equal-to' | 'not-equal-to' | 'less-than' | 'at-most' | 'greater-than' | 'at-least';
      value: string | number | boolean;
    }
  | { column: string; is: 'one-of' | 'not-one-of'; values: (string | number)[] }
  | { column: string; is: 'contains' | 'starts-with' | 'ends-with'; text: string }
  | { all: RowCondition[] }
  | { any: RowCondition[] };

/** How numbers are written. */
export interface NumberWriting {
  decimal: '.' | ',';
  /** Between thousands; empty for none. */
  thousands: '' | ',' | '.' | ' ' | "'";
}

export type CleaningStep =
  | { kind: 'trim'; columns: string[]; collapse: boolean }
  | { kind: 'change-case'; columns: string[]; to: 'lower' | 'upper' | 'title' }
  | { kind: 'replace-values'; column: string; values: { from: string; to: string | null }[] }
  /** Compared without case and without white space at the ends. */
  | { kind: 'null-words'; columns: string[]; words: string[] }
  | ({
      kind: 'parse-numbers';
      columns: string[];
      to: 'integer' | 'decimal' | 'double';
      /** Digits after the point; for `decimal`. */
      scale?: number | undefined;
      /** Currencies or a unit, before or after the digits. */
      affixes: string[];
      /** `number`: 12 % is 12; `fraction`: it is 0.12; `none`: it is no number. */
      percent: 'none' | 'number' | 'fraction';
      misfits: Misfits;
    } & NumberWriting)
  | { kind: 'parse-dates'; columns: string[]; formats: string[]; to: 'date' | 'timestamp'; misfits: Misfits }
  | { kind: 'parse-booleans'; columns: string[]; yes: string[]; no: string[]; misfits: Misfits }
  | { kind: 'change-type'; columns: string[]; to: ValueType; scale?: number | undefined; misfits: Misfits }
  | {
      kind: 'fill-missing';
      columns: string[];
      with:
        | { constant: string }
        | { statistic: 'median' | 'mode' }
        | { forward: { orderBy?: string | undefined } };
    }
  | { kind: 'drop-rows'; where: RowCondition }
  | { kind: 'drop-missing'; columns?: string[] | undefined; how: 'any' | 'all' }
  /** Without `columns`: rows equal in every cell. */
  | { kind: 'drop-duplicates'; columns?: string[] | undefined; keep: 'first' | 'last' }
  | { kind: 'drop-total-rows' }
  | { kind: 'drop-edge-rows' }
  | { kind: 'drop-repeated-headers' }
  | { kind: 'drop-columns'; columns: string[] }
  | { kind: 'rename-columns'; names: { from: string; to: string }[] }
  /** Columns that are not named follow in their order. */
  | { kind: 'reorder-columns'; columns: string[] }
  /** The last part takes what is left of the text. */
  | { kind: 'split-column'; column: string; delimiter: string; into: string[]; keepSource: boolean }
  | { kind: 'merge-columns'; columns: string[]; separator: string; into: string; keepSources: boolean }
  /** Numbers with a unit into one unit: a value is multiplied by its unit's factor. The empty unit is that of bare numbers. */
  | ({
      kind: 'convert-units';
      column: string;
      units: { unit: string; factor: number }[];
      misfits: Misfits;
    } & NumberWriting)
  /** Without bounds: beyond the quartiles by `fences` interquartile ranges. */
  | {
      kind: 'cap-outliers';
      columns: string[];
      lower?: number | undefined;
      upper?: number | undefined;
      fences?: number | undefined;
      treat: 'cap' | 'null';
    }
  /** `hash`: SHA-256 of salt and text, in hex; `redact`: asterisks but for the last `keepLast` characters. */
  | {
      kind: 'mask';
      columns: string[];
      method: 'hash' | 'redact';
      salt?: string | undefined;
      keepLast?: number | undefined;
    };

export type CleaningStepKind = CleaningStep['kind'];

export const RECIPE_FORMAT = 'quaestor-cleaning-recipe';

export interface CleaningRecipe {
  format: typeof RECIPE_FORMAT;
  version: 1;
  /** What it was made for: the columns that it found. */
  columns?: { name: string; type: string }[] | undefined;
  steps: CleaningStep[];
}

export interface ChangedCell {
  /** `__row` of the version. */
  row: number;
  /** Cut after 200 characters. */
  before: string | null;
  after: string | null;
}

export interface ColumnEffect {
  column: string;
  /** Cells that read otherwise afterwards. */
  changed: number;
  /** Cells that held something and hold nothing afterwards. */
  lost: number;
  /** The first of them by row. */
  examples: ChangedCell[];
  lostExamples: ChangedCell[];
}

/** What a step did, or would do; rows and cells that earlier steps removed do not count. */
export interface StepEffect {
  rowsRemoved: number;
  removedRows: { row: number; cells: { column: string; text: string | null }[] }[];
  cellsChanged: number;
  cellsLost: number;
  columns: ColumnEffect[];
  columnsAdded: string[];
  columnsRemoved: string[];
  /** Figures that were found in the data for it: medians, modes, fences. */
  facts: { column: string; what: string; value: string | null }[];
}

export interface StepProblem {
  /** Place of the step, from 0. */
  step: number;
  /** The column that is missing or does not fit. */
  column?: string;
  reason: 'missing-column' | 'wrong-type' | 'name-taken' | 'bad-value' | 'misfits';
  message: string;
}

export type PlannedStepStatus = 'proposed' | 'accepted' | 'rejected';

export interface PlannedStep {
  id: string;
  step: CleaningStep;
  status: PlannedStepStatus;
  /** Who proposed it. */
  origin: 'rule' | 'model' | 'person';
  /** Why, for a person to read. */
  reason: string;
  /** Rules are sure of it; the others are choices. */
  recommended: boolean;
  /** Absent until it is previewed; rejected steps keep the last one. */
  effect?: StepEffect;
  problem?: StepProblem;
}

export interface CleaningPlan {
  id: string;
  datasetId: string;
  /** The version that it was made for. */
  versionId: string;
  /** The job that made its current preview. */
  jobId: string;
  revision: number;
  /** Whether the previews are those of the steps as they stand. */
  isPreviewed: boolean;
  steps: PlannedStep[];
  /** Findings that no step mends. */
  unhandled: Finding[];
  /** What became of asking the model; null when it was not asked. */
  model: {
    name: string;
    proposed: number;
    refused: { step: string; message: string }[];
    error?: ErrorRecord;
  } | null;
  createdAt: string;
}

/** How a version was made from another. */
export interface VersionCleaning {
  sourceVersionId: string;
  recipe: CleaningRecipe;
  rowsBefore: number;
  effects: StepEffect[];
}

/** A version of a dataset in the list of all. */
export interface DatasetVersionEntry {
  id: string;
  number: number;
  isActive: boolean;
  rowCount: number;
  columns: DatasetColumn[];
  /** Null for a version read from the file. */
  cleaning: VersionCleaning | null;
  createdAt: string;
}

export const CLEANING_LIMITS = {
  steps: 200,
  namesPerStep: 4_096,
  valuesPerStep: 5_000,
  textChars: 2_000,
  conditionDepth: 3,
  /** Examples of changed and of lost cells, and of removed rows, for each step and column. */
  examples: 5,
  lostExamples: 20,
  exampleChars: 200,
  /** Columns of a step whose examples are kept; the counts are of all. */
  exampleColumns: 100,
  /** How long a plan is used again for the same content. */
  planTtlMs: 60 * 60 * 1_000,
  modelSteps: 20,
} as const;
