import type { Edge } from './lexeme.js';
import { areNear, isShortFor } from './near-words.js';
import { isKnownWord } from './segment-name.js';
import { areSynonyms } from './synonyms.js';
import type { Token } from './tokenise.js';
import type { ColumnInfo, NameWord, TableInfo, Vocabulary } from './vocabulary.js';
import { rootOf, toConcept } from './words.js';
import { isYearColumn } from './year-columns.js';

const LONGEST_NAME = 6;
/** Endings and units of column names that people leave out when they speak. */
const SILENT = new Set(
  `name text at on ts timestamp dt usd eur gbp kg g cm mm km m m2 m3 ft mi lb lbs gb mb kb tb min mins sec secs ms hr hrs minute
  second hour day full percent flag str code cd value datetime is has nbr sqm sqft ha kwh kw kph kmh mph`.split(
    /\s+/,
  ),
);
/** Words inside a name that carry nothing: "date of birth", "type of the order". */
const JOINERS = new Set(['of', 'the']);

const PARTICLES = new Set('in out on off up down to from by at for with and or is as'.split(' '));

const VAGUE = new Set(['number', 'name', 'code', 'id', 'type', 'total']);

/** How well a word of the question stands for a word of a name: 1 same, below that root or synonym, 0 not at all. */
export function similarity(token: Token, name: NameWord): number {
  if (token.concept === name.concept) return 1;
  // "lasted" has nothing to do with what comes last.
  if (name.concept === 'last') return 0;
  if (token.root === name.root && token.root.length >= 3) return 0.85;
  if (areSynonyms(token.concept, name.concept)) return 0.7;
  if (areNear([token.concept, token.root, token.lower], [name.concept, name.root])) return 0.68;
  return !isKnownWord(name.concept) && isShortFor(name.concept, token.concept) ? 0.66 : 0;
}

interface Cover {
  /** Mean similarity of the question's words. */
  quality: number;
  used: Set<NameWord>;
}

/** Gives every token a word of the name of its own, or null. */
function coverAll(tokens: readonly Token[], names: readonly NameWord[]): Cover | null {
  const used = new Set<NameWord>();
  let sum = 0;
  for (const token of tokens) {
    let best: NameWord | undefined;
    let bestScore = 0;
    for (const name of names) {
      if (used.has(name)) continue;
      const score = similarity(token, name);
      if (score > bestScore) {
        best = name;
        bestScore = score;
      }
    }
    if (!best) return null;
    used.add(best);
    sum += bestScore;
  }
  return { quality: sum / tokens.length, used };
}

/** Fit of a span to a table's name, 0 if none. All words of the name must be said, but for one in a longer name. */
function tableFit(tokens: readonly Token[], table: TableInfo): number {
  const cover = coverAll(tokens, table.words);
  if (!cover) return 0;
  const missing = table.words.filter((word) => !cover.used.has(word));
  if (missing.length === 0) return cover.quality;
  // "items" for order_items, "payments" for payments_received: the head noun must be said.
  const plain = missing.every((word) =>
    ['table', 'data', 'info', 'list', 'record', 'dim', 'fact', 'master'].includes(word.concept),
  );
  if (plain) return cover.quality * 0.95;
  const head = table.words.findLast((word) => !/(ed|ing|made)$/.test(word.concept)) ?? table.words.at(-1)!;
  if (cover.quality < 0.85) return 0;
  return cover.used.has(head) ? (cover.quality * 0.55 * cover.used.size) / table.words.length + 0.2 : 0;
}

/** "fines" for `fine_amount`: the one word before it says it all. */
const isAmountOf = (column: ColumnInfo, covered: readonly NameWord[]): boolean =>
  column.kind === 'number' && column.words.length === 2 && covered[0] === column.words[0];

const NUMBERED = new Set([
  'phone',
  'mobile',
  'fax',
  'passport',
  'account',
  'license',
  'licence',
  'vat',
  'iban',
]);
const isNumbered = (ending: string, column: ColumnInfo): boolean =>
  ending === 'number' && NUMBERED.has(column.words.at(-1)!.concept);
