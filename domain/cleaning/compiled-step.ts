import type { StepProblem } from '../../contracts/cleaning.js';
import { quoteLiteral } from '../datasets/sql-text.js';
import type { WorkingColumn } from './working-column.js';

/** A figure that a step needs of the data before its SQL can be written. */
export interface FactRequest {
  column: WorkingColumn;
  what: 'median' | 'mode' | 'quartiles';
}

/** The figure as DuckDB prints it; null where the column holds nothing. Of quartiles: the first and the third. */
export type Fact = (string | null)[];

/** Rows that are found before, as a set: a bit string by the number of the row, in a variable of the session. */
export type RowsRequest =
  | { what: 'duplicates'; columns: WorkingColumn[]; keep: 'first' | 'last'; needsAll: boolean }
  | { what: 'totals' }
  | { what: 'edges' };

/** Values for rows that are found before, as a table (`r`, `v`). */
export interface ValuesRequest {
  what: 'forward';
  column: WorkingColumn;
  orderBy?: WorkingColumn;
}

export type TableRequest = RowsRequest | ValuesRequest;

/** The row is one of a set that was asked for. */
export const isInRows = (name: string): string =>
  `coalesce(get_bit(getvariable(${quoteLiteral(name)}), CAST(r AS INTEGER)) = 1, false)`;

/** A cell before and after, which is counted and shown. */
export interface WatchedColumn {
  /** As the reader of the preview knows it. */
  name: string;
  before: WorkingColumn | null;
  after: WorkingColumn | null;
  /** Why a cell has nothing afterwards, for the list of lost cells. */
  reason: string;
  /** A lost cell ends the job. */
  refuses?: boolean;
}

/** One step as SQL over the columns before it. */
export interface CompiledStep {
  /** All columns after the step, in order. */
  columns: WorkingColumn[];
  /** New columns: id and expression over the ids before. */
  assigns: { id: string; sql: string }[];
  watched: WatchedColumn[];
  /** Rows for which it is true are dropped. */
  drop?: string;
  /** Tables of values that the expressions need, as `t0`, `t1` … A join does not keep the order of the rows. */
  joins?: readonly string[];
}

export interface StepContext {
  columns: readonly WorkingColumn[];
  /** A new column's id. */
  nextId(): string;
  facts: readonly Fact[];
  /** Names of the sets of rows or tables of values that the step asked for. */
  tables: readonly string[];
}

/** A step that does not fit the columns. */
export class StepError extends Error {
  constructor(
    readonly reason: StepProblem['reason'],
    message: string,
    readonly column?: string,
  ) {
    super(message);
  }
}

export interface StepDefinition<Step> {
  /** What must be known of the data first. */
  facts?(step: Step, columns: readonly WorkingColumn[]): FactRequest[];
  tables?(step: Step, columns: readonly WorkingColumn[]): TableRequest[];
  /** @throws StepError when the columns do not fit. */
  compile(step: Step, context: StepContext): CompiledStep;
}
