import { computedColumn } from './formula.js';
import type { SpanUnit } from './operators.js';
import type { ColumnInfo, DerivedColumn, TableInfo, Vocabulary } from './vocabulary.js';

const EARLY =
  /^(?:start|started|begin|began|open|opened|opening|admitted|admission|checkin|login|pickup|departure|departed|shipped|sent|created|requested|loaned|lent|borrowed|rented|leased)$/;
const LATE =
  /^(?:end|ended|finish|finished|close|closed|closing|resolved|discharged|discharge|checkout|logout|dropoff|arrival|arrived|delivered|completed|returned)$/;
const BIRTH = /^(?:birthdate|birth|born|birthday)$/;

const has = (column: ColumnInfo, pattern: RegExp): boolean =>
  column.words.some((word) => pattern.test(word.concept)) ||
  // `check_in`, `pick_up`
  pattern.test(column.words.map((word) => word.concept).join(''));

/** Duration, of tables with one date at which things begin and one at which they end; age, of those with a date of birth. */
export function derivedColumns(vocabulary: Vocabulary, unit: SpanUnit | null): DerivedColumn[] {
  return vocabulary.tables.flatMap((table) => [
    ...durationOf(table, vocabulary, unit),
    ...ageOf(table, vocabulary),
  ]);
}

function durationOf(table: TableInfo, vocabulary: Vocabulary, unit: SpanUnit | null): DerivedColumn[] {
  const dates = table.columns.filter((column) => column.kind === 'date');
  const [from, ...otherStarts] = dates.filter((column) => has(column, EARLY));
  const [to, ...otherEnds] = dates.filter((column) => has(column, LATE));
  const isStored = table.columns.some(
    (column) => column.kind === 'number' && has(column, /^(?:duration|length)$/),
  );
  if (!from || !to || from === to || otherStarts.length + otherEnds.length > 0 || isStored) return [];
  const natural = from.isDay && to.isDay ? 'day' : null;
  const column = computedColumn({ kind: 'span', from, to, unit: unit ?? natural }, vocabulary);
  const own = table.words.map((word) => word.concept).join(' ');
  return column
    ? [
        {
          column,
          names: [
            'duration',
            'durations',
            'length of stay',
            'lasted',
            'last',
            'stay length',
            'length',
            `${own} duration`,
            `${own} length`,
          ],
        },
      ]
    : [];
}

function ageOf(table: TableInfo, vocabulary: Vocabulary): DerivedColumn[] {
  const births = table.columns.filter((column) => column.kind === 'date' && has(column, BIRTH));
  const isStored = table.columns.some((column) => column.kind === 'number' && has(column, /^age$/));
  if (births.length !== 1 || isStored) return [];
  const column = computedColumn({ kind: 'age', birth: births[0]! }, vocabulary);
  return column ? [{ column, names: ['age', 'ages', 'aged'] }] : [];
}