const COUNTING = new Set(['number', 'no', 'count', 'cnt', 'num']);
/** `number_of_beds`, `num_employees`: how many of something there are, without saying which. */
export const isCountOf = ({ isKey, kind, words }: ColumnInfo): boolean =>
  kind === 'number' && !isKey && words.length > 1 && COUNTING.has(words[0]!.concept);
const isPlural = (tokens: readonly Token[]): boolean => tokens.at(-1)!.isPlural;
const CLASSES = new Set(['class', 'level']);

/** Fit of a span to a column's name; words of its table's name may come along, and make up for missing ones. */
function columnFit(
  tokens: readonly Token[],
  column: ColumnInfo,
  isJoined: boolean,
): { fit: number; namesTable: boolean } | null {
  const tableWords = [...column.table.words, ...column.table.aliasWords];
  // "country name" for the text column `country`.
  const isNamed = tokens.length > 1 && tokens.at(-1)!.concept === 'name' && column.kind === 'text';
  if (isNamed && !column.words.some((word) => word.concept === 'name') && !isJoined) {
    const plain = columnFit(tokens.slice(0, -1), column, isJoined);
    return plain && { ...plain, fit: plain.fit - 0.04 };
  }
  // "email address" for the text column `email`.
  const isAddress =
    tokens.length > 1 &&
    tokens.at(-1)!.concept === 'address' &&
    /mail$|^url$/.test(column.words.at(-1)!.concept);
  if (isAddress) return columnFit(tokens.slice(0, -1), column, isJoined);
  // "phone number" for the text column `phone`, "priority level" for `priority`.
  const ending = tokens.length > 1 && column.kind === 'text' ? tokens.at(-1)!.concept : '';
  const isEnding = isNumbered(ending, column) || CLASSES.has(ending);
  if (isEnding && !column.isKey && !column.words.some((word) => word.concept === ending) && !isJoined) {
    const plain = columnFit(tokens.slice(0, -1), column, isJoined);
    return plain && !plain.namesTable ? { ...plain, fit: plain.fit - 0.04 } : null;
  }
  // "check-in date" for the date column `check_in`.
  const isDated = tokens.length > 1 && tokens.at(-1)!.concept === 'date' && column.kind === 'date';
  if (isDated && !column.words.some((word) => word.concept === 'date')) {
    const plain = columnFit(tokens.slice(0, -1), column, isJoined);
    return plain && { ...plain, fit: plain.fit - 0.04 };
  }
  const own = coverAll(tokens, column.words);
  const cover = own ?? coverAll(tokens, [...column.words, ...tableWords]);
  if (!cover) return null;
  // The head of a compound comes last: "restaurant rating" is a rating, "rated restaurant" is none.
  if (own === null && !isJoined && !column.words.some((word) => similarity(tokens.at(-1)!, word) > 0))
    return null;
  const covered = column.words.filter((word) => cover.used.has(word));
  if (covered.length === 0) return null;
  const inTable = (word: NameWord) => tableWords.some((t) => t.concept === word.concept);
  const missing = column.words.filter((word) => !cover.used.has(word));
  const isYear = isYearColumn(column);
  const isCounting = isPlural(tokens) && isCountOf(column);
  const isSilent = (word: NameWord) =>
    (isCounting && (word === column.words[0] || word.concept === 'of')) || isSilentIn(word);
  const isSilentIn = ({ concept }: NameWord) => SILENT.has(concept) || (isYear && concept === 'year');
  const head = column.words.findLast((word) => !isSilent(word)) ?? column.words.at(-1)!;
  const isVerbForm = tokens.some(
    (token) => /(ed|ing)$/.test(token.lower) && !column.table.words.some((w) => w.root === token.root),
  );
  // "orders" are no `ordered_at`; "ordered" may be.
  if (
    column.kind === 'date' &&
    tokens.length === 1 &&
    cover.quality < 1 &&
    !/(ed|ing|n)$/.test(tokens[0]!.lower)
  )
    return null;
  let fit = cover.quality;
  for (const word of missing) {
    if (inTable(word)) fit -= 0.02;
    else if (word.concept === 'date' && column.kind === 'date')
      fit -= isVerbForm || own === null ? 0.08 : 0.3;
    else if (word.concept === 'id') return null;
    else if (isSilent(word)) fit -= 0.06;
    else if (word === head && !(word.concept === 'amount' && isAmountOf(column, covered))) return null;
    else fit -= word === head ? 0.08 : 0.3;
  }
  // "number" alone is not the house number.
  if (
    covered.every((w) => VAGUE.has(w.concept)) &&
    missing.some((w) => !inTable(w) && !SILENT.has(w.concept))
  )
    return null;
  // `country_code` that refers to countries: the word means the country, unless its code was said.
  if (
    column.refersTo &&
    missing.length > 0 &&
    covered.every((w) => column.refersTo!.words.some((t) => t.concept === w.concept))
  ) {
    fit -= 0.4;
  }
  // Only the table's word and a silent ending were said: that is the table, not the column.
  if (covered.every((word) => inTable(word)) && missing.length > 0 && own !== null) return null;
  return fit > 0.3 ? { fit, namesTable: own === null } : null;
}

