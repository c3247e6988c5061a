import { addDimension } from './add-dimension.js';
import { isDeed } from './deeds.js';
import { hintedColumn } from './hinted-column.js';
import type { LexemeOf } from './lexeme.js';
import type { LexemeReader } from './lexeme-reader.js';
import { isMoney } from './money-tables.js';
import { implyDoer } from './read-asked.js';
import { isHowOften, readFrequency } from './read-frequency.js';
import { tableOfKind } from './read-kinds.js';
import { takeUndone } from './read-undone.js';
import { parseValue } from './read-values.js';
import { CannotRead, type Measure } from './reading.js';
import { isCountOf } from './schema-matcher.js';
import { takeStanding } from './standing.js';
import type { ColumnInfo, TableInfo } from './vocabulary.js';

const COUNT_ENDINGS = new Set(['number', 'count', 'quantity', 'total']);

/** Nobody counts these by adding them up. */
const MONEY = new Set(
  'amount cost price fee fare rent salary wage income revenue deposit budget tax discount payment premium balance'.split(
    ' ',
  ),
);

/** A measure: [function] [number of] noun. The functions are lexemes before it or words of the column. */
export function parseMeasure(reader: LexemeReader): Measure {
  reader.skip('filler');
  const aggregate = reader.take('aggregate');
  reader.skip('filler', 'prep');
  // "total monthly amount", "average daily price"
  const adverb = aggregate && reader.peek();
  if (adverb && adverb.kind === 'time-unit' && adverb.isAdverb) {
    reader.at++;
    addDimension(reader, { kind: 'time', unit: adverb.unit, column: null });
  }
  const count = reader.take('count');
  reader.skip('filler', 'prep');
  if (reader.take('distinct')) reader.skip('filler', 'prep');
  const isDistinct = reader.lexemes[reader.at - 1]?.kind === 'distinct';
  const start = reader.at;
  readAdjectives(reader);
  const kind = count && !aggregate && !isDistinct ? tableOfKind(reader, start) : null;
  if (kind) return { kind: 'count', table: kind };
  return nounMeasure(reader, aggregate, count, isDistinct);
}

/** "how many active customers", "number of Italian restaurants": conditions before the noun. */
export function readAdjectives(reader: LexemeReader): void {
  for (;;) {
    const next = reader.peek();
    if (next?.kind === 'value') {
      const start = reader.at;
      parseValue(reader);
      separateValues(reader, start);
    } else if (takeUndone(reader) || takeStanding(reader)) {
    } else if (next?.kind === 'not') {
      reader.pendingNot = true;
      reader.at++;
    } else if (next?.kind === 'column' && next.column.kind === 'boolean') {
      reader.reading.filters.push({
        kind: 'boolean',
        column: next.column,
        value: reader.pendingNot === (next.isNegated ?? false),
      });
      reader.pendingNot = false;
      reader.at++;
    } else return;
  }
}

/** "the number of male and female patients": one number for each, rather than one for both. */
function separateValues(reader: LexemeReader, start: number): void {
  const taken = reader.lexemes.slice(start, reader.at);
  const filter = reader.reading.filters.at(-1);
  if (filter?.kind !== 'values' || filter.negated || filter.values.length < 2) return;
  const isList = taken.some(({ kind }) => kind === 'and') && !taken.some(({ kind }) => kind === 'or');
  if (isList) addDimension(reader, { kind: 'column', column: filter.column });
}

