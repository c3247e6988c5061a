import { EMPTY_WORDS, rootOf, splitIdentifier } from './words.js';

/** The model that `lexicalEmbedding` is, for the label of stored vectors. */
export const LEXICAL_EMBEDDING = { name: 'built-in-lexical-512', dimensions: 512 } as const;

const WORD_WEIGHT = 1;
const TRIGRAM_WEIGHT = 0.35;
/** FNV-1a over UTF-16 code units, finished by a mix so that the low bits are usable. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i);
    h = Math.imul(h, 0x01000193);
  }
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  return h >>> 0;
}

/**
 * Embeds a text by its words and their letter trigrams: signed feature hashing (Weinberger et al., 2009) into
 * 512 dimensions, L2-normalised. Identifiers are split and words reduced to their roots, so `customer_orders` is
 * near `orders of a customer`. The same text gives the same vector on every machine. A text without words gives
 * the zero vector.
 */
export function lexicalEmbedding(text: string): Float32Array {
  const { dimensions } = LEXICAL_EMBEDDING;
  const counts = new Map<string, number>();
  const add = (feature: string, weight: number) => counts.set(feature, (counts.get(feature) ?? 0) + weight);

  for (const word of splitIdentifier(text)) {
    if (EMPTY_WORDS.has(word)) continue;
    const root = rootOf(word);
    add(`w:${root}`, WORD_WEIGHT);
    const padded = `^${root}$`;
    const trigrams = Math.max(1, padded.length - 2);
    for (let i = 0; i + 3 <= padded.length; i++) {
      add(`t:${padded.slice(i, i + 3)}`, TRIGRAM_WEIGHT / Math.sqrt(trigrams / 3));
    }
  }

  const vector = new Float32Array(dimensions);
  for (const [feature, weight] of counts) {
    const h = hash(feature);
    const at = h % dimensions;
    // Frequent features count less than in proportion; the sign bit is one that the position does not use.
    vector[at] = vector[at]! + (h & 0x8000_0000 ? -1 : 1) * Math.sqrt(weight);
  }
  let squares = 0;
  for (const x of vector) squares += x * x;
  if (squares > 0) {
    const length = Math.sqrt(squares);
    for (let i = 0; i < dimensions; i++) vector[i] = vector[i]! / length;
  }
  return vector;
}
