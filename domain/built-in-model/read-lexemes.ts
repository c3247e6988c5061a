// Over 400 lines: one reader whose rules share its state; splitting it would pass that state around (docs/built-in-model.md).
import { addDimension } from './add-dimension.js';
import type { Edge, Lexeme, LexemeOf } from './lexeme.js';
import { LexemeReader, timeDetails } from './lexeme-reader.js';
import { addUpHowMuch, separateCompared } from './read-asked.js';
import { negateRelation, parseFilterOnColumn, parseNegation } from './read-filters.js';
import { readGroup, readOrder } from './read-groups.js';
import { hintedColumn, parseMeasure, parseSuperlative, parseTop } from './read-measures.js';
import { parseRatio, parseShare } from './read-ratio.js';
import {
  implySubject,
  isNumberOfThings,
  limitToWanted,
  ownColumns,
  refuseBelongings,
  showsBelongings,
} from './read-subject.js';
import { hasSome, takeUndone } from './read-undone.js';
import { parseProper, parseQuoted, parseValue } from './read-values.js';
import { CannotRead, type Filter, type Measure, type Reading } from './reading.js';
import type { ColumnInfo, Vocabulary } from './schema-vocabulary.js';

/** Reads the cut of a question, left to right. @throws CannotRead when the words do not fit together. */
export function readLexemes(edges: readonly Edge[], vocabulary: Vocabulary): Reading {
  return readAll(
    edges.map((edge) => edge.lexeme),
    vocabulary,
  );
}

function readAll(lexemes: readonly Lexeme[], vocabulary: Vocabulary): Reading {
  const reader = new LexemeReader(lexemes, vocabulary);
  let sentence = 0;
  while (reader.peek()) {
    const before = reader.at;
    const shown = reader.reading.projections.length;
    readNext(reader, sentence);
    reader.wasProjected = reader.reading.projections.length > shown;
    if (reader.at === before)
      throw new CannotRead(`It is not clear what "${reader.peek()!.words}" refers to.`);
    joinEither(reader);
    requireBoth(reader);
    if (reader.lexemes[before]!.kind === 'stop') sentence++;
  }
  const { reading, pendingOrder } = reader;
  if (pendingOrder) {
    if (reading.order === null && (pendingOrder.limit !== null || reading.measures.length > 0)) {
      reading.order = { by: null, direction: pendingOrder.direction };
      reading.limit = pendingOrder.limit;
    } else if (reading.order === null) throw new CannotRead('It is not clear by what to rank.');
  }
  separateCompared(reader);
  addUpHowMuch(reader);
  limitToWanted(reader);
  implySubject(reader);
  if (reader.pendingNot) throw new CannotRead('It is not clear what is negated.');
  if (reader.orAfter !== null) throw new CannotRead('"or" between different things is not understood.');
  return reading;
}

const sameTime = (filter: Extract<Filter, { kind: 'time' }>, { range, weekdays, clock }: LexemeOf<'time'>) =>
  JSON.stringify([filter.range, filter.weekdays, filter.clock]) === JSON.stringify([range, weekdays, clock]);

/** "shipments to both Leeds and Norwich": some to the one and some to the other. */
function requireBoth(reader: LexemeReader): void {
  const filter = reader.reading.filters.at(-1);
  if (reader.is('stop') || !reader.peek()) {
    if (reader.isBoth && filter?.kind !== 'values') reader.isBoth = false;
  }
  if (!reader.isBoth || filter?.kind !== 'values' || filter.values.length < 2) return;
  if (filter.negated) throw new CannotRead('A negation of "both" is not understood.', 3);
  filter.isAll = true;
  reader.isBoth = false;
}

/** The filter before an "or" and the one after it become one. */
function joinEither(reader: LexemeReader): void {
  const { filters } = reader.reading;
  if (reader.orAfter === null || filters.length <= reader.orAfter) return;
  const at = reader.orAfter;
  const [left, right] = [filters[at - 1]!, filters[at]!];
  // "a and b or c" could be read in two ways, unless both sides of the "or" are of one column.
  const isOfOne = 'column' in left && 'column' in right && left.column === right.column;
  const last = filters.length === at + 1;
  if (!last || (at > 1 && !isOfOne))
    throw new CannotRead('"or" among several conditions is not understood.', 3);
  filters.splice(at - 1, 2, { kind: 'or', filters: [left, right] });
  reader.orAfter = null;
}

