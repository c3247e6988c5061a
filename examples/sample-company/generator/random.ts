/** A seeded stream of random values: the same seed and label always give the same values. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number, both ends included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Picks with the given relative weights (same length as `list`, not all zero). */
  weighted<T>(list: readonly T[], weights: readonly number[]): T;
  /** Normal distribution (Box-Muller). */
  normal(mean: number, deviation: number): number;
  /** Poisson distribution (Knuth's product method; for means below some 100). */
  poisson(mean: number): number;
}

/**
 * Creates a stream for one area. Each area has its own label, so a change in one leaves the others' values alone.
 * The generator is mulberry32 (Tommy Ettinger, public domain); the label is mixed into the seed by FNV-1a.
 */
export function createRandom(seed: number, label: string): Random {
  let state = seed >>> 0;
  for (let i = 0; i < label.length; i++) state = Math.imul(state ^ label.charCodeAt(i), 0x01000193) >>> 0;

  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (list) => list[int(0, list.length - 1)]!,
    weighted(list, weights) {
      let left = next() * weights.reduce((sum, weight) => sum + weight, 0);
      for (let i = 0; i < list.length; i++) {
        left -= weights[i]!;
        if (left < 0) return list[i]!;
      }
      return list[list.length - 1]!;
    },
    normal: (mean, deviation) =>
      mean + deviation * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    poisson(mean) {
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = next(); product > limit; product *= next()) count++;
      return count;
    },
  };
}
