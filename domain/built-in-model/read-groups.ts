import { addDimension } from './add-dimension.js';
import type { Lexeme } from './lexeme.js';
import { type LexemeReader, timeDetails } from './lexeme-reader.js';
import { parseMeasure, readAdjectives } from './read-measures.js';
import { CannotRead, type Dimension } from './reading.js';
import { isCountOf } from './schema-matcher.js';
import type { ColumnInfo } from './vocabulary.js';

const PARTICIPLE = /(?:ed|paid|made|spent|sold|bought|given|taken|written|won|lost|sent|held)$/;

/** "by", "per", "for each": one or more groups, or what a `top n` is ranked by. */
export function readGroup(reader: LexemeReader): void {
  const group = reader.take('group')!;
  const { reading } = reader;
  const verb = reader.lexemes[reader.at - 2];
  reader.skip('filler', 'distinct');
  // "placed by customers": who did it, not a group.
  if (!group.isEach && verb?.kind === 'filler' && verb.isVerb && !reader.is('group')) {
    const next = reader.peek();
    const isAdjective =
      next?.kind === 'value' ||
      next?.kind === 'not' ||
      (next?.kind === 'column' && next.column.kind === 'boolean');
    // "the amount received by payment method"
    const isKind = next?.kind === 'column' && next.column.kind === 'text' && !next.column.isKey;
    if (next?.kind !== 'table' && !isAdjective && !isKind)
      throw new CannotRead(`It is not clear what "${verb.words} ${group.words}" means.`);
    if (!isKind) return;
  }
  const doer = reader.peek();
  const described = reader.lexemes.slice(reader.at + 1).find(({ kind }) => kind !== 'filler');
  const isParticiple = (lexeme: Lexeme) =>
    PARTICIPLE.test(lexeme.words) &&
    (lexeme.kind === 'column' || (lexeme.kind === 'filler' && lexeme.isVerb));
  const isDoing = !group.isEach && verb !== undefined && isParticiple(verb);
  const isDone = !group.isEach && reader.lexemes.slice(0, reader.at - 1).some(isParticiple);
  // "seconds played by listeners from Canada": whose seconds, not a group; said of many without a word more, it may be either.
  const isDescribed = described !== undefined && ['prep', 'who', 'with'].includes(described.kind);
  if (
    (isDoing || (isDone && isDescribed)) &&
    doer?.kind === 'table' &&
    doer.isPlural &&
    !reader.pendingOrder
  ) {
    if (isDescribed) return;
    throw new CannotRead(`It is not clear whether to group by "${doer.words}".`, 3);
  }
  if (reader.pendingOrder && !group.isEach && reading.order === null) {
    reading.order = { by: parseMeasure(reader), direction: reader.pendingOrder.direction, isTopBy: true };
    reading.limit = reader.pendingOrder.limit;
    reader.pendingOrder = null;
    return;
  }
  const ranked = reading.order ?? reader.pendingOrder;
  const isWithin =
    group.isEach &&
    ranked !== null &&
    (reading.limit !== null || reader.pendingOrder !== null) &&
    (reading.subject !== null || reading.projections.length > 0);
  const before = reading.dimensions.length;
  reader.hasGroup = true;
  let count = 0;
  for (;;) {
    reader.skip('filler', 'group');
    for (let role = reader.take('role'); role; role = reader.take('role'))
      reader.reading.roles.push(role.root);
    // "for each completed booking": a condition before the noun.
    if (group.isEach && count === 0 && isDescribedTable(reader)) readAdjectives(reader);
    // "by number of bedrooms", which a column holds
    const held = reader.is('count') ? reader.peek(1) : undefined;
    if (held?.kind === 'column' && held.column.kind === 'number' && !held.column.isKey) reader.at++;
    const next = reader.peek();
    const after = reader.peek(1);
    if (next?.kind === 'table' && after?.kind === 'column' && after.column.table === next.table) {
      reader.at++;
      continue;
    }
    if (next?.kind === 'table' && after?.kind === 'table' && after.table !== next.table) {
      if (!reading.mentioned.includes(next.table)) reading.mentioned.push(next.table);
      reader.at++;
      continue;
    }
    if (next?.kind === 'time' && next.bucket && group.isEach && count === 0) {
      // "in each of the last 6 months": the months are groups, and the time a condition.
      addDimension(reader, { kind: 'time', unit: next.bucket, column: null });
      reading.filters.push({
        kind: 'time',
        column: null,
        range: next.range,
        focus: reader.focus,
        ...timeDetails(next),
      });
      reader.at++;
      return;
    }
    if (next?.kind === 'table') addDimension(reader, { kind: 'entity', table: next.table });
    else if (next?.kind === 'time-unit')
      addDimension(reader, { kind: 'time', unit: next.unit, column: null });
    else if (next?.kind === 'column' && next.column.kind !== 'boolean') {
      if (group.words === 'per' && isTally(next.column) && reading.measures.length > 0)
        throw new CannotRead(`It is not clear whether "per ${next.words}" divides or groups.`, 4);
      addDimension(reader, { kind: 'column', column: next.column });
    } else break;
    reader.at++;
    count++;
    if (next.kind === 'time-unit') takeDateOfUnit(reader);
    const joint = reader.peek();
    const following = reader.lexemes
      .slice(reader.at + 1)
      .find((l) => l.kind !== 'filler' && l.kind !== 'group');
    const continues =
      following?.kind === 'table' || following?.kind === 'column' || following?.kind === 'time-unit';
    if ((joint?.kind === 'and' || joint?.kind === 'comma') && continues) reader.at++;
    else break;
  }
  if (group.words === 'per' && ranked !== null) refuseMostPer(reader, before);
  if (isWithin) {
    // "the top 5 states …, for each state": what is ranked is no group of its own.
    const isRanked = (d: Dimension) =>
      (d.kind === 'entity' && d.table === reading.subject) ||
      (d.kind === 'column' && reading.projections.includes(d.column));
    reading.limitWithin.push(...reading.dimensions.splice(before).filter((d) => !isRanked(d)));
  }
  if (count === 0) throw new CannotRead(`It is not clear what to group by after "${group.words}".`, 2);
}