function readNext(reader: LexemeReader, sentence: number): void {
  const { reading } = reader;
  const lexeme = reader.peek()!;
  const dateColumn = reader.dateColumn;
  if (lexeme.kind !== 'prep' && lexeme.kind !== 'filler' && lexeme.kind !== 'be') reader.dateColumn = null;
  switch (lexeme.kind) {
    case 'opener':
      reader.at++;
      if (sentence > 0 && lexeme.mood !== 'list')
        throw new CannotRead('Two questions at once are not understood.', 3);
      if (sentence > 0 || isAddition(reader)) reader.isProjecting = true;
      else if (reader.at === 1 || reading.mood === 'what') reading.mood = lexeme.mood;
      else if (reading.subject || reading.measures.length > 0) readRelative(reader);
      return;
    case 'count':
    case 'aggregate':
    case 'sales':
      if (reader.lexemes[reader.at - 1]?.kind === 'column' && reader.wasProjected) {
        throw new CannotRead(
          `It is not clear how "${reader.lexemes[reader.at - 1]!.words}" and "${lexeme.words}" belong together.`,
        );
      }
      if (isCountAgain(reader) || isSpanAgain(reader)) return;
      if (sentence > 0 && lexeme.kind === 'count' && lexeme.isHowMany)
        throw new CannotRead('Two questions at once are not understood.', 3);
      if (lexeme.kind === 'count' && lexeme.isHowMany && reading.measures.length === 0)
        reading.mood = 'count';
      addMeasure(reader, parseMeasure(reader));
      return;
    case 'superlative':
      parseSuperlative(reader);
      return;
    case 'top':
      parseTop(reader);
      return;
    case 'number':
      readNumber(reader);
      return;
    case 'group':
      readGroup(reader);
      return;
    case 'time-unit': {
      // "lasted more than 5 days"
      if (reader.is('number', -1) && isComputedTime(reader)) {
        reader.at++;
        return;
      }
      // "…, in days": a unit that the computed time is in already.
      const before = reader.lexemes[reader.at - 1];
      if (
        /^(?:days|weeks|months|years)$/.test(lexeme.words) &&
        before?.kind === 'prep' &&
        before.word === 'in'
      )
        throw new CannotRead(`It is not clear what "in ${lexeme.words}" refers to.`);
      const isAsked = isFirstNoun(reader) && reading.subject === null && reading.projections.length === 0;
      reader.at++;
      if (!lexeme.isAdverb && !reader.hasGroup && !isAsked && !reader.isProjecting)
        throw new CannotRead(`It is not clear what "${lexeme.words}" refers to.`);
      addDimension(reader, { kind: 'time', unit: lexeme.unit, column: null });
      if (isAsked && !lexeme.isAdverb) {
        // "In which month …": the months are what is asked for.
        reader.hasGroup = true;
        reader.asksTime = true;
        reading.subjectIsPlural = lexeme.isPlural ?? /s$/.test(lexeme.words);
      }
      return;
    }
    case 'change':
      reader.at++;
      if (reading.change) throw new CannotRead('Two changes in one question are not understood.');
      reading.change = { scale: lexeme.scale };
      addDimension(reader, { kind: 'time', unit: changeUnit(lexeme.words), column: null });
      // "the total per month and its month over month change": of what is measured already.
      if (reading.measures.length === 0 || / (?:in|of)$/.test(lexeme.words))
        addMeasure(reader, parseMeasure(reader));
      return;
    case 'rank': {
      reader.at++;
      if (reading.rank) throw new CannotRead('Two ranks in one question are not understood.');
      const by = parseMeasure(reader);
      const isAscending = reader.take('direction')?.direction === 'asc';
      reading.rank = { by, direction: isAscending ? 'asc' : 'desc' };
      return;
    }
    case 'combination':
      reader.at++;
      reading.isCombination = true;
      return;
    case 'share':
      addMeasure(reader, parseShare(reader));
      return;
    case 'over-time':
      reader.at++;
      addDimension(reader, { kind: 'time', unit: 'month', column: null });
      reading.notes.push('"over time" is taken by month');
      return;
    case 'order':
      readOrder(reader);
      return;
    case 'direction':
      reader.at++;
      if (/chronolog|newest|oldest|recent|latest|earliest/.test(lexeme.words) && reading.order === null) {
        const table = reading.subject ?? reading.projections[0]?.table;
        if (!table) throw new CannotRead(`It is not clear what "${lexeme.words}" orders.`, 3);
        const column = hintedColumn(reader, lexeme.words, ['@date'], table);
        reading.order = { by: { kind: 'bare', column }, direction: lexeme.direction };
        return;
      }
      if (reading.order) reading.order = { ...reading.order, direction: lexeme.direction };
      else reading.order = { by: null, direction: lexeme.direction };
      return;
    case 'time':
      reader.at++;
      // Said twice, as where a definition repeats it.
      if (reading.filters.some((f) => f.kind === 'time' && sameTime(f, lexeme))) return;
      reading.filters.push({
        kind: 'time',
        column: dateColumn,
        range: lexeme.range,
        focus: reader.focus,
        ...timeDetails(lexeme),
      });
      return;
    case 'distinct':
      reader.at++;
      reading.isDistinct = true;
      return;
    case 'without':
      parseNegation(reader);
      return;
    case 'with':
      readWith(reader);
      return;
    case 'table':
      readTable(reader);
      return;
    case 'column':
      readColumn(reader);
      return;
    case 'value':
      parseValue(reader);
      return;
    case 'quoted':
      parseQuoted(reader);
      return;
    case 'proper':
      parseProper(reader);
      return;
    case 'not':
      reader.at++;
      if (negateRelation(reader)) return;
      reader.pendingNot = true;
      return;
    case 'compare':
    case 'between':
      parseFilterOnColumn(reader, null);
      return;
    case 'null':
    case 'match':
    case 'named':
      parseFilterOnColumn(reader, null);
      return;
    case 'who':
      reader.at++;
      readRelative(reader);
      return;
    case 'filler':
      reader.at++;
      if (lexeme.isVerb) reading.penalty += 0.02;
      return;
    case 'or':
      reader.at++;
      if (reading.filters.length === 0 || reader.orAfter !== null)
        throw new CannotRead('"or" between different things is not understood.');
      reader.orAfter = reading.filters.length;
      return;
    case 'ratio': {
      const { measure, shared, roles } = parseRatio(reader, (part) => readAll(part, reader.vocabulary));
      reading.measures.push(measure);
      reading.filters.push(...shared);
      reading.roles.push(...roles);
      return;
    }
    case 'unit':
      reader.at++;
      reading.units.push(lexeme.unit);
      return;
    case 'role':
      reader.at++;
      reading.roles.push(lexeme.root);
      return;
    case 'unknown':
      throw new CannotRead(`"${lexeme.word}" is not understood.`, 0);
    case 'both':
      reader.at++;
      reader.isBoth = true;
      return;
    case 'and':
      reader.at++;
      if (!showsBelongings(reader)) refuseBelongings(reader);
      return;
    case 'be':
    case 'prep':
    case 'comma':
    case 'stop':
      reader.at++;
      return;
  }
}

