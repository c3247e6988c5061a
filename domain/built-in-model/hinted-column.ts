import { isRecorded } from './date-columns.js';
import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead } from './reading.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';
import { isYearColumn } from './year-columns.js';

const PERSONS = new Set(
  'person employee customer client user member author student patient salesperson staff worker contact player manager agent driver'.split(
    ' ',
  ),
);

/** Numbers that are a part of another, or a bound. */
const PARTIAL = new Set(
  'paid tax discount refund limit minimum maximum shipping tip deposit open due'.split(' '),
);

/** The one column of a table by which "longest", "older than" and the like are judged. */
export function hintedColumn(
  reader: LexemeReader,
  words: string,
  hints: readonly string[],
  table: TableInfo,
): ColumnInfo {
  const derived = (reader.vocabulary.derived ?? []).filter(({ column }) => column.table === table);
  const numbers = table.columns.filter((column) => column.kind === 'number' && !column.isKey);
  // Hints are in order of preference: a price rather than a cost.
  const byHint = hints.map((hint) => [
    ...numbers.filter((c) => c.words.some((w) => w.concept === hint)),
    ...derived.filter(({ names }) => names.includes(hint)).map(({ column }) => column),
  ]);
  const isAge = hints[0] === '@age';
  const births = table.columns.filter(
    (c) => (c.kind === 'date' || isYearColumn(c)) && c.words.some((w) => /^birth|^born$/.test(w.concept)),
  );
  const dates = table.columns.filter((column) => column.kind === 'date');
  // "oldest" of people is about their birth; of other things, about when they came to be.
  const isPerson = table.words.some((word) => PERSONS.has(word.concept));
  const years = dates.every(isRecorded) ? table.columns.filter(isYearColumn) : [];
  const byDate = isAge && (births.length > 0 || isPerson) ? births : years.length > 0 ? years : dates;
  const fitting = hints[0]!.startsWith('@') ? byDate : (byHint.find((columns) => columns.length > 0) ?? []);
  // Of several dates, the one that every row has says when the row came to be.
  const certain =
    hints[0]!.startsWith('@') && fitting.length > 1 ? fitting.filter((c) => !c.source.isNullable) : fitting;
  const whole = fitting.filter((c) => !c.words.some((w) => PARTIAL.has(w.concept)));
  const chosen = certain.length === 1 ? certain : whole.length === 1 ? whole : fitting;
  if (chosen.length !== 1) {
    const names = chosen.map((c) => c.source.canonicalColumnName).join(', ');
    throw new CannotRead(
      chosen.length === 0
        ? `There is no column by which "${words}" could be judged.`
        : `"${words}" could be judged by ${names}.`,
      3,
    );
  }
  reader.reading.notes.push(`"${words}" is judged by ${chosen[0]!.source.canonicalColumnName}`);
  return chosen[0]!;
}
