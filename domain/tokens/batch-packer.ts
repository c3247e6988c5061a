export interface BatchLimits {
  /** Most items in one batch; at least 1. */
  maxInputs: number;
  /** Most tokens in one batch; at least 1. */
  maxTokens: number;
}

/** Where packing has come to: a few numbers, so that it can be kept and taken up again. */
export interface PackedSoFar {
  /** Batches begun. */
  batches: number;
  /** In the last of them. */
  inputs: number;
  tokens: number;
}

export const NOTHING_PACKED: PackedSoFar = { batches: 0, inputs: 0, tokens: 0 };

export interface BatchPacker {
  /** Puts one item into a batch; returns the batch's number, from 0. Throws RangeError where `tokens` is negative or not a number. */
  add(tokens: number): number;
  readonly packed: PackedSoFar;
}

/**
 * Packs items into batches for one request each: greedy and in order (next-fit), so batch n is the same on every run for the
 * same items. Next-fit needs at most twice the fewest possible batches; with items of at most 8,191 tokens against 300,000 it
 * wastes under 3 % of a batch.
 *
 * An item above `maxTokens` gets a batch of its own: cut it first (`truncateToTokens`) if the endpoint would refuse it.
 * Throws RangeError where a limit is below 1.
 */
export const createBatchPacker = (
  { maxInputs, maxTokens }: BatchLimits,
  start: PackedSoFar = NOTHING_PACKED,
): BatchPacker => {
  if (!(maxInputs >= 1) || !(maxTokens >= 1))
    throw new RangeError('createBatchPacker: maxInputs and maxTokens must be at least 1');
  let packed = start;
  return {
    get packed() {
      return packed;
    },
    add: (tokens) => {
      if (!(tokens >= 0)) throw new RangeError(`createBatchPacker: an item has ${tokens} tokens`);
      const { batches, inputs, tokens: used } = packed;
      const isFull = inputs >= maxInputs || (inputs > 0 && used + tokens > maxTokens);
      packed =
        batches === 0 || isFull
          ? { batches: batches + 1, inputs: 1, tokens }
          : { batches, inputs: inputs + 1, tokens: used + tokens };
      return packed.batches - 1;
    },
  };
};
