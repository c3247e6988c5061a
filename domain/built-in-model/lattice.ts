import { spanUnit } from './date-edges.js';
import { derivedColumns } from './derived-columns.js';
import { addFormulaEdges } from './formula-edges.js';
import { roleWords } from './join-paths.js';
import type { Edge, Lexeme } from './lexeme.js';
import { LONGEST_PHRASE, lookUp } from './lexicon.js';
import { matchNames, similarity } from './schema-matcher.js';
import { standingEdges } from './standing.js';
import { readTimePhrase } from './time-phrases.js';
import type { Token } from './tokenise.js';
import { findValue, matchShares, matchValues, type ValueIndex } from './value-matcher.js';
import type { TableInfo, Vocabulary } from './vocabulary.js';
import { singular } from './words.js';

/** One way to cut a question into lexemes. */
export interface Cut {
  edges: Edge[];
  score: number;
}

const UNKNOWN_SCORE = -3;
/** Words of grammar score less than names, so that a name that fits wins over a filler. */
const PHRASE_SCORE = 0.8;
/** Words of measuring win over columns that are called alike ("total"), if they can be read so. */
const MEASURING: ReadonlySet<string> = new Set([
  'aggregate',
  'count',
  'superlative',
  'group',
  'time-unit',
  'order',
]);
/** What stands before a text that is looked for. */
const MATCH_BEFORE =
  /(?:^| )(?:(?:start|begin|end)(?:s|ning|ing)? (?:with|in)|contain(?:s|ing)?|includ(?:es|ing|e) the)(?: the)?(?: letters?| word| prefix| suffix| text| string)?$/;
const CUTS = 240;
const CANDIDATES = 8;

function phraseEdges(tokens: readonly Token[], start: number): Edge[] {
  const edges: Edge[] = [];
  let phrase = '';
  for (let end = start + 1; end <= Math.min(tokens.length, start + LONGEST_PHRASE); end++) {
    const token = tokens[end - 1]!;
    if (token.kind !== 'word' && token.kind !== 'mark') break;
    phrase = phrase === '' ? token.lower : `${phrase} ${token.lower}`;
    for (const entry of lookUp(phrase)) {
      // "at least", "at most"
      if (entry.kind === 'superlative' && tokens[start - 1]?.lower === 'at') continue;
      const weight = PHRASE_SCORE + (entry.kind === 'filler' ? -0.15 : MEASURING.has(entry.kind) ? 0.2 : 0);
      const score = weight * (end - start) + 0.12 * (end - start - 1);
      edges.push({ start, end, score, lexeme: { ...entry, words: phrase } as Lexeme });
    }
  }
  return edges;
}

/** Durations and ages, which are computed; of tables that the question names, if any of those has one. */
function derivedEdges(tokens: readonly Token[], start: number, { derived = [] }: Vocabulary): Edge[] {
  const said = tokens.map((token) => token.concept);
  return [3, 2, 1].flatMap((length) => {
    const span = tokens.slice(start, start + length);
    const words = span.map((token) => token.lower).join(' ');
    const named = derived.filter(({ names }) => names.includes(words));
    const near = named.filter(({ column }) =>
      column.table.words.every((word) => said.includes(word.concept)),
    );
    return (near.length > 0 ? near : named).map(({ column }) => ({
      start,
      end: start + length,
      score: 0.9 * length + 0.12 * (length - 1),
      lexeme: { kind: 'column', column, namesTable: false, words } as const,
    }));
  });
}

/** "publications published", "payments paid": a participle of the noun before it adds nothing. */
function repeatsNoun(tokens: readonly Token[], start: number, vocabulary: Vocabulary): boolean {
  const token = tokens[start]!;
  if (token.kind !== 'word' || !/ed$/.test(token.lower)) return false;
  const noun = tokens
    .slice(Math.max(0, start - 3), start)
    .findLast(
      (t) =>
        t.kind === 'word' &&
        vocabulary.tables.some((table) => table.words.some((w) => w.concept === t.concept)),
    );
  if (!noun) return false;
  let shared = 0;
  while (shared < token.root.length && token.root[shared] === noun.concept[shared]) shared++;
  return shared >= 5 && shared >= token.root.length * 0.7;
}

const DONE_WITH = new Set(
  'paid spent charged billed incurred earned recorded achieved obtained scored made generated collected'.split(
    ' ',
  ),
);

