// Over 400 lines: one table of edges, a group of them for each kind of computed value.
import { findDateColumn } from './date-columns.js';
import { type ArithmeticOperator, computedColumn, type Formula, type SpanUnit } from './formula.js';
import type { AggregateFunction, CompareOperator, Edge } from './lexeme.js';
import { lookUp } from './lexicon.js';
import { CannotRead } from './reading.js';
import { similarity } from './schema-matcher.js';
import type { ColumnInfo, TableInfo, Vocabulary } from './schema-vocabulary.js';
import type { Token } from './tokenise.js';

const OPERATORS: Readonly<Record<string, ArithmeticOperator>> = {
  minus: '-',
  '-': '-',
  plus: '+',
  '+': '+',
  times: '*',
  '*': '*',
  '×': '*',
  'multiplied by': '*',
  'divided by': '/',
  '/': '/',
  '÷': '/',
};
const EMPTY = new Set(['the', 'a', 'an', 'its', 'their', 'his', 'her', 'of', 'each', 'total']);
const BE = new Set(['is', 'are', 'was', 'were', 'be', 'being', 'had', 'been', 'that']);
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
const FUNCTIONS: Readonly<Record<string, AggregateFunction>> = {
  average: 'avg',
  mean: 'avg',
  maximum: 'max',
  minimum: 'min',
};
const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const;
const LONGEST_DATE_NAME = 5;

interface Part {
  column: ColumnInfo;
  start: number;
  end: number;
  /** For each of its tokens. */
  fit: number;
}

/**
 * Adds to the edges of a question those of computed columns: "total amount minus amount paid", "days between admission and
 * discharge", "delivered after the promised date", "salary above the average salary".
 */
export function addFormulaEdges(tokens: readonly Token[], edges: Edge[][], vocabulary: Vocabulary): void {
  const found: Edge[] = [
    ...spans(tokens, vocabulary),
    ...dateComparisons(tokens, vocabulary),
    ...sameTimes(tokens, vocabulary),
    ...comparisons(tokens, edges, vocabulary),
  ];
  for (const edge of found) edges[edge.start]!.push(edge);
  // Twice: "a minus b minus c", "a plus b divided by c" stand on results of their own.
  for (let round = 0; round < 2; round++) {
    for (const edge of arithmetic(tokens, edges, vocabulary)) edges[edge.start]!.push(edge);
  }
}

const phraseAt = (tokens: readonly Token[], start: number, length: number): string =>
  tokens
    .slice(start, start + length)
    .map((token) => token.lower)
    .join(' ');

function skipWords(tokens: readonly Token[], at: number, words: ReadonlySet<string>): number {
  let next = at;
  while (next < tokens.length && words.has(tokens[next]!.lower)) next++;
  return next;
}

/** The longest phrase of a table at a token. */
function takePhrase<T>(
  tokens: readonly Token[],
  at: number,
  phrases: Readonly<Record<string, T>>,
): { value: T; end: number } | null {
  for (let length = 5; length >= 1; length--) {
    const value = at + length <= tokens.length ? phrases[phraseAt(tokens, at, length)] : undefined;
    if (value !== undefined) return { value, end: at + length };
  }
  return null;
}

function toEdge(
  tokens: readonly Token[],
  start: number,
  end: number,
  formula: Formula,
  fit: number,
  vocabulary: Vocabulary,
): Edge[] {
  const column = computedColumn(formula, vocabulary);
  if (!column) return [];
  const words = tokens
    .slice(start, end)
    .map((token) => token.raw)
    .join(' ');
  const length = end - start;
  const score = fit * length + 0.12 * (length - 1);
  return [{ start, end, score, lexeme: { kind: 'column', column, namesTable: false, words } }];
}

const numbersOf = (edges: readonly Edge[]): Part[] =>
  edges.flatMap(({ lexeme, start, end, score }) =>
    lexeme.kind === 'column' && lexeme.column.kind === 'number' && !lexeme.column.isKey && score > 0
      ? [{ column: lexeme.column, start, end, fit: score / (end - start) }]
      : [],
  );