/** "…, showing the number of …": later in the sentence, what is to be shown. */
const isAddition = (reader: LexemeReader): boolean =>
  reader.at > 1 &&
  /^(?:show|also|then|include|along|together|as well)/.test(reader.lexemes[reader.at - 1]!.words);

/** The condition just read compares a time that is computed in the unit named. */
function isComputedTime(reader: LexemeReader): boolean {
  const last = reader.reading.filters.at(-1);
  const formula = last && 'column' in last ? last.column?.formula : undefined;
  const unit = reader.peek();
  if (formula?.kind === 'age') return unit?.words === 'years' || unit?.words === 'year';
  return formula?.kind === 'span' && unit?.kind === 'time-unit' && unit.unit === formula.unit;
}

const UNIT_OF_CHANGE = [
  [/month/, 'month'],
  [/quarter/, 'quarter'],
  [/year|annual/, 'year'],
  [/week/, 'week'],
] as const;
const changeUnit = (words: string) => UNIT_OF_CHANGE.find(([pattern]) => pattern.test(words))?.[1] ?? 'day';

/** Nothing but "in which", "what was the" stands before. */
const isFirstNoun = (reader: LexemeReader): boolean =>
  reader.at > 0 &&
  reader.lexemes.slice(0, reader.at).some((l) => l.kind === 'opener') &&
  reader.lexemes.slice(0, reader.at).every((l) => ['opener', 'prep', 'filler', 'be'].includes(l.kind));

