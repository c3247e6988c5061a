import { hintedColumn } from './hinted-column.js';
import { roleWords } from './join-paths.js';
import type { Lexeme, LexemeOf } from './lexeme.js';
import { type LexemeReader, timeDetails } from './lexeme-reader.js';
import { parseMeasure } from './read-measures.js';
import { jointsAt, parseValue, pushValues } from './read-values.js';
import { CannotRead, type Filter } from './reading.js';
import { isEndDate, takeStanding } from './standing.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';
import { isYearColumn } from './year-columns.js';

/** "without orders", "that have no email". */
export function parseNegation(reader: LexemeReader): void {
  const { words } = reader.take('without')!;
  reader.skip('filler', 'distinct', 'with', 'prep');
  const noun = reader.peek();
  if (takeStanding(reader, true)) return;
  if (noun?.kind === 'table') {
    reader.at++;
    reader.focus = noun.table;
    const first = reader.peek();
    // "daily price records": the last noun of several is meant only if it is a table by itself.
    if (first?.kind === 'table') throw new CannotRead(`It is not clear what "${words}" applies to.`);
    reader.reading.filters.push({ kind: 'exists', table: noun.table, negated: true });
    return;
  }
  if (noun?.kind === 'column') {
    reader.at++;
    // "that have not ended": the day may still come.
    if (isEndDate(noun.column) && /(?:ed|ing)$/.test(noun.words))
      throw new CannotRead(`It is not clear by which day "${noun.words}" is judged.`, 3);
    if (noun.column.kind === 'boolean' && isNeverOfChildren(reader, words, noun.column)) {
      reader.reading.filters.push(
        { kind: 'exists', table: noun.column.table, negated: true },
        { kind: 'boolean', column: noun.column, value: !noun.isNegated },
      );
    } else if (noun.column.kind === 'boolean') {
      reader.reading.filters.push({ kind: 'boolean', column: noun.column, value: false });
    } else if (isOfChildren(reader, noun.column)) {
      // "patients who were never admitted": no row of theirs, rather than one with an empty date.
      if (noun.column.source.isNullable) {
        if (/never/.test(words)) throw new CannotRead(`It is not clear what "${words}" applies to.`, 2);
        // "patients who have not been discharged": those with a row that lacks the date.
        reader.reading.filters.push({ kind: 'null', column: noun.column, isNull: true });
        return;
      }
      reader.focus = noun.column.table;
      reader.reading.filters.push({ kind: 'exists', table: noun.column.table, negated: true });
    } else if (!noun.column.source.isNullable) {
      throw new CannotRead(`${noun.column.source.canonicalColumnName} is never empty.`, 3);
    } else reader.reading.filters.push({ kind: 'null', column: noun.column, isNull: true });
    return;
  }
  // "customers who never bought toys": no row of theirs has the value, rather than some row has another.
  if (noun?.kind === 'value' && isNeverOfChildren(reader, words, noun.column)) {
    const { table } = noun.column;
    reader.reading.filters.push({ kind: 'exists', table, negated: true });
    reader.focus = table;
    parseValue(reader);
    return;
  }
  if (noun?.kind === 'role' && negateReference(reader, noun.root)) return;
  const done = reader.lexemes[reader.at - 1];
  if ((!noun || noun.kind === 'stop') && done?.kind === 'filler' && done.isVerb) {
    const table = eventOf(reader, done.words);
    if (table) {
      reader.focus = table;
      reader.reading.filters.push({ kind: 'exists', table, negated: true });
      return;
    }
  }
  throw new CannotRead(`It is not clear what "${words}" applies to.`, 2);
}

/** "orders that are not linked to a customer": behind "not", a verb that only connects, and the table. */
export function negateRelation(reader: LexemeReader): boolean {
  const { reading } = reader;
  const verb = reader.peek();
  if (
    reader.lexemes[reader.at - 2]?.kind !== 'be' &&
    !/^(?:is|are) not/.test(reader.lexemes[reader.at - 1]!.words)
  )
    return false;
  if (verb?.kind !== 'filler' || !verb.isVerb) return false;
  let ahead = 1;
  while (['filler', 'prep'].includes(reader.peek(ahead)?.kind ?? '')) ahead++;
  const noun = reader.peek(ahead);
  if (noun?.kind !== 'table' || noun.table === reading.subject || reader.is('table', ahead + 1)) return false;
  reader.at += ahead + 1;
  reader.focus = noun.table;
  reading.filters.push({ kind: 'exists', table: noun.table, negated: true });
  return true;
}

/** "employees who have no manager": the key that plays that role is empty. */
function negateReference(reader: LexemeReader, root: string): boolean {
  const { subject } = reader.reading;
  const keys = reader.vocabulary.links.filter(
    (link) => link.from === subject && link.fromColumns.length === 1 && roleWords(link).includes(root),
  );
  const column = keys.length === 1 ? keys[0]!.fromColumns[0]! : null;
  if (!column?.source.isNullable) return false;
  reader.at++;
  reader.reading.filters.push({ kind: 'null', column, isNull: true });
  return true;
}

