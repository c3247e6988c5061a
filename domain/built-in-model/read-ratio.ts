import type { Lexeme, LexemeOf } from './lexeme.js';
import type { LexemeReader } from './lexeme-reader.js';
import { CannotRead, type Filter, type Measure, type RatioPart, type Reading } from './reading.js';

type ReadAll = (lexemes: readonly Lexeme[]) => Reading;
type Shared = { measure: Measure; shared: Filter[]; roles: string[] };

/** What ends the second part of a ratio. A comma does, unless it stands between values. */
const isEnd = (lexeme: Lexeme): boolean =>
  lexeme.kind === 'stop' || lexeme.kind === 'group' || lexeme.kind === 'order' || lexeme.kind === 'opener';

/** "to", "out of", "among", "compared to"; "and" after "between"; "per" before a number of the same rows. */
function isSeparator(lexeme: Lexeme, next: Lexeme | undefined, ratio: LexemeOf<'ratio'>): boolean {
  if (lexeme.kind === 'prep') return ['to', 'out of', 'among'].includes(lexeme.word);
  if (lexeme.kind === 'and') return ratio.words.includes('between');
  if (lexeme.kind === 'compare') return lexeme.words === 'over' && next?.kind !== 'number';
  return lexeme.kind === 'group' && lexeme.isPer && next?.kind === 'column' && next.column.kind === 'number';
}

/**
 * "ratio of A to B", "percentage of A (that are B)", "share of A out of B". Conditions in B that A has too (on the same column)
 * are B's own; the others hold for both. Without a B, it is all of A but for what is said of it.
 */
export function parseRatio(reader: LexemeReader, readAll: ReadAll): Shared {
  const ratio = reader.take('ratio')!;
  const rest = reader.lexemes.slice(reader.at);
  const separator = rest.findIndex((lexeme, i) => isSeparator(lexeme, rest[i + 1], ratio));
  const firstEnd = rest.findIndex(isEnd);
  const isSplit = separator > 0 && (firstEnd < 0 || separator <= firstEnd);
  if (!isSplit && !ratio.isShare) throw new CannotRead(`It is not clear what "${ratio.words}" compares.`, 3);
  const start = isSplit ? separator + 1 : 0;
  const endAfter = rest.slice(start).findIndex(isEnd);
  const end = endAfter < 0 ? rest.length : start + endAfter;
  reader.at += end;
  if (!isSplit) return shareOf(rest.slice(0, end), ratio, readAll);

  const top = readAll(rest.slice(0, separator));
  const bottom = readAll(rest.slice(start, end));
  const [above, below] = [partOf(top, ratio), partOf(bottom, ratio)];
  const isAlike = (filter: Filter) => above.filters.some((other) => columnOf(other) === columnOf(filter));
  // "the population of France to the population of Bavaria": unlike conditions, each of its own side.
  const isWhole =
    rest[separator]!.words.startsWith('out of') ||
    rest.slice(start, end).some(({ words }) => /\b(all|total|overall)\b/.test(words));
  const areTwoThings =
    above.measure.kind === 'count' &&
    below.measure.kind === 'count' &&
    above.measure.table !== below.measure.table;
  const isApart = areTwoThings || (!isWhole && above.filters.length > 0 && !below.filters.some(isAlike));
  const isOwn = (filter: Filter) => isApart || isAlike(filter);
  const measure: Measure = {
    kind: 'ratio',
    top: above,
    bottom: { ...below, filters: below.filters.filter(isOwn) },
    scale: ratio.scale,
  };
  return { measure, shared: below.filters.filter((f) => !isOwn(f)), roles: [...top.roles, ...bottom.roles] };
}

/** "success rate": the percentage of a table's rows of which it is so. */
export function parseShare(reader: LexemeReader): Measure {
  const { filter } = reader.take('share')!;
  const { table } = filter.column;
  const own: Filter =
    filter.kind === 'boolean'
      ? { kind: 'boolean', column: filter.column, value: true }
      : { kind: 'values', column: filter.column, values: filter.values, isExact: true, negated: false };
  const measure: Measure = { kind: 'count', table };
  if (filter.column.source.isNullable)
    reader.reading.notes.push(
      `rows without ${filter.column.source.canonicalColumnName} count as part of the whole`,
    );
  return {
    kind: 'ratio',
    top: { measure, filters: [own] },
    bottom: { measure, filters: [] },
    scale: 100,
  };
}

/** "percentage of customers that are active", "percentage of active customers". */
function shareOf(lexemes: readonly Lexeme[], ratio: LexemeOf<'ratio'>, readAll: ReadAll): Shared {
  const verb = lexemes.findIndex((l) => l.kind === 'who' || l.kind === 'with' || l.kind === 'be');
  const all = readAll(lexemes);
  const part = partOf(all, ratio);
  let shared: Filter[] = part.filters.filter((f) => f.kind === 'time');
  if (verb > 0) {
    // What stands before "that", "with" or "are" says of what; what follows says which part.
    const before = readAll(lexemes.slice(0, verb));
    const keys = before.filters.map((f) => JSON.stringify([f.kind, columnName(f)]));
    shared = part.filters.filter(
      (f) => f.kind === 'time' || keys.includes(JSON.stringify([f.kind, columnName(f)])),
    );
  }
  const own = part.filters.filter((f) => !shared.includes(f));
  if (own.length === 0) throw new CannotRead(`It is not clear which part "${ratio.words}" is of.`, 3);
  // A view leaves rows out by conditions of its own; whether the whole is without them too, nobody has said.
  const view = own.find((f) => f.kind === 'exists' && f.table.source.kind === 'view');
  if (view) throw new CannotRead(`It is not clear of what whole "${columnName(view)}" is the part.`, 3);
  if (verb <= 0 && own.length > 1)
    throw new CannotRead(`It is not clear of what whole the ${ratio.words} is meant.`, 3);
  const measure: Measure = {
    kind: 'ratio',
    top: { measure: part.measure, filters: own },
    bottom: { measure: part.measure, filters: [] },
    scale: ratio.scale,
  };
  return { measure, shared, roles: all.roles };
}

/** One side: a count of things, or a number of them. */
function partOf(reading: Reading, ratio: LexemeOf<'ratio'>): RatioPart {
  const { measures, projections, subject, filters } = reading;
  const isPlain =
    reading.dimensions.length + reading.having.length === 0 &&
    reading.order === null &&
    reading.limit === null;
  if (!isPlain) throw new CannotRead(`The sides of "${ratio.words}" are too involved.`, 3);
  if (reading.mentioned.some((t) => t !== subject)) {
    filters.push(...reading.mentioned.map((table): Filter => ({ kind: 'exists', table, negated: false })));
  }
  const column = projections[0];
  if (measures.length === 1 && projections.length === 0) return { measure: measures[0]!, filters };
  if (measures.length === 0 && projections.length === 0 && subject)
    return { measure: { kind: 'count', table: subject }, filters };
  if (measures.length === 0 && projections.length === 1 && column?.kind === 'number' && !column.isKey)
    return { measure: { kind: 'bare', column }, filters };
  throw new CannotRead(`It is not clear what the sides of "${ratio.words}" are.`, 3);
}

const columnOf = (filter: Filter): unknown =>
  filter.kind === 'exists' ? filter.table : filter.kind === 'or' ? filter : filter.column;
const columnName = (filter: Filter): string =>
  filter.kind === 'exists'
    ? filter.table.source.canonicalTableName
    : filter.kind === 'or'
      ? filter.filters.map(columnName).join()
      : (filter.column?.source.canonicalColumnName ?? '');
