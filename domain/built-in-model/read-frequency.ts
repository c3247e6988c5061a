import { addDimension } from './add-dimension.js';
import type { LexemeOf } from './lexeme.js';
import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead } from './reading.js';
import type { TableInfo } from './vocabulary.js';

/** Verbs of which "the most" is an amount. */
const AMOUNTS =
  /^(?:pa(?:y|ys|id)|spen[dt]s?|earn(?:s|ed)?|cost(?:s|ed)?|raise[sd]?|give[ns]?|gave|ma[dk]es?|donate[sd]?|contribute[sd]?|collect(?:s|ed)?|br(?:ing|ings|ought)|grow[ns]?|grew|owe[sd]?|weigh(?:s|ed)?)\b/;

/** "Which service is ordered the most?": nothing follows that could be measured, so the rows are counted. */
export function isHowOften(reader: LexemeReader): boolean {
  const [said, verb] = [reader.lexemes[reader.at - 1]!, reader.lexemes[reader.at - 2]];
  const next = reader.peek();
  if (!/^(?:the )?(?:most|least)$/.test(said.words) || (next && next.kind !== 'stop')) return false;
  const isVerb = verb?.kind === 'table' || (verb?.kind === 'filler' && verb.isVerb);
  return isVerb && !AMOUNTS.test(verb.words.toLowerCase());
}

/** "the 3 most common diagnoses", "the track streamed most often": ranked by how many rows there are. */
export function readFrequency(
  reader: LexemeReader,
  { words, direction, hints }: LexemeOf<'superlative'>,
  pendingLimit: number | null,
): void {
  const { reading } = reader;
  if (reading.order) throw new CannotRead('Two rankings in one question are not understood.');
  const next = reader.peek();
  let counted: TableInfo | null = null;
  if (hints[0] === '@common' && next?.kind === 'table') {
    counted = eventsOf(reader, next.table);
    if (!counted) throw new CannotRead(`It is not clear what "${words}" counts.`, 3);
    reading.notes.push(`"${words}" is judged by the number of rows of ${counted.source.canonicalTableName}`);
    reading.limit = pendingLimit ?? (next.isPlural ? null : 1);
  } else if (hints[0] === '@common') {
    if (next?.kind !== 'column' || next.column.kind === 'date' || next.column.isKey)
      throw new CannotRead(`It is not clear what "${words}" counts.`, 3);
    reader.at++;
    counted = next.column.table;
    addDimension(reader, { kind: 'column', column: next.column });
    reader.hasGroup = true;
    reading.limit = pendingLimit ?? (next.isPlural ? null : 1);
  } else {
    const others = [
      ...reading.mentioned,
      ...reading.filters.flatMap((f) => (f.kind === 'exists' && !f.negated ? [f.table] : [])),
    ];
    const own =
      reading.projections.length > 0 && reading.subject === null ? reading.projections[0]!.table : null;
    counted = others.length === 1 ? others[0]! : others.length === 0 ? (own ?? verbOf(reader)) : null;
    if (!counted) throw new CannotRead(`It is not clear what "${words}" counts.`, 3);
    reading.filters = reading.filters.filter((f) => f.kind !== 'exists' || f.table !== counted);
    reading.limit = pendingLimit ?? (reading.subjectIsPlural ? null : 1);
  }
  reading.order = { by: { kind: 'count', table: counted }, direction };
  reader.pendingOrder = null;
}

/** "which room type is booked most often": the verb was read as the things asked for, and is what is counted. */
function verbOf({ reading, lexemes, at }: LexemeReader): TableInfo | null {
  const { projections, subject } = reading;
  const said = lexemes.slice(0, at).find((lexeme) => lexeme.kind === 'table' && lexeme.table === subject);
  if (!subject || !said || projections.length === 0 || subject === projections[0]!.table) return null;
  // Who does something is not how often it is done.
  if (!/(?:ed|en|[^aeiou]t|ld)$/i.test(said.words) || /(?:er|or|ee)$/.test(subject.words.at(-1)!.concept))
    return null;
  reading.subject = null;
  return subject;
}

/** The one table whose rows are events of a thing: they point at it and have a date. */
function eventsOf({ vocabulary }: LexemeReader, table: TableInfo): TableInfo | null {
  const children = vocabulary.links.filter(
    (link) => link.to === table && link.from !== table && !link.isPeer,
  );
  const [only, ...others] = [...new Set(children.map((link) => link.from))];
  return only && others.length === 0 && only.columns.some(({ kind }) => kind === 'date') ? only : null;
}
