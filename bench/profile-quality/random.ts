/** Repeatable chance (mulberry32). */
export interface Random {
  /** 0 to below 1. */
  next(): number;
  /** low to high, both possible. */
  int(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
  /** About normal, by the sum of twelve. */
  normal(mean: number, stddev: number): number;
  chance(share: number): boolean;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    int: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => items[Math.floor(next() * items.length)]!,
    normal: (mean, stddev) => {
      let sum = 0;
      for (let i = 0; i < 12; i += 1) sum += next();
      return mean + (sum - 6) * stddev;
    },
    chance: (share) => next() < share,
  };
}