/** "Return the number of days …": of the time between two dates that the rows are ranked by. */
function isSpanAgain(reader: LexemeReader): boolean {
  const by = reader.reading.order?.by;
  const formula = by?.kind === 'bare' ? by.column.formula : undefined;
  const unit = reader.peek(1);
  if (!reader.isProjecting || !reader.is('count') || formula?.kind !== 'span') return false;
  if (unit?.kind !== 'time-unit' || unit.unit !== formula.unit) return false;
  reader.at += 2;
  while (['filler', 'be', 'prep', 'who'].includes(reader.peek()?.kind ?? '')) reader.at++;
  return true;
}

/** "… and how many?", "return the name and the count": what was counted already. */
function isCountAgain(reader: LexemeReader): boolean {
  const { reading } = reader;
  if (!reader.is('count') && !(reader.peek()?.words === 'total' && reader.isProjecting)) return false;
  let ahead = 1;
  while (['filler', 'be', 'who'].includes(reader.peek(ahead)?.kind ?? '')) ahead++;
  const next = reader.peek(ahead);
  if (next && !['stop', 'and', 'comma', 'order', 'direction'].includes(next.kind)) return false;
  const counted = [...reading.measures, ...reading.having.map((h) => h.measure), reading.order?.by].some(
    (m) => m?.kind === 'count' || m?.kind === 'count-distinct',
  );
  if (!counted && reading.subject && reading.measures.length === 0) return false;
  if (!counted) return false;
  reader.at += ahead;
  return true;
}

/** Adds a measure unless it is there. */
function addMeasure(reader: LexemeReader, measure: Measure): void {
  const { reading } = reader;
  const isSame = (other: Measure) =>
    other.kind !== 'ratio' &&
    measure.kind !== 'ratio' &&
    JSON.stringify(measureKey(other)) === JSON.stringify(measureKey(measure));
  // "Return … and the number of orders", after "customers with the most orders": shown already.
  const shown = [...reading.measures, ...reading.having.map((h) => h.measure)];
  if (reader.isProjecting && (shown.some(isSame) || (reading.order?.by && isSame(reading.order.by)))) return;
  reading.measures.push(measure);
}

const measureKey = (measure: Exclude<Measure, { kind: 'ratio' }>): unknown => {
  if (measure.kind === 'count') return ['count', measure.table.source.canonicalTableName];
  if (measure.kind === 'sales') return ['sales', measure.fn];
  return [measure.kind, 'fn' in measure ? measure.fn : '', measure.column.source.canonicalColumnName];
};

/** "who", "that": what comes belongs to the table last named. A group word before it meant the doer, not a group. */
function readRelative(reader: LexemeReader): void {
  const last = reader.reading.dimensions.at(-1);
  if (last?.kind === 'entity' && reader.lexemes[reader.at - 2]?.kind === 'table' && !reader.reading.subject) {
    throw new CannotRead(
      'It is not clear whether to group by the things named after "by", or only to choose them.',
      3,
    );
  }
}