const SELLING = /^(?:sold|bought|purchased|ordered)$/;
const SALES_WORDS = new Set('order sale purchase invoice transaction'.split(' '));

/** "products that were never sold", "services that were never used": the one table whose rows say that it happened. */
function eventOf({ reading: { subject }, vocabulary }: LexemeReader, verb: string): TableInfo | null {
  const children = vocabulary.links.filter(
    (link) => link.to === subject && link.from !== subject && !link.isPeer,
  );
  const tables = [...new Set(children.map((link) => link.from))];
  if (!SELLING.test(verb)) {
    const [only, ...others] = tables;
    return only && others.length === 0 && only.columns.some(({ kind }) => kind === 'date') ? only : null;
  }
  const has = (table: TableInfo, word: string) => table.words.some(({ concept }) => concept === word);
  const sales = tables.filter((table) => table.words.some(({ concept }) => SALES_WORDS.has(concept)));
  // What a company buys itself is not what it sells.
  const sold = verb === 'sold' ? sales.filter((table) => !has(table, 'purchase')) : sales;
  const [sale, ...others] = sold;
  return sale && others.length === 0 ? sale : null;
}

/** "carriers that never cancelled a flight": of no row of another table it is so. */
const isNeverOfChildren = (
  { reading: { subject } }: LexemeReader,
  words: string,
  { table }: ColumnInfo,
): boolean => /never/.test(words) && subject !== null && table !== subject;

/** A date of another table than the one asked for: there may be no row at all. */
const isOfChildren = ({ reading: { subject } }: LexemeReader, column: ColumnInfo): boolean =>
  column.kind === 'date' && subject !== null && column.table !== subject;

/**
 * A condition on a column: "price over 100", "name is 'x'", "email is missing", "created in 2024".
 * Without a column: "more than 3 orders", "over 100 in revenue". False, and nothing taken, if no condition follows.
 */
export function parseFilterOnColumn(reader: LexemeReader, column: ColumnInfo | null): boolean {
  if (column === null) {
    parseFreeComparison(reader);
    return true;
  }
  const start = reader.at;
  reader.at++;
  let linked = false;
  let loose = false;
  let negated = false;
  for (let next = reader.peek(); next; next = reader.peek()) {
    if (next.kind === 'be') linked = true;
    else if (next.kind === 'with' || next.kind === 'who' || (next.kind === 'filler' && next.isVerb))
      loose = true;
    else if (next.kind === 'not') negated = true;
    else if (next.kind === 'prep' && next.word === 'of') linked = true;
    else if (next.kind !== 'filler' && next.kind !== 'prep') break;
    reader.at++;
  }
  // "ids of customers who have made a 'buy' order": the text belongs to what comes, not to the column.
  const isLoose = loose && ['quoted', 'value', 'number', 'time'].includes(reader.peek()?.kind ?? '');
  const filter = isLoose ? null : conditionOn(reader, column, linked);
  if (!filter) {
    reader.at = start;
    return false;
  }
  if (negated || reader.pendingNot) {
    if (filter.kind !== 'values' && filter.kind !== 'null')
      throw new CannotRead('The negation is not understood.');
    if (filter.kind === 'values') filter.negated = true;
    else filter.isNull = !filter.isNull;
    reader.pendingNot = false;
  }
  // "lakes that have a name": rather their own than that of something else.
  const spoken = reader.focus ?? reader.reading.subject;
  if (column.words.at(-1)!.concept === 'name' && spoken && spoken !== column.table)
    reader.reading.penalty += 0.2;
  reader.reading.filters.push(filter);
  return true;
}

const isText = (lexeme: Lexeme | undefined): lexeme is LexemeOf<'quoted'> => lexeme?.kind === 'quoted';

function conditionOn(reader: LexemeReader, column: ColumnInfo, linked: boolean): Filter | null {
  const next = reader.peek();
  switch (next?.kind) {
    case 'compare': {
      reader.at++;
      const number = reader.take('number');
      if (number) {
        // "passengers with more than 2 bookings": what is compared comes after.
        if (column.kind !== 'number') return null;
        // "price over 100 units": a further noun would change what is compared.
        return { kind: 'compare', column, op: next.op, value: number.value };
      }
      const text = reader.peek();
      if ((next.op === '=' || next.op === '<>') && (isText(text) || text?.kind === 'value')) {
        return textCondition(reader, column, next.op === '<>');
      }
      throw new CannotRead(`It is not clear what "${next.words}" compares.`, 2);
    }
    case 'between': {
      const [low, and, high] = [reader.peek(1), reader.peek(2), reader.peek(3)];
      if (
        low?.kind !== 'number' ||
        and?.kind !== 'and' ||
        high?.kind !== 'number' ||
        column.kind !== 'number'
      )
        return null;
      reader.at += 4;
      return { kind: 'between', column, low: low.value, high: high.value };
    }
    case 'null':
      reader.at++;
      return { kind: 'null', column, isNull: next.isNull };
    case 'match': {
      const text = reader.peek(1);
      if (!isText(text) || column.kind !== 'text')
        throw new CannotRead('Put the text to look for in quotes.', 3);
      reader.at += 2;
      return { kind: 'match', column, mode: next.mode, text: text.text };
    }
    case 'named':
      reader.at++;
      return textCondition(reader, column, false);
    case 'quoted':
    case 'value':
      return textCondition(reader, column, false);
    case 'number':
      if (!linked || column.kind !== 'number') return null;
      reader.at++;
      return { kind: 'compare', column, op: '=', value: next.value };
    case 'time':
      if (column.kind !== 'date' && !isYearColumn(column)) return null;
      reader.at++;
      return {
        kind: 'time',
        column,
        range: next.range,
        focus: column.table,
        ...timeDetails(next),
      };
    default:
      return null;
  }
}

