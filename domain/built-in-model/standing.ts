import { addUnits } from './calendar.js';
import { isDeed } from './deeds.js';
import type { Edge, Lexeme, LexemeOf } from './lexeme.js';
import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead } from './reading.js';
import type { Token } from './tokenise.js';
import { findValue, type ValueIndex } from './value-matcher.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './vocabulary.js';

const ENDS = /^(?:end|ended|until|thru|expir\w*|finish|finished|lapse|lapsed)$/;
const STARTS = /^(?:start|started|begin|begun|commence\w*|effective)$/;
const SILENT = new Set('date day at on dt ts time timestamp datetime is planned'.split(' '));

const tells = ({ kind, words }: ColumnInfo, pattern: RegExp): boolean =>
  kind === 'date' &&
  words.some((word) => pattern.test(word.concept)) &&
  words.every((word) => pattern.test(word.concept) || SILENT.has(word.concept));

/** The last day of something that lasts: it may still come, and where it is empty no end is known. */
export const isEndDate = (column: ColumnInfo): boolean => {
  const own = new Set(column.table.words.map((word) => word.concept));
  const words = column.words.filter((word) => !own.has(word.concept));
  const isValidTo = /^valid (?:to|until|thru)$/.test(column.words.map((word) => word.concept).join(' '));
  return column.kind === 'date' && (isValidTo || (words.length > 0 && tells({ ...column, words }, ENDS)));
};

const isStartDate = (column: ColumnInfo): boolean => {
  const own = new Set(column.table.words.map((word) => word.concept));
  const words = column.words.filter((word) => !own.has(word.concept));
  return words.length > 0 && tells({ ...column, words }, STARTS);
};

const OVER = new Set(['ended', 'expired', 'finished', 'lapsed']);
const RUNNING = new Set([
  'running',
  'ongoing',
  'current',
  'active',
  'valid',
  'unexpired',
  'in force',
  'in effect',
  'under way',
  'underway',
]);

/** "ended", "expired", "ongoing", "in force": of tables whose rows have one last day. */
export function standingEdges(
  tokens: readonly Token[],
  start: number,
  { tables }: Vocabulary,
  values: ValueIndex,
  today: string,
): Edge[] {
  return [2, 1].flatMap((length) => {
    const words = tokens
      .slice(start, start + length)
      .map((token) => token.lower)
      .join(' ');
    const isOver = OVER.has(words);
    if (start + length > tokens.length) return [];
    if (!isOver && !RUNNING.has(words)) return [];
    return tables.flatMap((table): Edge[] => {
      const [end, another] = table.columns.filter(isEndDate);
      // A state that is stored, or a flag, says it better.
      const isStored =
        [...findValue(values, words).keys()].some((column) => column.table === table) ||
        table.columns.some((c) => c.kind === 'boolean' && c.words.some((w) => w.concept === words));
      if (!end || another || isStored) return [];
      const starts = table.columns.filter(isStartDate);
      const from = starts.length === 1 ? starts[0]! : null;
      const lexeme = { kind: 'standing', isOver, column: end, from, today, words } as const;
      return [{ start, end: start + length, score: 0.95 * length, lexeme }];
    });
  });
}

/** Words that only connect the noun with what is said of it. */
const CONNECTS: ReadonlySet<string> = new Set(['be', 'who', 'with', 'filler', 'without', 'not']);

/**
 * "ended leases", "leases that are still running": rows whose last day is before today, or is not. False, and nothing taken, if no such
 * word comes next.
 * @param negated "not ended" was said before
 */
