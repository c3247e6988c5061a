import { describe, expect, test } from '@jest/globals';
import { withEmbeddingCache } from '../../../activities/model/embedding-cache.js';
import type { EmbeddingProvider, Embeddings } from '../../../activities/model/embedding-provider.js';

interface Call {
  texts: readonly string[];
  signal: AbortSignal | undefined;
  answer(): void;
  fail(error: Error): void;
}

/** A provider whose calls end when the test says so, or at once with `auto`. */
const scripted = ({
  auto = true,
}: {
  auto?: boolean;
} = {}): { provider: EmbeddingProvider; calls: Call[] } => {
  const calls: Call[] = [];
  const provider: EmbeddingProvider = {
    name: 'scripted',
    kind: 'openai-compatible',
    embed: (texts, { signal } = {}) =>
      new Promise<Embeddings>((resolve, reject) => {
        const answer = (): void =>
          resolve({
            vectors: texts.map((text) => Float32Array.of(text.length, 1)),
            tokens: texts.length,
            dimensions: 2,
          });
        calls.push({ texts, signal, answer, fail: reject });
        if (auto) answer();
      }),
  };
  return { provider, calls };
};

const clockAt = (startMs: number) => {
  let nowMs = startMs;
  return { now: () => nowMs, advance: (ms: number) => (nowMs += ms) };
};

describe('withEmbeddingCache', () => {
  test('asks once for a text and keeps name and kind', async () => {
    const { provider, calls } = scripted();
    const cached = withEmbeddingCache(provider);
    const first = await cached.embed(['orders']);
    const second = await cached.embed(['orders']);
    expect(second.vectors).toEqual(first.vectors);
    expect([first.tokens, second.tokens, calls.length]).toEqual([1, 0, 1]);
    expect([cached.name, cached.kind]).toEqual(['scripted', 'openai-compatible']);
  });

  test('sends only the texts that it does not have, each once, and answers in the caller’s order', async () => {
    const { provider, calls } = scripted();
    const cached = withEmbeddingCache(provider);
    await cached.embed(['aa']);
    const { vectors } = await cached.embed(['b', 'aa', 'cccc', 'b']);
    expect(calls[1]!.texts).toEqual(['b', 'cccc']);
    expect(vectors.map(([length]) => length)).toEqual([1, 2, 4, 1]);
  });

  test('forgets a text an hour after its last use, not after its first', async () => {
    const { provider, calls } = scripted();
    const clock = clockAt(1_000);
    const cached = withEmbeddingCache(provider, { clock });
    const minutes = 60_000;
    await cached.embed(['q']);
    for (let n = 0; n < 3; n += 1) {
      clock.advance(59 * minutes);
      await cached.embed(['q']);
    }
    expect(calls).toHaveLength(1);
    clock.advance(61 * minutes);
    await cached.embed(['q']);
    expect(calls).toHaveLength(2);
  });

  test('drops the text that was used least recently when full', async () => {
    const { provider, calls } = scripted();
    const cached = withEmbeddingCache(provider, { entries: 2 });
    for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) await cached.embed([text]);
    expect(calls.map(({ texts }) => texts[0])).toEqual(['a', 'b', 'c', 'b']);
  });

  test('callers who ask for the same text at once share one call', async () => {
    const { provider, calls } = scripted({ auto: false });
    const cached = withEmbeddingCache(provider);
    const work = Array.from({ length: 20 }, () => cached.embed(['same']));
    expect(calls).toHaveLength(1);
    calls[0]!.answer();
    const answers = await Promise.all(work);
    expect(answers.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(1);
    answers[0]!.vectors[0]![0] = 99;
    expect(answers[1]!.vectors[0]![0]).toBe(4);
    expect((await cached.embed(['same'])).vectors[0]![0]).toBe(4);
  });

  test('a failure reaches all who wait for it and is not kept', async () => {
    const { provider, calls } = scripted({ auto: false });
    const cached = withEmbeddingCache(provider);
    const work = Promise.allSettled([cached.embed(['q']), cached.embed(['q'])]);
    calls[0]!.fail(new Error('poisoned'));
    expect((await work).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = cached.embed(['q']);
    expect(calls).toHaveLength(2);
    calls[1]!.answer();
    await again;
  });

  test('one caller’s abort leaves the others waiting; the last one’s ends the call', async () => {
    const { provider, calls } = scripted({ auto: false });
    const cached = withEmbeddingCache(provider);
    const [one, two] = [new AbortController(), new AbortController()];
    const first = cached.embed(['q'], { signal: one.signal });
    const second = cached.embed(['q'], { signal: two.signal });
    one.abort(new Error('first left'));
    await expect(first).rejects.toThrow('first left');
    expect(calls[0]!.signal!.aborted).toBe(false);
    two.abort(new Error('second left'));
    await expect(second).rejects.toThrow('second left');
    expect(calls[0]!.signal!.aborted).toBe(true);

    const third = cached.embed(['q']);
    expect(calls).toHaveLength(2);
    calls[1]!.answer();
    expect((await third).vectors).toHaveLength(1);
  });
});
