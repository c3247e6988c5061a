/** What is made of a result besides its rows: a chart, a few words, and warnings. All of it without a model. */

export type ChartKind = 'line' | 'bar' | 'grouped-bar' | 'heatmap' | 'scatter' | 'histogram';

/** A chart of a result. `spec` is complete Vega-Lite 6 with inline data: it names no file and no address. */
export interface Chart {
  kind: ChartKind;
  spec: Readonly<Record<string, unknown>>;
  /** Columns of the result, by index from 0. A histogram has no `y`: it shows how often each value of `x` comes. */
  columns: { x: number; y: number[]; series?: number };
  /** What the picture leaves out; absent when it shows everything. */
  note?: string;
}

/** Stable codes; what each means is told in docs/answers.md. */
export type WarningCode =
  | 'truncated'
  | 'empty_result'
  | 'value_not_found'
  | 'fan_out_join'
  | 'join_leaves_out'
  | 'ties_cut_off'
  | 'subtotal_rows'
  | 'mixed_units'
  | 'integer_division'
  | 'nulls_left_out'
  | 'partial_period';

/** Why a result may not mean what it seems to. It never hides the answer. */
export interface AnswerWarning {
  code: WarningCode;
  /** One sentence for people. */
  message: string;
  /** Canonical names, values and the like, for programs. */
  details?: Record<string, unknown>;
}

export interface Presentation {
  chart: Chart | null;
  /** One to three sentences; each number in them is a cell of the result, rounded ones after the word "about". Null where there is nothing to say beyond the rows. */
  explanation: string | null;
  warnings: AnswerWarning[];
}
