import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type BatchLimits, createBatchPacker } from '../../../domain/tokens/batch-packer.js';

const items = fc.array(fc.record({ tokens: fc.nat({ max: 120 }) }), { maxLength: 60 });
const limits = fc.record({
  maxInputs: fc.integer({ min: 1, max: 9 }),
  maxTokens: fc.integer({ min: 1, max: 100 }),
});

/** Indexes of the items, batch by batch; the packer is stopped and taken up again after each `pauseAfter` items. */
function packBatches(list: readonly { tokens: number }[], limit: BatchLimits, pauseAfter = 7): number[][] {
  const batches: number[][] = [];
  let packer = createBatchPacker(limit);
  for (const [index, { tokens }] of list.entries()) {
    if (index > 0 && index % pauseAfter === 0) packer = createBatchPacker(limit, { ...packer.packed });
    const batch = packer.add(tokens);
    batches[batch] = [...(batches[batch] ?? []), index];
  }
  expect(packer.packed.batches).toBe(batches.length);
  return batches;
}

describe('packing', () => {
  test('puts every item into exactly one batch, in order', () => {
    fc.assert(
      fc.property(items, limits, (list, limit) => {
        expect(packBatches(list, limit).flat()).toEqual(list.map((_, index) => index));
      }),
    );
  });

  test('keeps both limits, but for an item that is too large by itself, which stands alone', () => {
    fc.assert(
      fc.property(items, limits, (list, limit) => {
        for (const batch of packBatches(list, limit)) {
          const tokens = batch.reduce((sum, index) => sum + list[index]!.tokens, 0);
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(limit.maxInputs);
          if (batch.length > 1) expect(tokens).toBeLessThanOrEqual(limit.maxTokens);
        }
      }),
    );
  });

  test('starts a batch only when the next item no longer fits', () => {
    fc.assert(
      fc.property(items, limits, (list, limit) => {
        const batches = packBatches(list, limit);
        for (const [n, batch] of batches.slice(0, -1).entries()) {
          const next = list[batches[n + 1]![0]!]!.tokens;
          const tokens = batch.reduce((sum, index) => sum + list[index]!.tokens, 0);
          expect(batch.length === limit.maxInputs || tokens + next > limit.maxTokens).toBe(true);
        }
      }),
    );
  });

  test('comes to the same batches when it is taken up again anywhere', () => {
    fc.assert(
      fc.property(items, limits, fc.integer({ min: 1, max: 9 }), (list, limit, pauseAfter) => {
        expect(packBatches(list, limit, pauseAfter)).toEqual(packBatches(list, limit, Infinity));
      }),
    );
  });

  test('packs 10,200 short items into five requests', () => {
    const list = Array.from({ length: 10_200 }, () => ({ tokens: 29 }));
    expect(packBatches(list, { maxInputs: 2_048, maxTokens: 300_000 }, 1_000).map((b) => b.length)).toEqual([
      2_048, 2_048, 2_048, 2_048, 2_008,
    ]);
  });

  test('refuses limits and counts that make no sense', () => {
    expect(() => createBatchPacker({ maxInputs: 0, maxTokens: 1 })).toThrow(RangeError);
    expect(() => packBatches([{ tokens: Number.NaN }], { maxInputs: 1, maxTokens: 1 })).toThrow(RangeError);
  });
});
