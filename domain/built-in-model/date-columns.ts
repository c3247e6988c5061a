import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead } from './reading.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';

type Date = NonNullable<LexemeReader['dateColumn']>;

/** Dates that say something else than when the row's event was. */
const OTHER_DATES = new Set(
  'updated modified changed deleted due expected estimated birth birthdate expiry expire end until to valid promised planned'.split(
    ' ',
  ),
);
const BIRTHS = new Set(['birth', 'birthdate', 'birthday', 'born', 'death', 'died']);
const RECORDED = new Set('created inserted loaded timestamp'.split(' '));

/**
 * The column that says when a row of the table happened; null if it has no dates.
 * @throws CannotRead if several columns may be meant.
 */
export function defaultDateColumn(table: TableInfo): ColumnInfo | null {
  const dates = table.columns.filter((column): column is Date => column.kind === 'date');
  // Nothing that people do is told by when they were born.
  if (dates.length === 1 && has(dates[0]!, BIRTHS)) return null;
  if (dates.length <= 1) return dates[0] ?? null;
  const own = new Set([...table.words, ...table.aliasWords].map((word) => word.root));
  const silent = new Set(['date', 'at', 'on', 'time', 'datetime', 'timestamp', 'day']);
  const tests: ((column: ColumnInfo) => boolean)[] = [
    // order_date of orders; date of anything.
    (c) =>
      c.words.every((w) => silent.has(w.concept) || own.has(w.root)) &&
      c.words.some((w) => w.concept !== 'timestamp'),
    (c) => !c.source.isNullable && !has(c, OTHER_DATES) && !has(c, RECORDED),
    (c) => !has(c, OTHER_DATES) && !has(c, RECORDED),
    (c) => has(c, RECORDED),
  ];
  for (const test of tests) {
    const fitting = dates.filter(test);
    if (fitting.length === 1) return fitting[0]!;
    if (fitting.length > 1) break;
  }
  const names = dates.map((column) => column.source.canonicalColumnName).join(', ');
  throw new CannotRead(`The time could be that of ${names}. Name one of them.`, 5);
}

const has = (column: ColumnInfo, words: ReadonlySet<string>): boolean =>
  column.words.some((w) => words.has(w.concept));

/** When the row was written, rather than when anything happened. */
export const isRecorded = (column: ColumnInfo): boolean => has(column, RECORDED);

/** The integer column `year` of a table without dates. */
export const yearColumn = (table: TableInfo): ColumnInfo | null =>
  table.columns.find((c) => c.kind === 'number' && c.words.length === 1 && c.words[0]!.concept === 'year') ??
  null;

/** When the row was written down says less about a thing than the year that it has. */
function ownTime(table: TableInfo): ColumnInfo | null {
  const date = defaultDateColumn(table);
  return (date && !isRecorded(date) ? date : yearColumn(table)) ?? date;
}

/** The date of a table's rows, or of the nearest table that each row belongs to (an order line's order). */
export function findDateColumn(table: TableInfo, vocabulary: Vocabulary): ColumnInfo | null {
  let level = [table];
  const seen = new Set(level);
  for (let depth = 0; depth < 3 && level.length > 0; depth++) {
    const found = level.map(ownTime).filter((column) => column !== null);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      throw new CannotRead(
        `The time could be that of ${found.map((c) => c.source.canonicalColumnName).join(', ')}.`,
        5,
      );
    }
    const parents = vocabulary.links
      .filter((l) => level.includes(l.from) && !seen.has(l.to))
      .map((l) => l.to);
    // Master data (products, customers) have dates of their own; only the thing that a row is a part of lends its date.
    level = [...new Set(parents)].filter((parent) => depth > 0 || isWholeOf(table, parent));
    for (const parent of level) seen.add(parent);
  }
  return null;
}

/** order_items are parts of orders: the names share a word, or the parent's key is part of the child's. */
function isWholeOf(part: TableInfo, whole: TableInfo): boolean {
  const words = new Set(part.words.map((w) => w.concept));
  return whole.words.every((w) => words.has(w.concept));
}