function readTable(reader: LexemeReader): void {
  const lexeme = reader.take('table')!;
  const next = reader.peek();
  const { reading } = reader;
  // "Which services cost more than 20?": what is asked for, and a condition on it.
  const isCondition =
    reading.subject === null &&
    reading.measures.length === 0 &&
    reader.is('compare', 1) &&
    reader.is('number', 2) &&
    lexeme.isPlural === true;
  // "customer names", "order total": the table only says whose column it is.
  if (
    !isCondition &&
    next?.kind === 'column' &&
    next.column.table === lexeme.table &&
    next.column.kind !== 'date'
  )
    return;
  if (
    next?.kind === 'column' &&
    next.column.isKey &&
    next.column.refersTo !== lexeme.table &&
    next.column.table !== lexeme.table
  )
    throw new CannotRead(`It is not clear how "${lexeme.words}" and "${next.words}" belong together.`, 2);
  // "product category": the second noun is meant, reached from the first.
  if (next?.kind === 'table' && next.table !== lexeme.table) {
    if (!reading.mentioned.includes(lexeme.table)) reading.mentioned.push(lexeme.table);
    return;
  }
  if (reader.pendingNot) throw new CannotRead('It is not clear what is negated.');
  if (reader.isProjecting) {
    const shown = reading.subject ?? reading.dimensions.find((d) => d.kind === 'entity')?.table;
    if (shown !== lexeme.table) throw new CannotRead(`It is not clear how to show "${lexeme.words}".`);
    return;
  }
  // A thing merely listed beside others has no known part in the question.
  const before = reader.lexemes[reader.at - 2]?.kind;
  const isKnown = reading.subject === lexeme.table;
  const isNew =
    !isKnown && (reading.subject !== null || reading.measures.length + reading.projections.length > 0);
  if (isNew && (before === 'and' || before === 'comma')) {
    throw new CannotRead(`It is not clear what "${lexeme.words}" is for.`, 2);
  }
  reader.mention(lexeme);
}

