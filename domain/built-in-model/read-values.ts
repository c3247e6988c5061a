import { looksPersonalColumn } from '../values/personal-data.js';
import type { LexemeOf } from './lexeme.js';
import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead } from './reading.js';
import { isDateOf } from './schema-matcher.js';
import type { ColumnInfo } from './vocabulary.js';

/** One or more values of one column: "Toys", "Toys or Games", "Toys, Games and Books". */
export function parseValue(reader: LexemeReader): void {
  const first = reader.take('value')!;
  const before = reader.lexemes[reader.at - 2];
  // "amount paid" is rather a name than an amount and a state.
  if (before?.kind === 'column' && before.column.kind === 'number') reader.reading.penalty += 0.12;
  refuseStateAtTime(reader, first);
  const values = [...first.values];
  for (;;) {
    const joint = jointsAt(reader);
    const next = reader.peek(joint);
    if (joint === 0 || next?.kind !== 'value' || next.column !== first.column) break;
    reader.at += joint + 1;
    values.push(...next.values.filter((value) => !values.includes(value)));
  }
  // "Berlin or orders …": an "or" between unlike things is left for the caller, which refuses it.
  pushValues(reader, first.column, values, true);
}

/** "leases that ended in 2023": the date of that, where the table has it, rather than a state and some other date. */
function refuseStateAtTime(reader: LexemeReader, { column, words }: LexemeOf<'value'>): void {
  if (!/ed$/.test(words)) return;
  const joint = reader.peek()?.kind === 'prep' ? 1 : 0;
  if (reader.peek(joint)?.kind !== 'time') return;
  const dates = column.table.columns.filter((c) => c.kind === 'date');
  if (dates.length > 1 && dates.some((date) => isDateOf(date, words.toLowerCase())))
    throw new CannotRead(`It is not clear whether "${words}" is a state or a date.`, 3);
}

export function pushValues(
  reader: LexemeReader,
  column: ColumnInfo,
  values: string[],
  isExact: boolean,
): void {
  reader.reading.filters.push({
    kind: 'values',
    column,
    values,
    isExact,
    negated: reader.pendingNot,
    focus: reader.focus,
  });
  reader.pendingNot = false;
}

/** How many of `, or`, `,`, `or`, `and` come next: at most two. */
export function jointsAt(reader: LexemeReader): number {
  let joints = 0;
  while (joints < 2 && ['or', 'comma', 'and'].includes(reader.peek(joints)?.kind ?? '')) joints++;
  return joints;
}

const STREETS = new Set(['street', 'road']);
const STREET_NAME = /\b(?:st|street|ave|avenue|rd|road|blvd|boulevard|lane|ln|drive|dr|way|square|sq)\.?$/i;

/**
 * "admissions of Ivan Petrov": a name that is no known value. Names of people are never sampled, so it can only be told by where
 * it stands: the one table spoken of, or the only one, whose rows are known by names of people.
 */
export function parseProper(reader: LexemeReader): void {
  const { text } = reader.take('proper')!;
  const tables = reader.vocabulary.tables.filter(
    (table) => table.labels.length > 0 && table.labels.every(isPersonal),
  );
  const near = [reader.lexemes[reader.at - 2], reader.peek()].flatMap((lexeme) =>
    lexeme?.kind === 'table' ? [lexeme.table] : [],
  );
  const chosen = tables.filter((table) => near.includes(table));
  // "located on Market St": streets are personal data, which are never sampled.
  const at = reader.lexemes[reader.at - 2];
  const streets = ((reader.focus ?? reader.reading.subject) ? reader.vocabulary.tables : []).flatMap((each) =>
    each.columns.filter((c) => c.kind === 'text' && c.words.some((w) => STREETS.has(w.concept))),
  );
  if (at?.kind === 'prep' && at.word === 'on' && STREET_NAME.test(text) && streets.length === 1) {
    pushValues(reader, streets[0]!, [text], false);
    reader.reading.notes.push(`"${text}" is taken to be a street`);
    return;
  }
  const [table, ...others] = chosen.length > 0 ? chosen : tables;
  const texts = table?.labels.length === 2 ? text.split(' ') : [text];
  const before = reader.lexemes.slice(0, reader.at - 1).findLast(({ kind }) => kind !== 'filler');
  // "customers in Atlantis" and "from the United States" speak of a place.
  const isPlace = before?.kind === 'prep' && !['of', 'for', 'by', 'with'].includes(before.word);
  if (!table || isPlace || others.length > 0 || texts.length !== table.labels.length)
    throw new CannotRead(`It is not clear in which column to look for "${text}".`, 4, [text]);
  if (reader.pendingNot && texts.length > 1) throw new CannotRead('The negation is not understood.');
  for (const [index, label] of table.labels.entries()) pushValues(reader, label, [texts[index]!], false);
  reader.reading.notes.push(`"${text}" is taken to be the name of one of ${table.source.canonicalTableName}`);
}

/** Names of people, which are never sampled. */
export const isPersonal = ({ source, table }: ColumnInfo): boolean =>
  looksPersonalColumn(table.source.tableName, source.name);

/** A quoted text that is not a known value: the name of the thing spoken of beside it. */
export function parseQuoted(reader: LexemeReader): void {
  const quoted = reader.take('quoted')!;
  const before = reader.lexemes[reader.at - 2];
  const after = reader.peek();
  const table = before?.kind === 'table' ? before.table : after?.kind === 'table' ? after.table : null;
  const label = table?.labels.length === 1 ? table.labels[0] : undefined;
  if (!label) throw new CannotRead(`It is not clear in which column to look for "${quoted.text}".`, 4);
  pushValues(reader, label, [quoted.text], false);
}