/** "total fare paid", "amount charged": after a number that is named, a participle says only that it is one. */
function followsMeasure(tokens: readonly Token[], start: number, vocabulary: Vocabulary): boolean {
  const before = tokens[start - 1];
  const token = tokens[start]!;
  if (!before || !DONE_WITH.has(token.lower)) return false;
  // "rent paid" where payments have amounts of their own: theirs.
  const isToldApart = (table: TableInfo) =>
    vocabulary.tables.some(
      (other) =>
        other !== table &&
        other.words.some((word) => similarity(token, word) > 0) &&
        other.columns.some((c) => c.kind === 'number' && !c.isKey),
    );
  return vocabulary.tables.some(
    (table) =>
      !isToldApart(table) &&
      table.columns.some(
        (column) =>
          column.kind === 'number' &&
          !column.isKey &&
          column.words.some((word) => word.concept === before.concept),
      ),
  );
}

const isCapital = (token: Token | undefined): boolean =>
  token?.kind === 'word' &&
  /^\p{Lu}[\p{L}'’-]*\p{Ll}[\p{L}'’-]*$/u.test(token.raw) &&
  lookUp(token.lower).length === 0;

/** How many words from here on are a name: capitals, with particles between them. Not at the beginning of a sentence. */
function properName(tokens: readonly Token[], start: number): number {
  const before = tokens[start - 1];
  if (!before || /^[.?!;:]$/.test(before.raw) || !isCapital(tokens[start]) || isCapital(before)) return 0;
  let end = start + 1;
  for (let at = end; at < tokens.length && at < start + 5; at++) {
    if (isCapital(tokens[at])) end = at + 1;
    else if (!/^(de|van|von|der|la|le|del|di|da|bin|al)$/.test(tokens[at]!.raw)) break;
  }
  return end - start;
}

/** All edges that begin at a token. */
function edgesFrom(
  tokens: readonly Token[],
  start: number,
  vocabulary: Vocabulary,
  values: ValueIndex,
  today: string,
): Edge[] {
  const token = tokens[start]!;
  const words = token.raw;
  const one = (lexeme: Lexeme, score: number): Edge => ({ start, end: start + 1, score, lexeme });
  const edges: Edge[] = [];
  if (token.kind === 'quoted') {
    edges.push(one({ kind: 'quoted', text: token.raw, words }, 0.8));
    for (const [column, stored] of findValue(values, token.raw)) {
      edges.push(one({ kind: 'value', column, values: stored, words }, 1));
    }
  }
  // "starts with J", "containing the word sea": what is looked for needs no quotes.
  if (
    token.kind === 'word' &&
    MATCH_BEFORE.test(
      tokens
        .slice(Math.max(0, start - 5), start)
        .map((t) => t.lower)
        .join(' '),
    )
  ) {
    edges.push(one({ kind: 'quoted', text: token.raw, words }, 1.4));
  }
  if (token.kind === 'number') edges.push(one({ kind: 'number', value: token.value!, words }, 0.6));
  const time = readTimePhrase(tokens, start, today);
  if (time) {
    const length = time.end - start;
    const text = tokens
      .slice(start, time.end)
      .map((t) => t.raw)
      .join(' ');
    edges.push({
      start,
      end: time.end,
      score: 0.95 * length + 0.1 * (length - 1),
      lexeme: { ...time.lexeme, words: text },
    });
  }
  const phrases = phraseEdges(tokens, start);
  if (token.kind === 'word' || token.kind === 'number') {
    // "What share of transactions …" is a part of them, whatever `shares` there are.
    const isShare = token.lower === 'share' && tokens[start + 1]?.lower === 'of';
    const names = isShare ? [] : matchNames(tokens, start, vocabulary);
    edges.push(
      ...names,
      ...derivedEdges(tokens, start, vocabulary),
      ...matchValues(tokens, start, values, vocabulary),
      ...matchShares(tokens, start, values, vocabulary),
      ...standingEdges(tokens, start, vocabulary, values, today),
    );
    // "papers written by authors": the verb names the table that connects the two.
    const isListed = /^(?:the|,|and|return|show|their)$/.test(tokens[start - 1]?.lower ?? '');
    // A word that is a stored value is no mere verb: "delivered orders" leaves the others out.
    const isValue = edges.some(({ lexeme, end }) => lexeme.kind === 'value' && end === start + 1);
    const isName =
      isValue ||
      names.some(
        ({ lexeme, score, end }) =>
          lexeme.kind === 'table' ||
          (isListed && lexeme.kind === 'column' && end === start + 1 && score > 0.9),
      );
    edges.push(...phrases.filter(({ lexeme }) => lexeme.kind !== 'filler' || !lexeme.isVerb || !isName));
  } else edges.push(...phrases);
  if (/^(sales|revenue|revenues|turnover)$/.test(token.lower)) {
    let end = start + 1;
    if (/^(amount|revenue|value|volume)$/.test(tokens[end]?.lower ?? '')) end++;
    edges.push({
      start,
      end,
      score: 0.95 * (end - start),
      lexeme: {
        kind: 'sales',
        words: tokens
          .slice(start, end)
          .map((t) => t.raw)
          .join(' '),
      },
    });
  }
  if (vocabulary.links.some((link) => roleWords(link).includes(token.root))) {
    edges.push(one({ kind: 'role', root: token.root, words }, PHRASE_SCORE - 0.2));
  }
  if (repeatsNoun(tokens, start, vocabulary)) {
    edges.push(one({ kind: 'filler', isVerb: true, words }, PHRASE_SCORE - 0.2));
  }
  const name = edges.length === 0 ? properName(tokens, start) : 0;
  if (name > 0) {
    const text = tokens
      .slice(start, start + name)
      .map((t) => t.raw)
      .join(' ');
    edges.push({
      start,
      end: start + name,
      score: 0.5 * name,
      lexeme: { kind: 'proper', text, words: text },
    });
  }
  if (followsMeasure(tokens, start, vocabulary)) {
    edges.push(one({ kind: 'filler', isVerb: true, words }, PHRASE_SCORE - 0.2));
  }
  if (edges.every((edge) => edge.end > start + 1) || edges.length === 0) {
    edges.push(one({ kind: 'unknown', word: token.raw, words }, UNKNOWN_SCORE));
  }
  return edges;
}