function readColumn(reader: LexemeReader): void {
  const { reading } = reader;
  const { column, words, isPlural, isNegated = false, beside = [] } = reader.peek() as LexemeOf<'column'>;
  if (isOfAnother(reader, column))
    throw new CannotRead(`"${words}" is not of ${column.table.source.canonicalTableName}.`, 1);
  const previous = reader.lexemes[reader.at - 1];
  if (previous?.kind === 'column' && previous.column.kind !== 'boolean' && column.kind !== 'boolean') {
    throw new CannotRead(`It is not clear how "${previous.words}" and "${words}" belong together.`, 2);
  }
  // "in states with an area over 1000": things with conditions of their own are a table's rows.
  const isPlace = previous?.kind === 'prep' && ['in', 'from', 'at'].includes(previous.word);
  const [ahead, described] = reader.lexemes.slice(reader.at + 1).filter((l) => l.kind !== 'filler');
  const isDescribed = (ahead?.kind === 'with' || ahead?.kind === 'who') && described?.kind === 'column';
  if (isPlace && column.kind === 'text' && isDescribed) {
    throw new CannotRead(`It is not clear what belongs to "${words}".`, 2);
  }
  const said = reader.lexemes[reader.at - 2];
  const isDone = said?.kind === 'column' || (said?.kind === 'filler' && said.isVerb);
  // "reported and completed in 2023": both in that time?
  if (
    column.kind === 'date' &&
    previous?.kind === 'and' &&
    isDone &&
    /ed$/.test(said.words) &&
    /ed$/.test(words)
  )
    throw new CannotRead(`It is not clear which time "${said.words}" and "${words}" are of.`, 3);
  if (takeUndone(reader)) return;
  if (parseFilterOnColumn(reader, column)) return;
  reader.at++;
  if (column.kind === 'boolean') {
    reading.filters.push({ kind: 'boolean', column, value: reader.pendingNot === isNegated });
    reader.pendingNot = false;
    return;
  }
  // "worked on two campaigns" may name `worked_on`: a verb all the same.
  if (column.kind === 'date' && /(ed|ing)(?: on| at)?$/.test(words)) {
    const before = reader.at;
    reader.skip('prep', 'filler');
    if (!reader.is('time')) {
      reader.at = before;
      readParticiple(reader, column, words);
      return;
    }
    reader.dateColumn = column;
    reader.focus = column.table;
    return;
  }
  // "What is the total amount of orders?": added up, even where a column has that very name.
  const isOne = !/s$/i.test(words.split(' of ')[0]!);
  if (
    /^total\b/i.test(words) &&
    reading.mood === 'what' &&
    isAddable(column) &&
    isOne &&
    !reader.isProjecting
  ) {
    reading.measures.push({ kind: 'aggregate', fn: 'sum', column });
    reader.focus = column.table;
    return;
  }
  const groupsIt = reading.dimensions.some((d) => d.kind === 'column' && d.column === column);
  const measuresIt = reading.measures.some((m) => 'column' in m && m.column === column);
  if (reader.isProjecting) {
    if (groupsIt || measuresIt) return;
    const isGrouped = reading.measures.length > 0 || (reading.order?.by && reading.order.by.kind !== 'bare');
    const owners = [
      reading.subject,
      ...reading.dimensions.map((d) => (d.kind === 'entity' ? d.table : d.column?.table)),
    ];
    if (isGrouped && column.kind === 'number' && !column.isKey && !owners.includes(column.table))
      throw new CannotRead(`It is not clear what to do with "${words}".`, 2);
    for (const each of [column, ...beside])
      if (!reading.projections.includes(each)) reading.projections.push(each);
    // "Return their id": the id of what was asked for, rather than another.
    const isOfSubject =
      reading.subject === column.table ||
      reading.dimensions.some((d) => (d.kind === 'entity' ? d.table : d.column?.table) === column.table);
    if (!isOfSubject) reading.penalty += 0.3;
    return;
  }
  if (groupsIt) return;
  if (reading.measures.length === 0 && !reader.hasGroup) {
    const wasEmpty = reading.projections.length === 0 && reading.subject === null;
    // "customers and their emails": the customers are shown too.
    if (reading.projections.length === 0 && reading.subject === column.table) {
      reading.projections.push(...column.table.labels);
    }
    // "bookings with the name of the agency": the bookings are shown too.
    const { subject } = reading;
    if (reading.projections.length === 0 && subject !== null && subject !== column.table) {
      const said = reader.lexemes.slice(0, reader.at - 1).findLast(({ kind }) => kind !== 'filler');
      // "a product of the category toys" speaks of a condition.
      if (said?.kind === 'prep' && reader.reading.filters.length > 0)
        throw new CannotRead(`It is not clear what "${words}" is for.`, 2);
      reading.projections.push(...ownColumns(subject));
    }
    // "states that border the state where …": one of them is another than those asked for.
    if (reading.projections.includes(column) && reader.is('who')) {
      throw new CannotRead(`It is not clear whether "${words}" is what is asked for, or another.`, 2);
    }
    for (const each of [column, ...beside])
      if (!reading.projections.includes(each)) reading.projections.push(each);
    if (wasEmpty) reading.subjectIsPlural = isPlural ?? false;
    return;
  }
  // "the number of flights of each carrier, with the carrier's name": a fact of what is grouped by.
  const groupedTables = reading.dimensions.flatMap((d) => (d.kind === 'entity' ? [d.table] : []));
  if (groupedTables.includes(column.table) && column.kind !== 'number') {
    if (!column.table.labels.includes(column)) reading.projections.push(column);
    return;
  }
  // "the average rating and the price": another measure without its function.
  throw new CannotRead(
    `It is not clear what to do with "${words}" (${column.source.canonicalColumnName}).`,
    2,
  );
}

/** "resolved complaints": those that have the date. Where every row has it ("albums released by …"), the word says nothing. */
function readParticiple(reader: LexemeReader, column: ColumnInfo, words: string): void {
  const { reading } = reader;
  // A date that may still come says nothing about what has happened.
  if (column.words.some((word) => /^expir|^due$|^valid$/.test(word.concept)))
    throw new CannotRead(`It is not clear by which day "${words}" is judged.`, 3);
  if (reader.pendingNot && !column.source.isNullable)
    throw new CannotRead(`${column.source.canonicalColumnName} is never empty.`, 3);
  const isSplit = reading.subject !== null && reading.subject !== column.table;
  if (!column.source.isNullable || column.formula || isSplit) {
    if (reader.pendingNot) throw new CannotRead(`It is not clear what "${words}" refers to.`);
    if (!reading.mentioned.includes(column.table) && reading.subject !== column.table)
      reading.mentioned.push(column.table);
    reader.focus = column.table;
    reading.penalty += 0.05;
    return;
  }
  reading.filters.push({ kind: 'null', column, isNull: reader.pendingNot });
  reader.pendingNot = false;
  reading.penalty += 0.05;
}