const isDone = (tokens: readonly Token[], start: number, end: number, parts: readonly Part[]): number =>
  // Words between the parts say what is done with them.
  (parts.reduce((sum, part) => sum + part.fit * (part.end - part.start), 0) +
    (end - start - parts.reduce((sum, part) => sum + part.end - part.start, 0)) * 0.95) /
  Math.max(1, Math.min(end, tokens.length) - start);

function arithmetic(tokens: readonly Token[], edges: readonly Edge[][], vocabulary: Vocabulary): Edge[] {
  const out: Edge[] = [];
  for (let start = 0; start < tokens.length; start++) {
    out.push(...pairs(tokens, start, edges, vocabulary));
    out.push(...densities(tokens, start, edges, vocabulary));
    const opened = tokens[start]!.raw === '(' ? start + 1 : start;
    const first = skipWords(tokens, opened, new Set(['the', 'total']));
    for (const left of numbersOf(edges[first] ?? [])) {
      const operator = takePhrase(tokens, left.end, OPERATORS);
      if (!operator) continue;
      const at = skipWords(tokens, operator.end, EMPTY);
      const literal = tokens[at]?.kind === 'number' ? tokens[at]!.value! : null;
      const rights: (Part | number)[] = literal === null ? numbersOf(edges[at] ?? []) : [literal];
      for (const right of rights) {
        if (typeof right !== 'number' && right.column === left.column) continue;
        let end = typeof right === 'number' ? at + 1 : right.end;
        if (opened > start) {
          if (tokens[end]?.raw !== ')') continue;
          end++;
        }
        const begin = opened > start ? start : left.start;
        const formula: Formula = {
          kind: 'arithmetic',
          op: operator.value,
          left: left.column,
          right: typeof right === 'number' ? right : right.column,
        };
        const parts = typeof right === 'number' ? [left] : [left, right];
        const fit = isDone(tokens, begin, end, parts) - penaltyOf(parts);
        out.push(...toEdge(tokens, begin, end, formula, fit, vocabulary));
      }
    }
  }
  return unique(out);
}

const AREAS = new Set('area surface sqm sqft sqkm acreage hectare'.split(' '));

/** "population density", "rent per square meter": by the area of the row itself or of what it belongs to. */
function densities(
  tokens: readonly Token[],
  start: number,
  edges: readonly Edge[][],
  vocabulary: Vocabulary,
): Edge[] {
  return numbersOf(edges[start] ?? []).flatMap((part) => {
    const after = phraseAt(tokens, part.end, 3);
    const length =
      tokens[part.end]?.lower === 'density'
        ? 1
        : /^per square (?:meter|metre|kilometer|foot|mile)$/.test(after)
          ? 3
          : 0;
    if (length === 0 || part.column.formula) return [];
    const areas = vocabulary.tables
      .flatMap((table) => table.columns)
      .filter((c) => c.kind === 'number' && !c.isKey && c.words.some((word) => AREAS.has(word.concept)));
    const own = areas.filter((column) => column.table === part.column.table);
    // What is stored is not computed again.
    const stored = part.column.table.columns.filter((c) => c.words.at(-1)!.concept === 'density');
    if (stored.length > 0) {
      const words = `${tokens[start]!.raw} density`;
      return stored.map((column) => ({
        start,
        end: part.end + length,
        score: 0.9 * (part.end + length - start) + 0.12,
        lexeme: { kind: 'column', column, namesTable: false, words },
      }));
    }
    return (own.length > 0 ? own : areas).flatMap((right) => {
      const end = part.end + length;
      const fit = isDone(tokens, start, end, [part]) - (right.table === part.column.table ? 0 : 0.06);
      return toEdge(
        tokens,
        start,
        end,
        { kind: 'arithmetic', op: '/', left: part.column, right },
        fit,
        vocabulary,
      );
    });
  });
}

const PAIRS: readonly (readonly [string, string, ArithmeticOperator])[] = [
  ['difference between', 'and', '-'],
  ['difference of', 'and', '-'],
  ['product of', 'and', '*'],
  ['sum of', 'and', '+'],
];