/** Between equals, tables that the search put first win; a view repeats what tables hold. */
const handicap = ({ rank, source }: TableInfo): number =>
  Math.min(rank, 20) * 0.002 + (source.kind === 'view' || source.kind === 'materialized-view' ? 0.25 : 0);

/** "number of orders" is no `order_number`, but may be a numeric `order_count`. */
const TALLY = new Set(['number', 'count', 'total', 'sum', 'amount', 'quantity']);
const isTally = (token: Token): boolean => TALLY.has(token.concept);
const holdsTally = (column: ColumnInfo): boolean =>
  column.kind === 'number' && !column.isKey && TALLY.has(column.words.at(-1)!.concept);

/** All tables and columns that spans beginning at a token may name. */
export function matchNames(tokens: readonly Token[], start: number, vocabulary: Vocabulary): Edge[] {
  const edges = negatedFlags(tokens[start]!, start, vocabulary);
  for (let end = start + 1; end <= Math.min(tokens.length, start + LONGEST_NAME); end++) {
    const last = tokens[end - 1]!;
    if (last.kind !== 'word' && last.kind !== 'number') break;
    const span = tokens.slice(start, end);
    const content = span.filter((token, i) => i === 0 || i === span.length - 1 || !JOINERS.has(token.lower));
    // "in" is no `check_in`.
    if (content.length === 1 && PARTICLES.has(last.lower)) continue;
    if (JOINERS.has(span[0]!.lower) || JOINERS.has(last.lower)) continue;
    if (span.some((token, i) => token.lower === 'the' && span[i - 1]?.lower !== 'of')) continue;
    const words = span.map((token) => token.raw).join(' ');
    const isPlural = last.isPlural || (span.length > 1 && content.length < span.length && span[0]!.isPlural);
    const bonus = 0.12 * (span.length - 1);
    const fits = vocabulary.tables.map((table) =>
      content.length === span.length ? tableFit(content, table) : 0,
    );
    const isExact = fits.some((fit) => fit >= 0.95);
    for (const [index, table] of vocabulary.tables.entries()) {
      const fit = fits[index]!;
      // "suppliers" are no `product_suppliers` where there are suppliers.
      if (fit > 0.3 && (!isExact || fit >= 0.8)) {
        const score = fit * span.length + bonus - handicap(table);
        edges.push({ start, end, score, lexeme: { kind: 'table', table, words, isPlural } });
      }
      const key = keyEdge(content, start, end, table);
      if (key) edges.push(key);
      if (table.labels.length === 2) edges.push(...bothNames(content, start, end, table));
      for (const column of table.columns) {
        const match = columnFit(content, column, content.length < span.length);
        // "albums released": a thing and what is said of it, rather than one name.
        const isClause =
          (column.kind === 'date' || isYearColumn(column)) &&
          content.length > 1 &&
          /ed$|^built$|^born$/.test(last.lower) &&
          table.words.some((word) => word.concept === content[0]!.concept);
        // "per booking" where there are bookings is not `booked_on`.
        const isThing =
          isExact && column.kind === 'date' && !column.words.some((word) => word.concept === last.concept);
        if (
          !match ||
          isClause ||
          (isThing && content.length === 1) ||
          (content.length < span.length && isTally(span[0]!) && !holdsTally(column))
        )
          continue;
        // Where there is a table of employees, "employees" need not be `num_employees`.
        const rival = isExact && isCountOf(column) && !span.some(isTally) ? 0.25 : 0;
        const score = (match.fit - rival) * span.length * 0.98 + bonus - handicap(table);
        edges.push({
          start,
          end,
          score,
          lexeme: { kind: 'column', column, namesTable: match.namesTable, words, isPlural },
        });
      }
    }
  }
  return edges;
}

