/** FNV-1a over UTF-16 code units, mixed with a seed. */
export const hashText = (text: string, seed: number): number => {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
};

/** Mulberry32: a small seeded generator of numbers in [0, 1). */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const POSITIONS = 8;

/**
 * A unit vector that depends only on text, length and seed. Each word sets a few positions, so that texts which share words
 * are near each other; the text as a whole sets a few faintly, so that no two texts are the same.
 */
export const deterministicEmbedding = (text: string, dimensions: number, seed: number): Float32Array => {
  const vector = new Float32Array(dimensions);
  const add = (part: string, weight: number): void => {
    const random = seededRandom(hashText(part, seed));
    for (let n = 0; n < POSITIONS; n += 1) {
      const position = Math.floor(random() * dimensions);
      vector[position] = vector[position]! + (random() < 0.5 ? -weight : weight);
    }
  };
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) add(word, 1);
  add(`\u0000${text}`, 0.1);
  let squares = 0;
  for (const value of vector) squares += value * value;
  // Two opposite hits can cancel out; a zero vector has no direction.
  if (squares === 0) {
    vector[0] = 1;
    squares = 1;
  }
  const scale = 1 / Math.sqrt(squares);
  return vector.map((value) => value * scale);
};
