import type { LexemeReader } from './lexeme-reader.js';
import { parseMeasure } from './read-measures.js';
import { CannotRead, type Dimension } from './reading.js';

/** Adds a group unless it is there. */
export function addDimension(reader: LexemeReader, dimension: Dimension): void {
  const same = (d: Dimension) =>
    d.kind === dimension.kind &&
    (d.kind === 'time'
      ? d.unit === (dimension as typeof d).unit
      : d.kind === 'column'
        ? d.column === (dimension as typeof d).column
        : d.table === (dimension as typeof d).table);
  if (!reader.reading.dimensions.some(same)) reader.reading.dimensions.push(dimension);
}

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
    if (next?.kind !== 'table' && !isAdjective)
      throw new CannotRead(`It is not clear what "${verb.words} ${group.words}" means.`);
    return;
  }
  if (reader.pendingOrder && !group.isEach && reading.order === null) {
    reading.order = { by: parseMeasure(reader), direction: reader.pendingOrder.direction, isTopBy: true };
    reading.limit = reader.pendingOrder.limit;
    reader.pendingOrder = null;
    return;
  }
  reader.hasGroup = true;
  let count = 0;
  for (;;) {
    reader.skip('filler', 'group');
    for (let role = reader.take('role'); role; role = reader.take('role'))
      reader.reading.roles.push(role.root);
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
    if (next?.kind === 'table') addDimension(reader, { kind: 'entity', table: next.table });
    else if (next?.kind === 'time-unit')
      addDimension(reader, { kind: 'time', unit: next.unit, column: null });
    else if (next?.kind === 'column' && next.column.kind !== 'boolean') {
      addDimension(reader, { kind: 'column', column: next.column });
    } else break;
    reader.at++;
    count++;
    const joint = reader.peek();
    const following = reader.lexemes
      .slice(reader.at + 1)
      .find((l) => l.kind !== 'filler' && l.kind !== 'group');
    const continues =
      following?.kind === 'table' || following?.kind === 'column' || following?.kind === 'time-unit';
    if ((joint?.kind === 'and' || joint?.kind === 'comma') && continues) reader.at++;
    else break;
  }
  if (count === 0) throw new CannotRead(`It is not clear what to group by after "${group.words}".`, 2);
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
}
