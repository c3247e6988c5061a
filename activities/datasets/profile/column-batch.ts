import type { ProfiledColumn } from '../../../contracts/dataset-profile.js';
import type { QueryRows } from './query-rows.js';
import type { RowSample } from './row-sample.js';

/** A column while its batch is profiled. */
export interface BatchColumn {
  column: ProfiledColumn;
  /** Its place in the batch. */
  slot: number;
  /** Cells that are not null. */
  cells: number;
  distinct: number;
  /** Where the distinct values are estimated: the relative standard error. */
  distinctError?: number;
  /** 1: the value table has all values. m: about one in m. */
  oneIn: number;
  /** Null of texts, whose ends come with their figures. */
  min: string | null;
  max: string | null;
  /** Of numbers and booleans: of the finite values, as DuckDB gives them. */
  finite?: { sum: string | null; mean: unknown; min: unknown; max: unknown };
}

export interface ColumnBatch {
  query: QueryRows;
  /** The version's rows as a relation with their numbers. */
  data: string;
  rows: number;
  columns: BatchColumn[];
  sample: RowSample;
}

/** Columns whose values are all in the value table, and the others, whose figures need scans of their own. */
export const isWide = ({ oneIn }: BatchColumn): boolean => oneIn > 1;
export const hasNumbers = ({ column: { kind } }: BatchColumn): boolean =>
  kind === 'number' || kind === 'boolean' || kind === 'temporal';
