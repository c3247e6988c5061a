import { isDeed } from './deeds.js';
import type { LexemeReader } from './lexeme-reader.js';
import { showsBelongings } from './read-subject.js';
import { hasSome } from './read-undone.js';
import { CannotRead } from './reading.js';
import { isFounding } from './year-columns.js';

/** "who", "that": what comes belongs to the table last named. A group word before it meant the doer, not a group. */
export function readRelative(reader: LexemeReader): void {
  const last = reader.reading.dimensions.at(-1);
  if (last?.kind === 'entity' && reader.lexemes[reader.at - 2]?.kind === 'table' && !reader.reading.subject) {
    throw new CannotRead(
      'It is not clear whether to group by the things named after "by", or only to choose them.',
      3,
    );
  }
}

export function readTable(reader: LexemeReader): void {
  const lexeme = reader.take('table')!;
  const next = reader.peek();
  // "Who traded the most shares?": the trades are not who.
  if (isDeed(lexeme) && reader.at === 2 && /^who\b/i.test(reader.lexemes[0]!.words))
    throw new CannotRead('It is not clear which people are asked for.', 3);
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
    next.column.kind !== 'date' &&
    !isFounding(next)
  )
    return;
  if (
    next?.kind === 'column' &&
    next.column.isKey &&
    next.column.refersTo !== lexeme.table &&
    next.column.table !== lexeme.table
  )
    throw new CannotRead(`It is not clear how "${lexeme.words}" and "${next.words}" belong together.`, 2);
  // "Which salesperson sold …": the verb names what is done, which is no thing asked for.
  if (
    next?.kind === 'table' &&
    next.table !== lexeme.table &&
    isDeed(next) &&
    !reader.isProjecting &&
    !reader.is('group', 1)
  ) {
    reader.at++;
    reader.mention(lexeme);
    if (!reading.mentioned.includes(next.table)) reading.mentioned.push(next.table);
    return;
  }
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

/** "with", "have", "whose": a condition on the subject, or what to rank or show. */
export function readWith(reader: LexemeReader): void {
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