function nounMeasure(
  reader: LexemeReader,
  aggregate: LexemeOf<'aggregate'> | null,
  count: LexemeOf<'count'> | null,
  isDistinct: boolean,
): Measure {
  const { reading } = reader;
  const sales = reader.take('sales');
  if (sales) {
    if (count) throw new CannotRead(`A number of "${sales.words}" is not understood.`);
    const [prep, named] = [reader.peek(), reader.peek(1)];
    // "revenue from fares": the column that holds it is named.
    if (
      prep?.kind === 'prep' &&
      named?.kind === 'column' &&
      named.column.kind === 'number' &&
      !named.column.isKey
    ) {
      reader.at += 2;
      return { kind: 'aggregate', fn: aggregate?.fn ?? 'sum', column: named.column };
    }
    return { kind: 'sales', fn: aggregate?.fn ?? 'sum', words: sales.words };
  }
  let noun = reader.peek();
  const next = reader.peek(1);
  // "order total", "total order amount".
  if (
    noun?.kind === 'table' &&
    next?.kind === 'column' &&
    next.column.table === noun.table &&
    next.column.kind === 'number' &&
    !count
  ) {
    reader.at++;
    noun = next;
  }
  if (noun?.kind === 'table' && next?.kind === 'table' && next.table !== noun.table) {
    if (!reading.mentioned.includes(noun.table)) reading.mentioned.push(noun.table);
    reader.at++;
    noun = next;
  }
  if (noun?.kind === 'table') {
    reader.at++;
    reader.focus = noun.table;
    // "total billed": an amount, which is not said.
    if (aggregate && isDeed(noun))
      throw new CannotRead(`It is not clear what "${aggregate.words} ${noun.words}" adds up.`, 4);
    // "sales count", "order count".
    const isCounted = reader.peek()?.words === 'count' && reader.take('count') !== null;
    if (isCounted && !aggregate) return { kind: 'count', table: noun.table };
    const counts = count || aggregate?.fn === 'sum' || !aggregate;
    if (aggregate?.fn === 'avg' && !count && isMoney(noun.table))
      throw new CannotRead(
        `It is not clear whether the average is of the number or the amount of "${noun.words}".`,
        4,
      );
    // "average rating per album": not how many ratings, as "average orders per customer" is.
    const isMean = aggregate?.fn === 'avg' && (count !== null || noun.isPlural);
    const mean = isMean ? meanCount(reader, noun.table) : null;
    if (mean) return mean;
    // "total payments": how many, or how much?
    if (aggregate && !count && isMoney(noun.table) && !reader.isProjecting)
      throw new CannotRead(
        `It is not clear whether "${aggregate.words} ${noun.words}" is a number or an amount.`,
        4,
      );
    if (!counts || (aggregate && aggregate.fn !== 'sum')) {
      throw new CannotRead(`The ${aggregate!.words} of counts ("${noun.words}") is not understood.`, 2);
    }
    return { kind: 'count', table: noun.table };
  }
  if (noun?.kind === 'column') {
    reader.at++;
    const { column } = noun;
    reader.focus = column.table;
    if (column.kind === 'number' && !column.isKey) {
      const isTally = COUNT_ENDINGS.has(column.words.at(-1)!.concept) || isDistinct === false;
      if (count && !isDistinct && !isCountOf(column) && column.words.some((w) => MONEY.has(w.concept)))
        throw new CannotRead(`It is not clear how to count "${noun.words}".`, 3);
      if (count && isDistinct) return { kind: 'count-distinct', column };
      if (count && !isTally) throw new CannotRead(`It is not clear how to count "${noun.words}".`);
      if (count && (!aggregate || aggregate.fn === 'sum')) {
        // A column that already holds a number of something: added up where rows are grouped.
        return aggregate ? { kind: 'aggregate', fn: 'sum', column } : { kind: 'bare', column };
      }
      return aggregate ? { kind: 'aggregate', fn: aggregate.fn, column } : { kind: 'bare', column };
    }
    if (count && aggregate && aggregate.fn !== 'sum')
      throw new CannotRead('The average of counts is not understood.', 2);
    if (count && column.kind === 'date' && !isDistinct)
      throw new CannotRead(`It is not clear how to count "${noun.words}".`);
    if (count) return { kind: 'count-distinct', column };
    if (aggregate && (aggregate.fn === 'min' || aggregate.fn === 'max') && column.kind === 'date') {
      return { kind: 'aggregate', fn: aggregate.fn, column };
    }
    if (aggregate)
      throw new CannotRead(`"${noun.words}" (${column.source.canonicalColumnName}) is not a number.`, 2);
    return { kind: 'bare', column };
  }
  throw new CannotRead(
    `It is not clear what "${(aggregate ?? count)?.words ?? reader.peek()?.words ?? 'the ranking'}" is about.`,
    2,
  );
}

