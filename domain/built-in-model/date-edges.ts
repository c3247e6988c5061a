import { findDateColumn } from './date-columns.js';
import {
  BE,
  isDone,
  type Part,
  penaltyOf,
  phraseAt,
  skipWords,
  takePhrase,
  toEdge,
  unique,
} from './formula-parts.js';
import type { Edge } from './lexeme.js';
import type { CompareOperator, SpanUnit } from './operators.js';
import { CannotRead } from './reading.js';
import { similarity } from './schema-matcher.js';
import type { Token } from './tokenise.js';
import type { ColumnInfo, Formula, TableInfo, Vocabulary } from './vocabulary.js';

const LATER: Readonly<Record<string, CompareOperator>> = {
  after: '>',
  'later than': '>',
  before: '<',
  'earlier than': '<',
  'sooner than': '<',
  'on or before': '<=',
  'on or after': '>=',
  'no later than': '<=',
  'not later than': '<=',
  by: '<=',
  past: '>',
  'same day as': '=',
  'on the same day as': '=',
};
const UNITS: Readonly<Record<string, SpanUnit>> = {
  second: 'second',
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  week: 'week',
  month: 'month',
  year: 'year',
};
const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
const LONGEST_DATE_NAME = 5;

const DATE_WORDS = new Set([
  'date',
  'time',
  'timestamp',
  'datetime',
  'day',
  'moment',
  'it',
  'they',
  'was',
  'were',
  'been',
  'is',
  'are',
  'being',
  'of',
  'the',
  'up',
]);
const SILENT_DATE = new Set(['date', 'time', 'timestamp', 'at', 'on', 'ts', 'dt', 'datetime', 'day', 'utc']);

/** Date columns that the words from a token on name, whatever their form: "shipping", "the promised date", "it was delivered". */
function datesAt(tokens: readonly Token[], start: number, vocabulary: Vocabulary): Part[] {
  const out: Part[] = [];
  const first = skipWords(
    tokens,
    start,
    new Set([
      'the',
      'its',
      'their',
      'a',
      'an',
      'it',
      'they',
      'when',
      'was',
      'were',
      'being',
      'getting',
      'be',
    ]),
  );
  for (let end = first + 1; end <= Math.min(tokens.length, first + LONGEST_DATE_NAME); end++) {
    const span = tokens.slice(first, end);
    if (span.some((token) => token.kind !== 'word')) break;
    for (const table of vocabulary.tables) {
      const own = [...table.words, ...table.aliasWords];
      for (const column of table.columns) {
        if (column.kind !== 'date') continue;
        const telling = column.words.filter((word) => !SILENT_DATE.has(word.concept));
        let sum = 0;
        let said = 0;
        const isNamed = span.every((token) => {
          const best = Math.max(0, ...telling.map((word) => similarity(token, word)));
          if (best > 0) {
            said++;
            sum += best;
            return true;
          }
          return DATE_WORDS.has(token.concept) || own.some((word) => similarity(token, word) >= 0.85);
        });
        const isPlain =
          telling.length === 0 && span.some((token) => own.some((word) => similarity(token, word) >= 0.85));
        const last = span.at(-1)!;
        if (!isNamed || (said === 0 && !isPlain) || last.concept === 'of' || last.lower === 'the') continue;
        const missing = telling.length - said;
        const fit = (said === 0 ? 0.7 : sum / said) - Math.max(0, missing) * 0.1;
        if (fit > 0.4) out.push({ column, start, end, fit: Math.min(1, fit) });
      }
    }
  }
  return out;
}

const SPAN_NOUNS = new Set([
  'difference',
  'time',
  'duration',
  'period',
  'interval',
  'gap',
  'delay',
  'span',
  'elapsed',
  'passed',
  'length',
  'lag',
  'amount',
  'number',
  'of',
  'in',
  'the',
  'it',
  'takes',
  'took',
  'elapse',
  'pass',
]);

/** The unit that the question wants times in, if it says one. */
export function spanUnit(tokens: readonly Token[]): SpanUnit | null {
  const said = tokens.flatMap((token, i) => {
    const unit = UNITS[token.concept];
    const before = tokens[i - 1]?.lower;
    const beforeThat = tokens[i - 2]?.lower;
    const isAsked =
      before === 'in' ||
      (before === 'of' && beforeThat === 'number') ||
      (before === 'many' && beforeThat === 'how') ||
      tokens[i + 1]?.lower === 'between' ||
      before === 'average';
    const isCounted =
      tokens[i - 1]?.kind === 'number' && !/^(?:last|past|previous|next)$/.test(beforeThat ?? '');
    return unit && ((token.isPlural && isAsked) || isCounted) ? [unit] : [];
  });
  return new Set(said).size === 1 ? said[0]! : null;
}

