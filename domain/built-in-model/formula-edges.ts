import { dateComparisons, sameTimes, spans } from './date-edges.js';
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
import { lookUp } from './lexicon.js';
import type { AggregateFunction, ArithmeticOperator } from './operators.js';
import type { Token } from './tokenise.js';
import type { Formula, Vocabulary } from './vocabulary.js';

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
const FUNCTIONS: Readonly<Record<string, AggregateFunction>> = {
  average: 'avg',
  mean: 'avg',
  maximum: 'max',
  minimum: 'min',
};
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

const numbersOf = (edges: readonly Edge[]): Part[] =>
  edges.flatMap(({ lexeme, start, end, score }) =>
    lexeme.kind === 'column' && lexeme.column.kind === 'number' && !lexeme.column.isKey && score > 0
      ? [{ column: lexeme.column, start, end, fit: score / (end - start) }]
      : [],
  );

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
