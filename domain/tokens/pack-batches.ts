export interface BatchLimits {
  /** Most items in one batch; at least 1. */
  maxInputs: number;
  /** Most tokens in one batch; at least 1. */
  maxTokens: number;
}

/**
 * Packs items into batches for one request each: greedy and in order (next-fit), so batch n is the same on every run for the
 * same items, and each item's index appears exactly once. Next-fit needs at most twice the fewest possible batches; with
 * items of at most 8,191 tokens against 300,000 it wastes under 3 % of a batch.
 *
 * An item above `maxTokens` gets a batch of its own: cut it first (`truncateToTokens`) if the endpoint would refuse it.
 * Throws RangeError where a limit is below 1 or an item's tokens are negative or not a number.
 */
export const packBatches = (
  items: readonly { tokens: number }[],
  { maxInputs, maxTokens }: BatchLimits,
): number[][] => {
  if (!(maxInputs >= 1) || !(maxTokens >= 1))
    throw new RangeError('packBatches: maxInputs and maxTokens must be at least 1');
  const batches: number[][] = [];
  let batch: number[] = [];
  let batchTokens = 0;
  for (const [index, { tokens }] of items.entries()) {
    if (!(tokens >= 0)) throw new RangeError(`packBatches: item ${index} has ${tokens} tokens`);
    if (batch.length > 0 && (batch.length >= maxInputs || batchTokens + tokens > maxTokens)) {
      batches.push(batch);
      batch = [];
      batchTokens = 0;
    }
    batch.push(index);
    batchTokens += tokens;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
};
