import type { Lexeme } from './lexeme.js';
import type { LexemeReader } from './lexeme-reader.js';
import { isPersonal } from './read-values.js';
import { CannotRead } from './reading.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';
import { singular } from './words.js';

/** Of a row that has no name of its own. */
const SHOWN_COLUMNS = 12;

/** What rows are shown by beside columns of others. */
export const ownColumns = ({ columns, labels }: TableInfo): ColumnInfo[] =>
  labels.length > 0 ? labels : columns.filter(({ kind }) => kind !== 'other').slice(0, SHOWN_COLUMNS);

/** "Which three countries have the most guests?": the number said with the noun. */
export function limitToWanted({ reading, wanted }: LexemeReader): void {
  if (wanted === null) return;
  const others = reading.limit !== null && reading.limit !== 1 && reading.limit !== wanted;
  if (!reading.order || others) throw new CannotRead(`It is not clear which ${wanted} are meant.`, 3);
  reading.limit = wanted;
}

/** "which three countries", "the five customers with …": before the noun that is asked for, and first of all. */
export function isNumberOfThings(reader: LexemeReader): boolean {
  const { reading } = reader;
  const before = reader.lexemes.slice(0, reader.at - 1);
  const isFirst = before.every(({ kind }) => ['opener', 'filler', 'be', 'prep'].includes(kind));
  if (!isFirst || reader.wanted !== null || reading.subject || reading.measures.length > 0) return false;
  const noun = reader.lexemes
    .slice(reader.at)
    .find((l) => !['filler', 'not', 'value', 'distinct'].includes(l.kind) && !isFlag(l));
  return noun?.kind === 'table' || (noun?.kind === 'column' && noun.column.kind === 'text');
}

const isFlag = (lexeme: Lexeme): boolean => lexeme.kind === 'column' && lexeme.column.kind === 'boolean';

/**
 * "Who registered in 2021?", "List all suites": the things asked for are those that the one condition is about: people known by
 * names, or rows that a value is the kind of, said in the plural.
 */
export function implySubject({ lexemes, reading }: LexemeReader): void {
  const { dimensions, filters, measures, order, projections, subject } = reading;
  if (subject || projections.length + measures.length + dimensions.length > 0 || order) return;
  const [filter, ...others] = filters;
  if (!filter || others.length > 0 || !('column' in filter) || !filter.column) return;
  const { column } = filter;
  // "Payments made after their due date": the rows that one date of which is compared with another.
  const first = lexemes[0];
  if (filter.kind === 'boolean' && column.formula?.kind === 'compare' && first?.kind === 'column') {
    const noun = singular(first.words.split(' ')[0]!.toLowerCase());
    const isRows = column.table.words.some((word) => word.concept === noun);
    if (isRows) reading.subject = column.table;
    return;
  }
  const asksWho = /^who/i.test(lexemes[0]?.words ?? '');
  if (
    asksWho &&
    filter.kind === 'time' &&
    column.table.labels.length > 0 &&
    column.table.labels.every(isPersonal)
  ) {
    reading.subject = column.table;
    return;
  }
  const said = lexemes.find((lexeme) => lexeme.kind === 'value' && lexeme.column === column);
  const isPlural =
    filter.kind === 'values' &&
    said?.kind === 'value' &&
    said.words.endsWith('s') &&
    said.values.every((value) => !value.endsWith('s'));
  if (!isPlural || filter.negated || !['list', 'which'].includes(reading.mood)) return;
  reading.subject = column.table;
  reading.penalty += 0.05;
}

/** "machines and their repairs", where it is not known what to show of both. */
export function refuseBelongings(reader: LexemeReader): void {
  const [their, owned, next] = [reader.peek(), reader.peek(1), reader.peek(2)];
  if (their?.kind !== 'filler' || !/^(?:their|its)$/.test(their.words) || owned?.kind !== 'table') return;
  if (!next || next.kind === 'stop')
    throw new CannotRead(`It is not clear what to show of "${owned.words}".`, 3);
}

/** "products with their supplier": the supplier is shown beside. */
export function showsBelongings(reader: LexemeReader): boolean {
  const { reading } = reader;
  const [their, owned, next] = [reader.peek(), reader.peek(1), reader.peek(2)];
  const isTheirs = their?.kind === 'filler' && /^(?:their|its|his|her)$/.test(their.words);
  const isEnd = !next || ['stop', 'and', 'comma', 'order'].includes(next.kind);
  if (!isTheirs || owned?.kind !== 'table' || !isEnd) return false;
  const { subject } = reading;
  if (!subject || subject === owned.table || reading.measures.length > 0 || reader.hasGroup) return false;
  if (owned.table.labels.length === 0)
    throw new CannotRead(`It is not clear what to show of "${owned.words}".`, 3);
  reader.at += 2;
  const shown = reading.projections.length > 0 ? [] : ownColumns(subject);
  reading.projections.push(...shown, ...owned.table.labels);
  return true;
}
