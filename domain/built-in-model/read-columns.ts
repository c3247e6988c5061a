import { isAddable } from './add-measure.js';
import type { LexemeOf } from './lexeme.js';
import type { LexemeReader } from './lexeme-reader.js';
import { parseFilterOnColumn } from './read-filters.js';
import { ownColumns } from './read-subject.js';
import { takeUndone } from './read-undone.js';
import { CannotRead } from './reading.js';
import { isEndDate } from './standing.js';
import type { ColumnInfo } from './vocabulary.js';
import { isFounding } from './year-columns.js';

export function readColumn(reader: LexemeReader): void {
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
    // "cars in stock on 1 March": when they were in stock.
    if (!column.formula && reader.peek()?.kind === 'time') reader.focus = column.table;
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
  // "hospitals built by …": no year is said.
  if (isFounding({ column, words }) && !reader.is('top') && !reader.is('superlative'))
    throw new CannotRead(`It is not clear what "${words}" refers to.`, 3);
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
    // "Which state has the highest point?": not what each of them has.
    const said = reader.lexemes.slice(0, reader.at - 1).findLast(({ kind }) => kind !== 'filler');
    const isEnd = !reader.peek() || reader.is('stop');
    if (
      /^wh(?:ich|o)\b/i.test(reader.lexemes[0]!.words) &&
      (subject !== null || reading.projections.length > 0) &&
      said?.kind === 'with' &&
      isEnd
    )
      throw new CannotRead(`It is not clear what "${words}" is to be.`, 3);
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
  if (isEndDate(column) || column.words.some((word) => /^expir|^due$|^valid$/.test(word.concept)))
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
