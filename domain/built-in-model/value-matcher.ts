import type { Edge, ShareFilter } from './lexeme.js';
import { areStateForms } from './state-words.js';
import type { Token } from './tokenise.js';
import type { ColumnInfo, Vocabulary } from './vocabulary.js';
import { singular } from './words.js';

const LONGEST_VALUE = 6;
/** Say after a value only that it is one of its kind: "business class", "food industry". */
const GENERIC_NOUNS = new Set(
  'class category type kind level tier segment group status plan industry sector genre style area'.split(' '),
);

export interface ValueIndex {
  /** Columns and their stored spellings, by the normalised value. */
  byText: Map<string, Map<ColumnInfo, string[]>>;
  sampled: Set<ColumnInfo>;
}

const normalise = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}.&+]+/gu, ' ')
    .trim();

/** Indexes the sampled values of text columns by canonical column name. */
export function indexValues(
  vocabulary: Vocabulary,
  sampled: Readonly<Record<string, readonly string[]>>,
): ValueIndex {
  const index: ValueIndex = { byText: new Map(), sampled: new Set() };
  for (const table of vocabulary.tables) {
    for (const column of table.columns) {
      const values =
        column.kind === 'date' || column.kind === 'boolean'
          ? []
          : (sampled[column.source.canonicalColumnName] ?? []);
      if (values.length > 0) index.sampled.add(column);
      for (const value of values) {
        const key = normalise(value);
        if (key === '' || /^[\d.]+$/.test(key)) continue;
        const columns = index.byText.get(key) ?? new Map<ColumnInfo, string[]>();
        columns.set(column, [...(columns.get(column) ?? []), value]);
        index.byText.set(key, columns);
      }
    }
  }
  return index;
}

/** Where a text is a known value: columns with their stored spellings. */
export const findValue = (index: ValueIndex, text: string): ReadonlyMap<ColumnInfo, string[]> =>
  index.byText.get(normalise(text)) ?? new Map();

/** "successful" where the state is stored as `success`. */
function stateForms(index: ValueIndex, word: string): [ColumnInfo, string[]][] {
  const found = new Map<ColumnInfo, string[]>();
  // A "closing price" is not one of what is closed.
  if (/ing$/.test(word)) return [];
  for (const [text, columns] of index.byText) {
    if (!areStateForms(word, text)) continue;
    for (const [column, values] of columns) found.set(column, [...(found.get(column) ?? []), ...values]);
  }
  return [...found];
}

/** "success rate", "cancellation rate": the part of the rows whose state is so. */
export function matchShares(
  tokens: readonly Token[],
  start: number,
  index: ValueIndex,
  vocabulary: Vocabulary,
): Edge[] {
  const [word, rate] = [tokens[start]!, tokens[start + 1]];
  if (word.kind !== 'word' || !/^rates?$/.test(rate?.lower ?? '')) return [];
  const words = `${word.raw} ${rate!.raw}`;
  const flags = vocabulary.tables
    .flatMap((table) => table.columns)
    .filter(
      (column) => column.kind === 'boolean' && column.words.some((w) => areStateForms(word.lower, w.concept)),
    );
  const filters: ShareFilter[] = [
    ...stateForms(index, word.lower).map(([column, values]) => ({ kind: 'values', column, values }) as const),
    ...flags.map((column) => ({ kind: 'boolean', column }) as const),
  ];
  return filters.map((filter) => ({
    start,
    end: start + 2,
    score: 1.8 - Math.min(filter.column.table.rank, 20) * 0.002,
    lexeme: { kind: 'share', filter, words },
  }));
}

/** Values that spans beginning at a token may be. Short ones (`IN`, `OR`) must be written as they are stored. */
export function matchValues(
  tokens: readonly Token[],
  start: number,
  index: ValueIndex,
  vocabulary: Vocabulary,
): Edge[] {
  const isTableWord = (token: Token) =>
    vocabulary.tables.some((table) => table.words.some((word) => word.concept === token.concept));
  const edges: Edge[] = [];
  const first = tokens[start]!;
  if (first.kind === 'word' && findValue(index, first.raw).size === 0) {
    for (const [column, values] of stateForms(index, first.lower)) {
      const score = 0.84 - Math.min(column.table.rank, 20) * 0.002;
      edges.push({
        start,
        end: start + 1,
        score,
        lexeme: { kind: 'value', column, values, words: first.raw },
      });
    }
  }
  for (let end = start + 1; end <= Math.min(tokens.length, start + LONGEST_VALUE); end++) {
    const span = tokens.slice(start, end);
    if (span.some((token) => token.kind === 'quoted' || token.kind === 'date' || /^[?;!:]$/.test(token.raw)))
      break;
    if (span.at(-1)!.kind === 'mark' || span[0]!.kind === 'mark') continue;
    const words = span.map((token) => token.raw).join(' ');
    const last = span.at(-1)!;
    const stem = [...span.slice(0, -1).map((token) => token.lower), singular(last.lower)].join(' ');
    for (const [text, quality] of [
      [words, 1],
      [stem, 0.9],
    ] as const) {
      if (quality < 1 && normalise(text) === normalise(words)) continue;
      for (const [column, values] of findValue(index, text)) {
        if (words.length <= 3 && !values.includes(words)) continue;
        const score =
          quality * span.length * 0.93 + 0.15 * (span.length - 1) - Math.min(column.table.rank, 20) * 0.002;
        edges.push({ start, end, score, lexeme: { kind: 'value', column, values, words } });
        // "Italian food" where the column is food_type: the noun says again which column.
        const noun = tokens[end];
        if (
          noun?.kind === 'word' &&
          (column.words.some((w) => w.concept === noun.concept || w.root === noun.root) ||
            (GENERIC_NOUNS.has(noun.concept) && !isTableWord(noun)))
        ) {
          const longer = { kind: 'value', column, values, words: `${words} ${noun.raw}` } as const;
          edges.push({ start, end: end + 1, score: score + 0.8, lexeme: longer });
        }
      }
    }
  }
  return edges;
}
