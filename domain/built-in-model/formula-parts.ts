import { computedColumn } from './formula.js';
import type { Edge } from './lexeme.js';
import type { Token } from './tokenise.js';
import type { ColumnInfo, Formula, Vocabulary } from './vocabulary.js';

export const BE = new Set(['is', 'are', 'was', 'were', 'be', 'being', 'had', 'been', 'that']);

/** Tokens that name a column of a computed value. */
export interface Part {
  column: ColumnInfo;
  start: number;
  end: number;
  /** For each of its tokens. */
  fit: number;
}

export const phraseAt = (tokens: readonly Token[], start: number, length: number): string =>
  tokens
    .slice(start, start + length)
    .map((token) => token.lower)
    .join(' ');

export function skipWords(tokens: readonly Token[], at: number, words: ReadonlySet<string>): number {
  let next = at;
  while (next < tokens.length && words.has(tokens[next]!.lower)) next++;
  return next;
}

/** The longest phrase of a table at a token. */
export function takePhrase<T>(
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

/** The edge of a computed column; none where it cannot be computed. */
export function toEdge(
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

/** How well the tokens from `start` to `end` are explained by the parts in them. */
export const isDone = (
  tokens: readonly Token[],
  start: number,
  end: number,
  parts: readonly Part[],
): number =>
  // Words between the parts say what is done with them.
  (parts.reduce((sum, part) => sum + part.fit * (part.end - part.start), 0) +
    (end - start - parts.reduce((sum, part) => sum + part.end - part.start, 0)) * 0.95) /
  Math.max(1, Math.min(end, tokens.length) - start);

/** Columns of one table go together rather than those of two. */
export const penaltyOf = (parts: readonly Part[]): number =>
  new Set(parts.map((part) => part.column.table)).size > 1 ? 0.06 : 0;

/** The best edge of those that say the same. */
export const unique = (edges: Edge[]): Edge[] => {
  const best = new Map<string, Edge>();
  for (const edge of edges) {
    if (edge.lexeme.kind !== 'column') continue;
    const key = `${edge.start} ${edge.end} ${edge.lexeme.column.source.canonicalColumnName}`;
    if ((best.get(key)?.score ?? -1) < edge.score) best.set(key, edge);
  }
  return [...best.values()];
};