/** "days between admission and discharge", "the difference in hours from start to end". */
export function spans(tokens: readonly Token[], vocabulary: Vocabulary): Edge[] {
  const out: Edge[] = [];
  const asked = spanUnit(tokens);
  for (const [at, token] of tokens.entries()) {
    const isBetween = token.lower === 'between';
    if (!isBetween && token.lower !== 'from') continue;
    // Back over "the difference in days", "the number of days", "how many days passed".
    let start = at;
    while (start > 0) {
      const word = tokens[start - 1]!;
      if (SPAN_NOUNS.has(word.lower) || UNITS[word.concept]) start--;
      else break;
    }
    while (start < at && ['in', 'of'].includes(tokens[start]!.lower)) start++;
    const lead = tokens.slice(start, at);
    if (
      !lead.some(
        (word) =>
          UNITS[word.concept] ||
          /^(difference|time|duration|period|interval|gap|delay|span|lag)$/.test(word.lower),
      )
    )
      continue;
    // "how many days" keeps its "how many": it is part of the span.
    if (phraseAt(tokens, start - 2, 2) === 'how many') start -= 2;
    for (const left of datesAt(tokens, at + 1, vocabulary)) {
      const joint = tokens[left.end]?.lower;
      if (joint !== 'and' && joint !== 'to' && joint !== 'until') continue;
      for (const right of datesAt(tokens, left.end + 1, vocabulary)) {
        if (right.column === left.column) continue;
        const [from, to] = inOrder(left.column, right.column);
        let { end } = right;
        const unitAfter = tokens[end]?.lower === 'in' ? UNITS[tokens[end + 1]?.concept ?? ''] : undefined;
        if (unitAfter) end += 2;
        const unit =
          unitAfter ??
          lead.map((word) => UNITS[word.concept]).find(Boolean) ??
          asked ??
          (from.isDay && to.isDay ? 'day' : null);
        const fit = isDone(tokens, start, end, [left, right]) - penaltyOf([left, right]);
        out.push(...toEdge(tokens, start, end, { kind: 'span', from, to, unit }, fit, vocabulary));
      }
    }
  }
  return unique(out);
}

const LATE_WORDS =
  /^(end|finish|close|closed|closing|resolved|resolution|delivered|delivery|arrival|arrived|discharged|discharge|completed|completion|returned|paid|left|departure|actual|expired|expiry|read|shipped|promised|due|until|to)$/;

/** "the difference between the end and the start" is that from start to end. */
function inOrder(a: ColumnInfo, b: ColumnInfo): [ColumnInfo, ColumnInfo] {
  const isLate = (column: ColumnInfo) => column.words.some((word) => LATE_WORDS.test(word.concept));
  const isEarly = (column: ColumnInfo) =>
    column.words.some((word) =>
      /^(start|begin|created|admitted|opened|sent|order|ordered|birth|birthdate|hire|join|joined|signup|registered|since)$/.test(
        word.concept,
      ),
    );
  return (isLate(a) && !isLate(b)) || (isEarly(b) && !isEarly(a)) ? [b, a] : [a, b];
}

/** "in the same month as they joined", "on the day of joining": with the date before it, or the one date of what is counted. */
export function sameTimes(tokens: readonly Token[], vocabulary: Vocabulary): Edge[] {
  const out: Edge[] = [];
  for (let start = 0; start < tokens.length; start++) {
    const at = skipWords(tokens, start, new Set(['in', 'on', 'within', 'during', 'the']));
    const unit = CALENDAR_UNITS.find((each) => each === tokens[at + 1]?.concept);
    const next = tokens[at + 2]?.lower;
    if (tokens[at]?.lower !== 'same' || !unit || !['as', 'that', 'when', 'of', 'in'].includes(next ?? ''))
      continue;
    const begin = skipWords(tokens, at + 3, new Set(['that', 'when', 'which', 'he', 'she']));
    for (const right of datesAt(tokens, begin, vocabulary)) {
      for (const left of datesOfCounted(tokens, start, vocabulary, right.column)) {
        const formula: Formula = { kind: 'same-time', unit, left, right: right.column };
        const fit = isDone(tokens, start, right.end, [right]) - 0.02;
        out.push(...toEdge(tokens, start, right.end, formula, fit, vocabulary));
      }
    }
  }
  return unique(out);
}

function dateOf(table: TableInfo, vocabulary: Vocabulary): ColumnInfo | null {
  try {
    return findDateColumn(table, vocabulary);
  } catch (error) {
    if (error instanceof CannotRead) return null;
    throw error;
  }
}

/** The date of the things last spoken of before, other than those that the second date is of. */
function datesOfCounted(
  tokens: readonly Token[],
  end: number,
  vocabulary: Vocabulary,
  other: ColumnInfo,
): ColumnInfo[] {
  for (let at = end - 1; at >= 0; at--) {
    const table = vocabulary.tables.find(
      ({ words, columns }) =>
        words.length > 0 &&
        words.every((word, i) => tokens[at - words.length + 1 + i]?.concept === word.concept) &&
        columns[0]?.table !== other.table,
    );
    if (!table) continue;
    const column = dateOf(table, vocabulary);
    return column?.kind === 'date' ? [column] : [];
  }
  return [];
}

/** "delivered after the promised date". */
export function dateComparisons(tokens: readonly Token[], vocabulary: Vocabulary): Edge[] {
  const out: Edge[] = [];
  for (let start = 0; start < tokens.length; start++) {
    for (const left of datesAt(tokens, start, vocabulary)) {
      const compare = takePhrase(tokens, skipWords(tokens, left.end, BE), LATER);
      if (!compare) continue;
      for (const right of datesAt(tokens, compare.end, vocabulary)) {
        if (right.column === left.column) continue;
        const fit = isDone(tokens, start, right.end, [left, right]) - penaltyOf([left, right]);
        const formula: Formula = {
          kind: 'compare',
          op: compare.value,
          left: left.column,
          right: right.column,
        };
        out.push(...toEdge(tokens, start, right.end, formula, fit, vocabulary));
      }
    }
  }
  return unique(out);
}
