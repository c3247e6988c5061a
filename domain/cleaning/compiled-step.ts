import type { StepProblem } from '../../contracts/cleaning.js';
import type { WorkingColumn } from './working-column.js';

/** A figure that a step needs of the data before its SQL can be written. */
export interface FactRequest {
  column: WorkingColumn;
  what: 'median' | 'mode' | 'quartiles';
}

/** The figure as DuckDB prints it; null where the column holds nothing. Of quartiles: the first and the third. */
export type Fact = (string | null)[];

/** A table that is made before: rows to drop (`r`), or values for rows (`r`, `v`). */
export type TableRequest =
  | { what: 'duplicates'; columns: WorkingColumn[]; keep: 'first' | 'last'; needsAll: boolean }
  | { what: 'totals' }
  | { what: 'edges' }
  | { what: 'forward'; column: WorkingColumn; orderBy?: WorkingColumn };

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
  /** Rows for which it is true are dropped. `t0`, `t1` … are the tables that were asked for. */
  drop?: string;
}

export interface StepContext {
  columns: readonly WorkingColumn[];
  /** A new column's id. */
  nextId(): string;
  facts: readonly Fact[];
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