/** "top 5", "best": waits for what it ranks and by what. */
export function parseTop(reader: LexemeReader): void {
  const before = reader.lexemes[reader.at - 1];
  const top = reader.take('top')!;
  // "Which carrier was founded first?"
  const ends = !reader.peek() || reader.is('stop');
  if (ends && before?.kind === 'column' && top.words === 'first' && reader.reading.order === null) {
    if (before.column.kind === 'date' || before.column.kind === 'number') {
      reader.reading.order = { by: { kind: 'bare', column: before.column }, direction: 'asc' };
      reader.reading.limit = reader.reading.subjectIsPlural ? null : 1;
      return;
    }
  }
  const limit = reader.take('number')?.value ?? null;
  if (
    limit === null &&
    (top.words === 'first' || top.words === 'best' || top.words === 'worst') &&
    !reader.is('table')
  ) {
    throw new CannotRead(`It is not clear what "${top.words}" means here.`);
  }
  if (limit !== null && (!Number.isInteger(limit) || limit < 1))
    throw new CannotRead('A top n needs a whole number.');
  // "top 5 most expensive products", "top 3 highest ratings".
  if (reader.is('superlative') && (reader.peek() as LexemeOf<'superlative'>).direction === top.direction) {
    parseSuperlative(reader);
    if (reader.pendingOrder) reader.pendingOrder.limit = limit;
    else reader.reading.limit = limit;
    return;
  }
  reader.pendingOrder = { direction: top.direction, hints: [], limit };
}

/** Said of any number, as "the largest fine" is. */
const SIZES = new Set('largest biggest smallest longest shortest'.split(' '));

/** "the highest price", "most orders", "cheapest": a ranking of the subject, or a minimum or maximum without one. */
export function parseSuperlative(reader: LexemeReader): void {
  const superlative = reader.take('superlative')!;
  const { reading } = reader;
  const { direction, hints } = superlative;
  const pendingLimit = reader.pendingOrder?.limit ?? null;
  if (hints.length === 0 && isHowOften(reader)) {
    readFrequency(reader, { ...superlative, hints: ['@times'] }, pendingLimit);
    return;
  }
  const limitFromNumber = hints.length === 0 ? (reader.take('number')?.value ?? null) : null;
  reader.skip('filler', 'prep');
  if (hints.length === 0 && superlative.isCounting) implyDoer(reader);
  const hasSubject = reading.subject !== null || reading.projections.length > 0 || reader.asksTime;
  if (hints[0] === '@common' || hints[0] === '@times') {
    readFrequency(reader, superlative, pendingLimit);
    return;
  }
  const ranked = reader.peek();
  // "the largest areas", "the shortest time from hiring to leaving": what is ranked is named.
  const isNamed =
    ranked?.kind === 'column' &&
    ranked.column.kind === 'number' &&
    !ranked.column.isKey &&
    (SIZES.has(superlative.words) ||
      ranked.column.formula !== undefined ||
      ranked.column.words.some((w) => hints.includes(w.concept)));
  if (hints.length > 0 && !isNamed) {
    // "the last ten orders"
    const limit = reader.take('number')?.value ?? pendingLimit;
    const dated = hints[0] === '@date' ? datedRank(reader) : null;
    const next = reader.peek();
    const about =
      next?.kind === 'table' ? next.table : !next || next.kind === 'stop' ? reading.subject : null;
    if (!about || (limit !== null && (!Number.isInteger(limit) || limit < 1)))
      throw new CannotRead(`It is not clear what "${superlative.words}" is about.`);
    const column = dated ?? namedRank(reader) ?? hintedColumn(reader, superlative.words, hints, about);
    if (reading.order) throw new CannotRead('Two rankings in one question are not understood.');
    reading.order = { by: { kind: 'bare', column }, direction, isOfRows: true };
    const isSingular = next?.kind === 'table' ? !next.isPlural : !reading.subjectIsPlural;
    reading.limit = limit ?? (isSingular ? 1 : null);
    reader.pendingOrder = null;
    return;
  }
  const saved = reader.at;
  const measure = parseMeasure(reader);
  // "the highest rated hotel": the hotel is asked for, and by which of its values is not said.
  if (!hasSubject && measure.kind === 'bare' && reader.is('table'))
    throw new CannotRead(`It is not clear by what "${superlative.words}" is judged.`, 3);
  if (!hasSubject && reader.pendingOrder === null) {
    if (/^who\b/i.test(reader.lexemes[0]!.words))
      throw new CannotRead('It is not clear which people are asked for.', 3);
    // "the highest price of …": no subject to rank, so an extreme.
    if (measure.kind === 'bare' && (measure.column.kind === 'number' || measure.column.kind === 'date')) {
      reading.measures.push({
        kind: 'aggregate',
        fn: direction === 'desc' ? 'max' : 'min',
        column: measure.column,
      });
      return;
    }
    reader.at = saved;
    throw new CannotRead(`It is not clear what has the ${superlative.words}.`);
  }
  if (reading.order) throw new CannotRead('Two rankings in one question are not understood.');
  if (superlative.words.includes('number of') || superlative.words.includes('count of')) {
    if (measure.kind === 'bare' && measure.column.kind !== 'number') {
      reading.order = { by: { kind: 'count-distinct', column: measure.column }, direction };
    } else reading.order = { by: measure, direction };
  } else if (measure.kind === 'count' && !superlative.isCounting) {
    throw new CannotRead(`It is not clear what "${superlative.words}" measures.`);
  } else if (measure.kind === 'bare' && measure.column.kind === 'text') {
    if (!/most|least|fewest/.test(superlative.words))
      throw new CannotRead(`It is not clear what "${superlative.words}" measures.`);
    reading.order = { by: { kind: 'count-distinct', column: measure.column }, direction };
  } else reading.order = { by: measure, direction };
  if (reading.order && /^(?:the )?(?:most|least|fewest)$/.test(superlative.words))
    reading.order.isTotal = true;
  // "highest" of a table without "number of" says nothing about what is high.
  if (
    measure.kind === 'count' &&
    /^(highest|greatest|lowest|largest|best)$/.test(superlative.words) &&
    reader.lexemes.slice(saved, reader.at).some(({ kind }) => kind === 'table') &&
    !reader.lexemes.slice(saved, reader.at).some(({ kind }) => kind === 'count')
  ) {
    throw new CannotRead(`It is not clear what "${superlative.words}" measures.`);
  }
  const limit = pendingLimit ?? limitFromNumber;
  reading.limit = limit ?? (reading.subjectIsPlural ? null : 1);
  reader.pendingOrder = null;
}