/** "the difference between the total and the paid amount". */
function pairs(
  tokens: readonly Token[],
  start: number,
  edges: readonly Edge[][],
  vocabulary: Vocabulary,
): Edge[] {
  return PAIRS.flatMap(([phrase, joint, op]) => {
    if (phraseAt(tokens, start, 2) !== phrase) return [];
    return numbersOf(edges[skipWords(tokens, start + 2, EMPTY)] ?? []).flatMap((left) => {
      if (tokens[left.end]?.lower !== joint) return [];
      return numbersOf(edges[skipWords(tokens, left.end + 1, EMPTY)] ?? [])
        .filter((right) => right.column !== left.column)
        .flatMap((right) => {
          const formula: Formula = { kind: 'arithmetic', op, left: left.column, right: right.column };
          const fit = isDone(tokens, start, right.end, [left, right]) - penaltyOf([left, right]);
          return toEdge(tokens, start, right.end, formula, fit, vocabulary);
        });
    });
  });
}

/** Columns of one table go together rather than those of two. */
const penaltyOf = (parts: readonly Part[]): number =>
  new Set(parts.map((part) => part.column.table)).size > 1 ? 0.06 : 0;

const unique = (edges: Edge[]): Edge[] => {
  const best = new Map<string, Edge>();
  for (const edge of edges) {
    if (edge.lexeme.kind !== 'column') continue;
    const key = `${edge.start} ${edge.end} ${edge.lexeme.column.source.canonicalColumnName}`;
    if ((best.get(key)?.score ?? -1) < edge.score) best.set(key, edge);
  }
  return [...best.values()];
};

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

function spans(tokens: readonly Token[], vocabulary: Vocabulary): Edge[] {
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
function sameTimes(tokens: readonly Token[], vocabulary: Vocabulary): Edge[] {
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
function dateComparisons(tokens: readonly Token[], vocabulary: Vocabulary): Edge[] {
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

/** "arrival delay greater than the departure delay", "credit limit above the average (credit limit)". */
function comparisons(tokens: readonly Token[], edges: readonly Edge[][], vocabulary: Vocabulary): Edge[] {
  const out: Edge[] = [];
  for (let start = 0; start < tokens.length; start++) {
    for (const left of numbersOf(edges[start]!)) {
      const at = skipWords(tokens, left.end, BE);
      for (let end = at + 1; end <= Math.min(tokens.length, at + 6); end++) {
        const compare = lookUp(phraseAt(tokens, at, end - at)).find((entry) => entry.kind === 'compare');
        if (compare?.kind !== 'compare') continue;
        const next = skipWords(tokens, end, new Set(['the', 'its', 'their', 'overall', 'a', 'that', 'of']));
        const fn = FUNCTIONS[tokens[next]?.lower ?? ''];
        if (fn) {
          const again = skipWords(tokens, next + 1, new Set(['of', 'all', 'the', 'overall']));
          const same = numbersOf(edges[again] ?? []).filter((part) => part.column === left.column);
          const finish = Math.max(next + 1, ...same.map((part) => part.end));
          const formula: Formula = { kind: 'compare-all', op: compare.op, column: left.column, fn };
          const isLast = same.length > 0 || !tokens[finish] || /^[?.,;]$/.test(tokens[finish]!.raw);
          if (isLast)
            out.push(
              ...toEdge(tokens, start, finish, formula, isDone(tokens, start, finish, [left]), vocabulary),
            );
          continue;
        }
        for (const right of numbersOf(edges[next] ?? [])) {
          if (right.column === left.column) continue;
          const formula: Formula = {
            kind: 'compare',
            op: compare.op,
            left: left.column,
            right: right.column,
          };
          const fit = isDone(tokens, start, right.end, [left, right]) - penaltyOf([left, right]);
          out.push(...toEdge(tokens, start, right.end, formula, fit, vocabulary));
        }
      }
    }
  }
  return unique(out);
}