function textCondition(reader: LexemeReader, column: ColumnInfo, negated: boolean): Filter | null {
  const values: string[] = [];
  let isExact = true;
  for (;;) {
    const next = reader.peek();
    if (next?.kind === 'value' && next.column === column) values.push(...next.values);
    else if (isText(next) && column.kind === 'text') {
      values.push(next.text);
      isExact = false;
    } else break;
    reader.at++;
    const joints = jointsAt(reader);
    const following = reader.peek(joints);
    const continues =
      joints > 0 && (isText(following) || (following?.kind === 'value' && following.column === column));
    if (!continues) break;
    reader.at += joints;
  }
  return values.length === 0 ? null : { kind: 'values', column, values, isExact, negated };
}

/** By what things are compared where only the comparison is said. */
const COMPARED: Readonly<Record<string, readonly string[]>> = {
  'longer than': ['length', 'duration', 'distance'],
  'shorter than': ['length', 'duration', 'distance', 'height'],
  'heavier than': ['weight'],
  'lighter than': ['weight'],
  'cheaper than': ['price', 'cost', 'fee', 'fare'],
  'older than': ['age'],
};

/** A comparison without a column before it. */
function parseFreeComparison(reader: LexemeReader): void {
  const { reading } = reader;
  const compare = reader.peek()!;
  if (compare.kind === 'named') {
    parseNamed(reader);
    return;
  }
  const last = reading.filters.at(-1);
  if (
    compare.kind === 'match' &&
    reader.orAfter !== null &&
    last &&
    'column' in last &&
    last.column?.kind === 'text'
  ) {
    // "names that start with J or end with ez"
    const filter = conditionOn(reader, last.column, true);
    if (filter) reading.filters.push(filter);
    return;
  }
  if (compare.kind !== 'compare')
    throw new CannotRead(`It is not clear what "${compare.words}" applies to.`, 2);
  reader.at++;
  const number = reader.take('number');
  if (!number) throw new CannotRead(`It is not clear what "${compare.words}" compares.`, 2);
  const before = reader.lexemes[reader.at - 3];
  const resume = reader.at;
  reader.skip('filler', 'prep', 'distinct');
  // "at least 5 total transactions"
  if (reader.peek()?.words === 'total' && reader.is('table', 1)) reader.at++;
  const next = reader.peek();
  if (next?.kind === 'column' && next.column.kind === 'number' && !next.column.isKey) {
    reader.at++;
    const computed = reading.measures.at(-1);
    // "an average rating of at least 4 stars"
    if (
      computed?.kind === 'aggregate' &&
      computed.column === next.column &&
      (reading.subject !== null || reading.dimensions.length > 0)
    ) {
      reading.having.push({ measure: computed, op: compare.op, value: number.value });
      return;
    }
    reading.filters.push({ kind: 'compare', column: next.column, op: compare.op, value: number.value });
    return;
  }
  if (next?.kind === 'table' || next?.kind === 'sales' || next?.kind === 'value') {
    if (compare.op === '<' || compare.op === '<=')
      reading.notes.push('things without any are not counted as fewer');
    reading.having.push({ measure: parseMeasure(reader), op: compare.op, value: number.value });
    return;
  }
  reader.at = resume;
  const measure = reading.measures.at(-1);
  const follows = before?.kind === 'column' || before?.kind === 'sales' || before?.kind === 'table';
  if (measure && follows && (reading.subject !== null || reading.dimensions.length > 0)) {
    reading.having.push({ measure, op: compare.op, value: number.value });
    return;
  }
  const hints = COMPARED[compare.words];
  const about = reader.focus ?? reading.subject;
  if (hints && about) {
    const column = hintedColumn(reader, compare.words, hints, about);
    reading.filters.push({ kind: 'compare', column, op: compare.op, value: number.value });
    return;
  }
  throw new CannotRead(`It is not clear what is compared with ${number.words}.`, 2);
}

function parseNamed(reader: LexemeReader): void {
  const { words } = reader.take('named')!;
  const next = reader.peek();
  const table = reader.focus ?? reader.reading.subject;
  if (next?.kind === 'value' && (!table || next.column.table === table)) {
    parseValue(reader);
    return;
  }
  if (next?.kind === 'quoted' && table?.labels.length === 1) {
    reader.at++;
    pushValues(reader, table.labels[0]!, [next.text], false);
    return;
  }
  throw new CannotRead(`It is not clear what is ${words}.`, 2);
}
