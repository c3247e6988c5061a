import type { ColumnProfile } from '../../../contracts/dataset-profile.js';
import { TOTAL_WORD } from '../../../domain/profile/foreign-rows.js';
import type { QueryRows } from './query-rows.js';
import { quoteName, quoteText, ROW_COLUMN } from './sql-text.js';

/** A row as text, by column name; null where it holds nothing. */
export interface TextRow {
  row: number;
  cells: (string | null)[];
}

/** A row with a word for "total", and for each number column its figure, the sum of all ordinary rows above, and how many there are. */
export interface TotalCandidate extends TextRow {
  sums: { column: string; value: number | null; above: number }[];
  rowsAbove: number;
}

export interface ForeignRows {
  first: TextRow[];
  last: TextRow[];
  headers: number[];
  totals: TotalCandidate[];
}

const EDGE = 12;
const MAX_TOTALS = 2_000;
const MAX_SUMS = 8;

/** What is needed to find rows that are no data: both ends of the file, rows that repeat the header, and rows that look like totals. */
export async function findForeignRows(
  query: QueryRows,
  { areRowsPlaces, data: from }: { data: string; areRowsPlaces: boolean },
  columns: readonly ColumnProfile[],
): Promise<ForeignRows> {
  const cells = `[${columns.map(({ name }) => `left(CAST(${quoteName(name)} AS VARCHAR), 120)`).join(', ')}]`;
  const ends = areRowsPlaces
    ? { low: EDGE, high: (columns[0]?.rows ?? 0) - EDGE + 1 }
    : await findEdges(query, from);
  const edge = await query(
    `(SELECT ${ROW_COLUMN} AS row, ${cells} AS cells, 0 AS at FROM ${from} WHERE ${ROW_COLUMN} <= ${ends.low} ORDER BY ${ROW_COLUMN} LIMIT ${EDGE}) UNION ALL (SELECT ${ROW_COLUMN}, ${cells}, 1 FROM ${from} WHERE ${ROW_COLUMN} >= ${ends.high} ORDER BY ${ROW_COLUMN} DESC LIMIT ${EDGE})`,
  );
  const rowsAt = (at: number) =>
    edge
      .filter((row) => Number(row.at) === at)
      .map(textRow)
      .sort((a, b) => a.row - b.row);
  const texts = columns.filter(({ kind }) => kind === 'text');
  return {
    first: rowsAt(0),
    last: rowsAt(1),
    headers: await repeatedHeaders(
      query,
      from,
      texts.filter(({ text }) => text !== undefined && text.patternCount > 0),
    ),
    totals: await totalCandidates(
      query,
      from,
      cells,
      columns,
      texts.filter(({ text }) => text !== undefined && text.totalWords > 0),
    ),
  };
}

/** By the row numbers alone; the cells of all other rows stay unread. */
async function findEdges(query: QueryRows, from: string): Promise<{ low: number; high: number }> {
  const [ends = {}] = await query(
    `SELECT max(low) AS low, min(high) AS high FROM (SELECT unnest(arg_min(${ROW_COLUMN}, ${ROW_COLUMN}, ${EDGE})) AS low, unnest(arg_max(${ROW_COLUMN}, ${ROW_COLUMN}, ${EDGE})) AS high FROM ${from})`,
  );
  return { low: Number(ends.low ?? 0), high: Number(ends.high ?? 0) };
}

const textRow = (row: Record<string, unknown>): TextRow => ({
  row: Number(row.row),
  cells: (row.cells as unknown[]).map((cell) => {
    const text = cell === null ? '' : String(cell).trim();
    return text === '' ? null : text;
  }),
});

/**
 * Rows in which at least two text columns and half of them, or the only one, hold their own names: in a survey the answer to one question
 * may well be its name.
 */
async function repeatedHeaders(
  query: QueryRows,
  from: string,
  texts: readonly ColumnProfile[],
): Promise<number[]> {
  const looked = texts.slice(0, 50);
  const own = looked.map(({ name }) => `${quoteName(name)} = ${quoteText(name)}`);
  const count = own.map((equal) => `coalesce(CAST(${equal} AS INTEGER), 0)`).join(' + ');
  const needed = Math.max(Math.min(2, texts.length), Math.ceil(own.length / 2));
  const possible = own.filter((_, i) => canHold(looked[i]!, looked[i]!.name));
  if (possible.length < Math.max(1, needed)) return [];
  // One column at a time the Parquet reader skips what cannot be equal.
  const present = await query(
    possible
      .map((equal, i) => `SELECT ${i} AS i WHERE EXISTS (FROM ${from} WHERE ${equal})`)
      .join(' UNION ALL '),
  );
  if (present.length < needed) return [];
  const rows = await query(
    `SELECT row FROM (SELECT ${ROW_COLUMN} AS row, ${count} AS names FROM ${from} WHERE ${own.join(' OR ')}) WHERE names >= ${needed} ORDER BY 1 LIMIT 50`,
  );
  return rows.map(({ row }) => Number(row));
}

/** Ends are told with so many characters, so a shorter value is compared rightly. */
const END_CHARS = 200;

/** Whether a value may lie between the column's ends: DuckDB compares text by its bytes. */
function canHold({ min, max }: ColumnProfile, value: string): boolean {
  if (min === null || max === null) return false;
  const [bytes, least, greatest] = [value, min, max].map((text) => Buffer.from(text)) as [
    Buffer,
    Buffer,
    Buffer,
  ];
  return value.length >= END_CHARS || (bytes.compare(least) >= 0 && bytes.compare(greatest) <= 0);
}

async function totalCandidates(
  query: QueryRows,
  from: string,
  cells: string,
  columns: readonly ColumnProfile[],
  texts: readonly ColumnProfile[],
): Promise<TotalCandidate[]> {
  const numbers = columns.filter(({ kind, numbers: of }) => kind === 'number' && of).slice(0, MAX_SUMS);
  if (texts.length === 0) return [];
  const says = texts
    .slice(0, 30)
    .map(({ name }) => `coalesce(regexp_matches(${quoteName(name)}, ${quoteText(TOTAL_WORD)}, 'i'), false)`)
    .join(' OR ');
  const [found = {}] = await query(`SELECT count(*) AS n FROM ${from} WHERE ${says}`);
  if (Number(found.n) === 0 || Number(found.n) > MAX_TOTALS) return [];
  const figures = numbers.map(({ name }, i) => `CAST(${quoteName(name)} AS DOUBLE) AS v_${i}`);
  const sums = numbers.map((_, i) => `sum(CASE WHEN NOT says THEN v_${i} END) OVER above AS s_${i}`);
  const rows = await query(
    `WITH marked AS (SELECT ${[`${ROW_COLUMN} AS row`, `(${says}) AS says`, `${cells} AS cells`, ...figures].join(', ')} FROM ${from})
     SELECT * FROM (SELECT ${['row', 'says', 'cells', ...numbers.map((_, i) => `v_${i}`), 'count(*) FILTER (NOT says) OVER above AS rows_above', ...sums].join(', ')} FROM marked WINDOW above AS (ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) WHERE says ORDER BY row`,
  );
  return rows.map((row) => ({
    ...textRow(row),
    rowsAbove: Number(row.rows_above ?? 0),
    sums: numbers.map(({ name }, i) => ({
      column: name,
      value: row[`v_${i}`] === null ? null : Number(row[`v_${i}`]),
      above: Number(row[`s_${i}`] ?? 0),
    })),
  }));
}