export function takeStanding(reader: LexemeReader, negated = false): boolean {
  const next = reader.peek();
  if (next?.kind !== 'standing') return false;
  const { reading } = reader;
  const before = reader.lexemes[reader.at - 1];
  const isSaidOf =
    negated || (before !== undefined && CONNECTS.has(before.kind) && spokenOf(reader) !== null);
  const described = negated ? null : nounAfter(reader);
  const noun = described === next.column.table || !isSaidOf ? described : spokenOf(reader);
  const after = reader.peek(1);
  const at = after?.kind === 'prep' ? reader.peek(2) : after;
  // "ended in 2023" speaks of the date, "active members" of something else.
  if (noun !== next.column.table || at?.kind === 'time' || /^ends?$/.test(next.words))
    throw new CannotRead(`It is not clear what "${next.words}" is said of.`, 3);
  // What is not running is over, or has not begun.
  if (!next.isOver && (negated || reader.pendingNot))
    throw new CannotRead(`The negation of "${next.words}" is not understood.`, 3);
  reader.at++;
  const isOver = next.isOver !== (negated || reader.pendingNot);
  reader.pendingNot = false;
  const { column, from, today } = next;
  const focus = column.table;
  if (isOver) {
    reading.filters.push({ kind: 'time', column, range: { to: today }, focus });
    return true;
  }
  // "permits still valid": whether one without an end has begun, other dates that may be empty would have to tell.
  const isUnsure = (date: ColumnInfo) =>
    date.kind === 'date' && date !== column && date !== from && date.source.isNullable;
  if (column.source.isNullable && focus.columns.some(isUnsure))
    throw new CannotRead(`It is not clear whether "${next.words}" holds of rows without an end.`, 3);
  reading.filters.push({ kind: 'time', column, range: { from: today }, focus, orEmpty: true });
  // What has not begun is not running; it has not ended either.
  if (!next.isOver && from)
    reading.filters.push({ kind: 'time', column: from, range: { to: addUnits(today, 'day', 1) }, focus });
  return true;
}

function spokenOf({ focus, reading }: LexemeReader): TableInfo | null {
  const counted = reading.measures.at(-1);
  return focus ?? reading.subject ?? (counted?.kind === 'count' ? counted.table : null);
}

function nounAfter(reader: LexemeReader): TableInfo | null {
  const noun = reader.lexemes
    .slice(reader.at + 1)
    .find(
      (l) =>
        !['value', 'filler', 'and', 'comma'].includes(l.kind) &&
        !(l.kind === 'column' && l.column.kind === 'boolean'),
    );
  return noun?.kind === 'table' ? noun.table : null;
}

const NOW = /^(?:still|currently|now)$/;

const tableOf = (lexeme: Lexeme | undefined): TableInfo | null =>
  lexeme?.kind === 'table' ? lexeme.table : lexeme?.kind === 'column' ? lexeme.column.table : null;

/**
 * "employees who are still employed": where the word behind "still" is only a verb, it is not known which rows are so, and all of them are not
 * what was asked for. @throws CannotRead
 */
export function refuseIdleStill(reader: LexemeReader, lexeme: LexemeOf<'filler'>): void {
  if (!NOW.test(lexeme.words)) return;
  const said = reader.lexemes
    .slice(reader.at)
    .find((l) => l.kind !== 'be' && !(l.kind === 'filler' && !l.isVerb));
  // "employed" may be the employees once more.
  const isAgain =
    said?.kind === 'table' &&
    (isDeed(said) || reader.lexemes.some((l) => l !== said && l.kind === 'table' && l.table === said.table));
  const isDone = said?.kind === 'column' && said.column.kind === 'date' && !said.isNegated;
  const isIdle = isAgain || isDone || said === undefined || ['filler', 'prep', 'stop'].includes(said.kind);
  const mayEnd = reader.vocabulary.tables.some(
    (table) =>
      [...reader.lexemes, said].some((l) => tableOf(l) === table) &&
      table.columns.some((c) => c.kind === 'date' && c.source.isNullable),
  );
  if (isIdle && (mayEnd || isDeed(said) || lexeme.words === 'still'))
    throw new CannotRead(`It is not clear which rows "${lexeme.words}" chooses.`, 4);
}