/** "the last ten submitted orders": the date between is the one that they are ranked by. */
function datedRank(reader: LexemeReader): ColumnInfo | null {
  const [date, table] = [reader.peek(), reader.peek(1)];
  if (date?.kind !== 'column' || date.column.kind !== 'date' || date.isNegated) return null;
  if (table?.kind !== 'table' || table.table !== date.column.table) return null;
  reader.at++;
  return date.column;
}

/** "longest flight by distance": the column is named after the thing, which is left to be read. */
function namedRank(reader: LexemeReader): ColumnInfo | null {
  const [table, group, named] = [reader.peek(), reader.peek(1), reader.peek(2)];
  if (table?.kind !== 'table' || group?.kind !== 'group' || group.isEach || named?.kind !== 'column')
    return null;
  if (named.column.kind === 'text' || named.column.isKey) return null;
  reader.at += 3;
  reader.mention(table);
  return named.column;
}

/** "average number of orders per customer": all orders by all customers that have some. Nothing taken if no "per" follows. */
function meanCount(reader: LexemeReader, table: TableInfo): Measure | null {
  const start = reader.at;
  reader.skip('filler');
  const group = reader.take('group');
  reader.skip('filler');
  const owner = group?.isPer ? reader.take('table') : null;
  const keys = owner ? table.columns.filter((column) => column.refersTo === owner.table) : [];
  const next = reader.peek();
  if (keys.length !== 1 || next?.kind === 'column' || next?.kind === 'table') {
    reader.at = start;
    return null;
  }
  reader.reading.notes.push(`${owner!.table.source.canonicalTableName} without any are not counted`);
  return {
    kind: 'ratio',
    top: { measure: { kind: 'count', table }, filters: [] },
    bottom: { measure: { kind: 'count-distinct', column: keys[0]! }, filters: [] },
    scale: 1,
  };
}
