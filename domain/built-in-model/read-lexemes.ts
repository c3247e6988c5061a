import { addDimension } from './add-dimension.js';
import { addMeasure } from './add-measure.js';
import { hintedColumn } from './hinted-column.js';
import type { Edge, Lexeme, LexemeOf } from './lexeme.js';
import { LexemeReader, timeDetails } from './lexeme-reader.js';
import { addUpHowMuch, separateCompared } from './read-asked.js';
import { readColumn } from './read-columns.js';
import { negateRelation, parseFilterOnColumn, parseNegation } from './read-filters.js';
import { readGroup, readOrder } from './read-groups.js';
import { parseMeasure, parseSuperlative, parseTop } from './read-measures.js';
import { parseRatio, parseShare } from './read-ratio.js';
import {
  implySubject,
  isNumberOfThings,
  limitToWanted,
  refuseBelongings,
  showsBelongings,
} from './read-subject.js';
import { readRelative, readTable, readWith } from './read-tables.js';
import { parseProper, parseQuoted, parseValue } from './read-values.js';
import { CannotRead, type Filter, type Reading } from './reading.js';
import { isCountAgain, isSpanAgain } from './said-again.js';
import { refuseIdleStill, takeStanding } from './standing.js';
import type { Vocabulary } from './vocabulary.js';

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
    case 'standing':
      takeStanding(reader);
      return;
    case 'filler':
      reader.at++;
      refuseIdleStill(reader, lexeme);
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
      // "total volunteer hours" asks for hours; "more than 5 hours" and "in hours" say of what unit a number is.
      if (reader.lexemes[reader.at - 2]?.kind === 'table' && !/^(?:in|per|people) /.test(lexeme.words))
        throw new CannotRead(`It is not clear what "${lexeme.words}" is about.`, 3);
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