/** "names of customers" read as the names of products, though customers have names. */
function isOfAnother(reader: LexemeReader, column: ColumnInfo): boolean {
  const joint = reader.peek(1);
  const isOf = (joint?.kind === 'prep' && joint.word === 'of') || joint?.words === 'of each';
  const owner = reader.lexemes.slice(reader.at + 2).find(({ kind }) => kind !== 'filler' && kind !== 'value');
  if (!isOf || owner?.kind !== 'table' || owner.table === column.table) return false;
  const isName = /^(?:the )?(?:full )?names?$/i.test(reader.peek()!.words) && owner.table.labels.length > 0;
  return isName || owner.table.columns.some((c) => c.source.name === column.source.name);
}

const isAddable = (column: ColumnInfo): boolean => column.kind === 'number' && !column.isKey;

function readNumber(reader: LexemeReader): void {
  const number = reader.take('number')!;
  const next = reader.peek();
  if (next?.kind === 'superlative' || next?.kind === 'top') {
    if (next.kind === 'top') parseTop(reader);
    else parseSuperlative(reader);
    const { reading } = reader;
    if (reader.pendingOrder) reader.pendingOrder.limit = number.value;
    else if (reading.order) reading.limit = number.value;
    return;
  }
  if (isNumberOfThings(reader) && Number.isInteger(number.value) && number.value >= 1) {
    reader.wanted = number.value;
    return;
  }
  throw new CannotRead(`It is not clear what the number ${number.words} means.`, 2);
}

/** "with", "have", "whose": a condition on the subject, or what to rank or show. */
function readWith(reader: LexemeReader): void {
  const { words } = reader.take('with')!;
  if (showsBelongings(reader) || hasSome(reader, words)) return;
  reader.skip('filler', 'distinct');
  const next = reader.peek();
  const after = reader.peek(1);
  const { reading } = reader;
  if (next?.kind === 'compare' || next?.kind === 'superlative' || next?.kind === 'top') return;
  if (next?.kind === 'table' && reading.subject === null && reading.measures.length === 0) {
    readHaving(reader);
    return;
  }
  if (
    next?.kind === 'table' &&
    next.table !== reading.subject &&
    reading.subject !== null &&
    after?.kind !== 'table'
  ) {
    if (after?.kind === 'column' && after.column.table === next.table) return;
    reader.at++;
    reader.focus = next.table;
    if (reading.measures.length > 0 || reader.pendingOrder) reading.mentioned.push(next.table);
    else reading.filters.push({ kind: 'exists', table: next.table, negated: false });
  }
}

/** "Which countries have lakes and rivers?": a column's values, of which rows of the tables must exist. */
function readHaving(reader: LexemeReader): void {
  const { reading } = reader;
  const column = reading.projections.length === 1 ? reading.projections[0]! : null;
  const after = reader.peek(1);
  if (!column || after?.kind === 'column') return;
  for (let count = 0; ; count++) {
    const next = reader.take('table');
    if (!next) return;
    reader.focus = next.table;
    // The first thing named is the one to read the values from.
    if (next.table === column.table) reading.penalty += count * 0.15;
    else if (count === 0) reading.penalty += 0.2;
    if (next.table !== column.table)
      reading.filters.push({ kind: 'exists', table: next.table, negated: false });
    let ahead = 0;
    while (['and', 'comma', 'filler'].includes(reader.peek(ahead)?.kind ?? '')) ahead++;
    if (ahead === 0 || reader.peek(ahead)?.kind !== 'table') return;
    reader.at += ahead;
  }
}
