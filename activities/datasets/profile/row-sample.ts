import type { QueryRows } from './query-rows.js';
import { numberOfCell } from './read-cell.js';
import { ROW_COLUMN } from './sql-text.js';

/** Rows that estimates rest on. */
export interface RowSample {
  /** What to select from: a table of the rows sampled, or the file itself. */
  from: string;
  rows: number;
  /** The file is no larger than a sample: figures of it are exact. */
  isWhole: boolean;
  /** Where the order of the rows is looked at; undefined: all of the file. */
  spans?: RowSpans;
}

/** Spans of neighbouring rows that lie evenly over the file. */
export interface RowSpans {
  /** Their rows in the order of the file, with `span`, the number of the span. */
  from: string;
  /** Rows of a span. */
  length: number;
}

/** Cells that a sample of many columns may hold, and its rows at least: a quantile's rank is then within 0.7 percentage points. */
const MOST_CELLS = 6_000_000;
const FEWEST_ROWS = 5_000;
/** Spans of a file, about, and the rows of each: their order is looked at by one thread. Files with no more rows are looked at whole. */
const SPANS = 50;
const SPAN_ROWS = 5_000;
const SHORTEST_SPAN = 100;

/**
 * Takes about `sampledRows` rows, fewer of very wide files, chosen by hash of the row number, and the spans; one scan for all of it, since
 * a scan of spans reads the whole file as well and, as a window follows, with one thread (10.6 million rows: 5.5 s of processor time).
 */
export async function sampleRows(
  query: QueryRows,
  data: string,
  file: { rows: number; columns: number },
  sampledRows: number,
): Promise<RowSample> {
  const { rows, columns } = file;
  const spans = planSpans(file);
  if (rows <= sampledRows)
    return { from: data, rows, isWhole: true, ...(spans ? { spans: spans.of(data) } : {}) };
  const wanted = Math.max(FEWEST_ROWS, Math.min(sampledRows, MOST_CELLS / Math.max(1, columns)));
  const isSampled = someRows(Math.round(rows / wanted));
  const isKept = spans ? `${isSampled} OR ${spans.isInSpan}` : isSampled;
  await query(`CREATE OR REPLACE TEMP TABLE profile_rows AS SELECT * FROM ${data} WHERE ${isKept}`);
  const from = spans ? `(SELECT * FROM profile_rows WHERE ${isSampled})` : 'profile_rows';
  const [count = {}] = await query(`SELECT count(*) AS n FROM ${from}`);
  return {
    from,
    rows: numberOfCell(count.n),
    isWhole: false,
    ...(spans ? { spans: spans.of('profile_rows') } : {}),
  };
}

function planSpans({ rows, columns }: { rows: number; columns: number }) {
  if (rows <= SPANS * SPAN_ROWS) return undefined;
  const length = Math.min(
    SPAN_ROWS,
    Math.max(SHORTEST_SPAN, Math.floor(MOST_CELLS / Math.max(1, columns) / SPANS)),
  );
  const span = `(${ROW_COLUMN} - 1) // ${length}`;
  const isInSpan = `(${span}) % ${Math.ceil(rows / (SPANS * length))} = 0`;
  const of = (from: string): RowSpans => ({
    from: `(SELECT *, ${span} AS span FROM ${from} WHERE ${isInSpan})`,
    length,
  });
  return { isInSpan, of };
}

/** A condition that holds for about one row in `oneIn`. */
export const someRows = (oneIn: number): string => `hash(${ROW_COLUMN}) % ${oneIn} = 0`;

/** About `rows` of the rows of a sample, to select from. */
export const thinner = (sample: RowSample, rows: number): string => {
  // A multiple of nothing that the sample was chosen by: another hash.
  const oneIn = Math.floor(sample.rows / rows);
  return oneIn > 1
    ? `(SELECT * FROM ${sample.from} WHERE hash(${ROW_COLUMN}, 3) % ${oneIn} = 0)`
    : sample.from;
};