/** Columns of tables that are named somewhere come first; of one span's names only the likeliest are tried. */
function prune(edges: Edge[], mentioned: ReadonlySet<TableInfo>): Edge[] {
  const bySpan = new Map<string, Edge[]>();
  for (const edge of edges) {
    const { lexeme } = edge;
    const boosted =
      (lexeme.kind === 'column' || lexeme.kind === 'value') && mentioned.has(lexeme.column.table)
        ? { ...edge, score: edge.score + 0.1 }
        : edge;
    const isName = lexeme.kind === 'column' || lexeme.kind === 'value' || lexeme.kind === 'table';
    const key = isName ? `${edge.end}` : 'grammar';
    bySpan.set(key, [...(bySpan.get(key) ?? []), boosted]);
  }
  return [...bySpan].flatMap(([key, group]) =>
    key === 'grammar' ? group : group.sort((a, b) => b.score - a.score).slice(0, CANDIDATES),
  );
}

/** The same words mean the same thing wherever they stand in one question. */
function isInconsistent(path: Cut, { lexeme }: Edge): boolean {
  const meaning = meaningOf(lexeme);
  if (meaning === null) return false;
  const words = singular(lexeme.words.toLowerCase());
  return path.edges.some(
    (edge) =>
      singular(edge.lexeme.words.toLowerCase()) === words && (meaningOf(edge.lexeme) ?? meaning) !== meaning,
  );
}

const meaningOf = (lexeme: Lexeme): unknown =>
  lexeme.kind === 'table' ? lexeme.table : lexeme.kind === 'column' ? lexeme.column : null;

/** The best ways to cut the question, best first: a Viterbi search that keeps several paths at each token. */
export function cutQuestion(
  tokens: readonly Token[],
  vocabulary: Vocabulary,
  values: ValueIndex,
  today: string,
): Cut[] {
  vocabulary.derived = derivedColumns(vocabulary, spanUnit(tokens));
  const edges = tokens.map((_, start) => edgesFrom(tokens, start, vocabulary, values, today));
  addFormulaEdges(tokens, edges, vocabulary);
  const mentioned = new Set(
    edges.flat().flatMap(({ lexeme }) => (lexeme.kind === 'table' ? [lexeme.table] : [])),
  );
  const paths: Cut[][] = Array.from({ length: tokens.length + 1 }, () => []);
  paths[0] = [{ edges: [], score: 0 }];
  for (let at = 0; at < tokens.length; at++) {
    const here = paths[at]!.sort((a, b) => b.score - a.score).slice(0, CUTS);
    if (here.length === 0) continue;
    for (const edge of prune(edges[at]!, mentioned)) {
      for (const path of here) {
        if (isInconsistent(path, edge)) continue;
        paths[edge.end]!.push({ edges: [...path.edges, edge], score: path.score + edge.score });
      }
    }
  }
  return paths[tokens.length]!.sort((a, b) => b.score - a.score).slice(0, CUTS);
}
