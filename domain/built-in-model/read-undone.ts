import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead } from './reading.js';

/** What makes of "with a price" a condition on the price, or names what is shown. */
const SAYS_MORE: ReadonlySet<string> = new Set(
  'compare between number value quoted proper match named null be not time superlative top column table with'.split(
    ' ',
  ),
);

/** "customers with an email": those whose column is not empty. False, and nothing taken, if that is not said. */
export function hasSome(reader: LexemeReader, words: string): boolean {
  const { reading } = reader;
  const article = reader.is('filler') ? reader.peek()!.words : (words.split(' ').at(-1) ?? '');
  const at = reader.is('filler') ? 1 : 0;
  const next = reader.peek(at);
  if (!/^an?$/.test(article) || next?.kind !== 'column' || next.isPlural || reader.isProjecting) return false;
  const { column } = next;
  const counted = reading.measures.at(-1);
  const about = reading.subject ?? (counted?.kind === 'count' ? counted.table : null);
  const after = reader.peek(at + 1);
  const isMore = after && (SAYS_MORE.has(after.kind) || (after.kind === 'prep' && after.word !== 'in'));
  if (column.table !== about || column.kind === 'boolean' || isMore || !column.source.isNullable)
    return false;
  reader.at += at + 1;
  reading.filters.push({ kind: 'null', column, isNull: false });
  return true;
}

/**
 * "unpaid bills", "open tickets", "bills that are unpaid": rows of the noun that lack the date. False, and nothing taken, if no such
 * word comes next.
 */
export function takeUndone(reader: LexemeReader): boolean {
  const next = reader.peek();
  if (next?.kind !== 'column' || next.column.kind !== 'date' || !next.isNegated) return false;
  const { column } = next;
  const isAdjective = reader.lexemes
    .slice(reader.at + 1)
    .find(
      (l) =>
        !['value', 'filler', 'and', 'comma'].includes(l.kind) &&
        !(l.kind === 'column' && l.column.kind === 'boolean'),
    );
  const isSaidOf =
    reader.lexemes[reader.at - 1]?.kind === 'be' || reader.lexemes[reader.at - 1]?.words === 'still';
  const noun = isSaidOf
    ? (reader.focus ?? reader.reading.subject)
    : isAdjective?.kind === 'table' && isAdjective.table;
  if (noun !== column.table || reader.pendingNot)
    throw new CannotRead(`It is not clear what "${next.words}" is said of.`, 3);
  reader.at++;
  reader.reading.filters.push({ kind: 'null', column, isNull: true });
  return true;
}
