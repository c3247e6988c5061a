import type { LexemeReader } from './lexeme-reader.js';

/** "Return the number of days …": of the time between two dates that the rows are ranked by. */
export function isSpanAgain(reader: LexemeReader): boolean {
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
export function isCountAgain(reader: LexemeReader): boolean {
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