/** `bedrooms`, `seats`, `num_rooms`: how many of something a row has. */
const isTally = (column: ColumnInfo): boolean =>
  column.kind === 'number' && !column.isKey && (isCountOf(column) || /[^s]s$/i.test(column.source.name));

/** "Which district has the most violations per parcel?": a ratio, where the parcels belong to what is asked for. */
function refuseMostPer({ reading, vocabulary }: LexemeReader, before: number): void {
  const { subject, projections } = reading;
  for (const dimension of reading.dimensions.slice(before)) {
    if (dimension.kind !== 'entity') continue;
    const { table } = dimension;
    const isPart =
      projections.some((column) => column.table === table) ||
      vocabulary.links.some((link) => !link.isPeer && link.from === table && link.to === subject);
    if (isPart && table !== subject) throw new CannotRead('A ranking by a ratio is not understood.', 4);
  }
}

/** "by year of submission": the date that the unit is of. */
function takeDateOfUnit(reader: LexemeReader): void {
  const [of, date] = [reader.peek(), reader.peek(1)];
  const dimension = reader.reading.dimensions.at(-1);
  if (of?.kind !== 'prep' || of.word !== 'of' || date?.kind !== 'column' || date.column.kind !== 'date')
    return;
  if (dimension?.kind !== 'time' || dimension.column !== null) return;
  dimension.column = date.column;
  reader.at += 2;
}

function isDescribedTable(reader: LexemeReader): boolean {
  const isAdjective = (l: Lexeme | undefined) =>
    l?.kind === 'value' ||
    l?.kind === 'standing' ||
    l?.kind === 'not' ||
    (l?.kind === 'column' && l.column.kind === 'boolean');
  let ahead = 0;
  while (isAdjective(reader.peek(ahead))) ahead++;
  return ahead > 0 && reader.is('table', ahead);
}

/** "ordered by", "sorted by". */
export function readOrder(reader: LexemeReader): void {
  const { reading } = reader;
  reader.take('order');
  reader.skip('filler', 'prep', 'group');
  const direct = reader.take('direction');
  if (direct) {
    // "from highest to lowest altitude": by what comes after.
    const named = ['column', 'aggregate', 'count', 'sales'].includes(reader.peek()?.kind ?? '');
    const by = named ? parseMeasure(reader) : (reading.order?.by ?? null);
    reading.order = { by, direction: direct.direction };
    return;
  }
  const measure = parseMeasure(reader);
  reader.skip('comma');
  const direction = reader.take('direction')?.direction ?? 'asc';
  reading.order = { by: measure, direction };
  readThen(reader);
}

/** "…, then by name", "and then by price descending". */
function readThen(reader: LexemeReader): void {
  const order = reader.reading.order!;
  for (;;) {
    let ahead = 0;
    while (['and', 'comma', 'filler'].includes(reader.peek(ahead)?.kind ?? '')) ahead++;
    const isThen = reader.lexemes
      .slice(reader.at, reader.at + ahead)
      .some(({ words }) => /\bthen\b/.test(words));
    if (!isThen) return;
    if (reader.is('group', ahead)) ahead++;
    while (reader.is('filler', ahead)) ahead++;
    const next = reader.peek(ahead);
    if (next?.kind !== 'column') return;
    reader.at += ahead + 1;
    const direction = reader.take('direction')?.direction ?? 'asc';
    order.further = [...(order.further ?? []), { column: next.column, direction }];
  }
}