/** "domain ID" where the key of domains is called `did`. */
function keyEdge(content: readonly Token[], start: number, end: number, table: TableInfo): Edge | null {
  const [key] = table.primaryKey;
  const last = content.at(-1)!;
  if (table.primaryKey.length !== 1 || last.concept !== 'id' || end - start !== content.length) return null;
  const isPlain = key!.words.some((word) => word.concept === 'id');
  const said = content
    .slice(0, -1)
    .map((token) => token.concept)
    .join(' ');
  if (isPlain || said !== table.words.map((word) => word.concept).join(' ')) return null;
  const words = content.map((token) => token.raw).join(' ');
  const score = 0.9 * content.length + 0.12 * (content.length - 1) - handicap(table);
  const lexeme = { kind: 'column', column: key!, namesTable: true, words, isPlural: last.isPlural } as const;
  return { start, end, score, lexeme };
}

/** "names", "physician names" of things that have a first and a last name. */
function bothNames(content: readonly Token[], start: number, end: number, table: TableInfo): Edge[] {
  const [first, last] = table.labels as [ColumnInfo, ColumnInfo];
  const said = content.map((token) => token.concept).join(' ');
  const own = table.words.map((word) => word.concept).join(' ');
  const isSaid = ['name', 'full name', `${own} name`, `${own} full name`].includes(said);
  if (!isSaid || end - start !== content.length) return [];
  const words = content.map((token) => token.raw).join(' ');
  const score = 0.9 * content.length + 0.12 * (content.length - 1) - handicap(table);
  return [
    {
      start,
      end,
      score,
      lexeme: {
        kind: 'column',
        column: first,
        beside: [last],
        namesTable: said.startsWith(own),
        words,
        isPlural: content.at(-1)!.isPlural,
      },
    },
  ];
}

const OPEN_UNTIL = ['closed', 'completed', 'resolved', 'finished'];

/** Whether a date is that of what a participle says: `paid_date` of "paid", `resolution_date` of "resolved". */
export function isDateOf(column: ColumnInfo, participle: string): boolean {
  const telling = column.words.filter((word) => !SILENT.has(word.concept) && word.concept !== 'date');
  const [only] = telling;
  if (telling.length !== 1 || !only) return false;
  return (
    only.root === rootOf(participle) ||
    areNear([participle, toConcept(participle)], [only.concept, only.root])
  );
}

/** "inactive", "unpaid", "open": the opposite of a yes-or-no column, or of a date that what is done has. */
function negatedFlags(token: Token, start: number, vocabulary: Vocabulary): Edge[] {
  const opposite = /^(?:in|un|non)(\p{L}{4,})$/u.exec(token.lower)?.[1];
  const done = token.lower === 'open' ? OPEN_UNTIL : opposite === undefined ? [] : [opposite];
  return vocabulary.tables
    .flatMap((table) => table.columns)
    .filter((column) =>
      column.kind === 'boolean'
        ? done.includes(column.words.at(-1)!.concept)
        : column.kind === 'date' && column.source.isNullable && done.some((word) => isDateOf(column, word)),
    )
    .map((column) => ({
      start,
      end: start + 1,
      score: 0.85,
      lexeme: { kind: 'column', column, namesTable: false, isNegated: true, words: token.raw },
    }));
}
