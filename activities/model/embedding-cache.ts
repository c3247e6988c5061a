import { LRUCache } from 'lru-cache';
import { LIMITS } from '../../contracts/limits.js';
import type { EmbeddingProvider, Embeddings } from './embedding-provider.js';

export interface EmbeddingCacheOptions {
  /** Texts kept. Default 5,000. */
  entries?: number;
  /** Time after the last use until a text is forgotten. Default 1 h. */
  ttlMs?: number;
  /** For tests: the clock, in milliseconds. */
  clock?: { now(): number };
}

/** One call to the provider that several callers may wait for. */
interface SharedCall {
  promise: Promise<Embeddings>;
  texts: readonly string[];
  controller: AbortController;
  waiting: number;
}

/**
 * Keeps vectors by their text; meant for questions, not for indexing. Callers who ask for the same text at once share one
 * call. A failure goes to all who wait for it and is not kept. A caller's abort takes only that caller away; the shared call
 * is aborted when nobody waits for it any more. `tokens` counts only what this call itself sent to the provider.
 */
export const withEmbeddingCache = (
  provider: EmbeddingProvider,
  {
    entries = LIMITS.embeddingCacheEntries,
    ttlMs = LIMITS.embeddingCacheTtlMs,
    clock,
  }: EmbeddingCacheOptions = {},
): EmbeddingProvider => {
  const cache = new LRUCache<string, Float32Array>({
    max: entries,
    ttl: ttlMs,
    updateAgeOnGet: true,
    ...(clock ? { perf: clock, ttlResolution: 0 } : {}),
  });
  const inFlight = new Map<string, SharedCall>();

  const forget = (call: SharedCall): void => {
    for (const text of call.texts) if (inFlight.get(text) === call) inFlight.delete(text);
  };

  const start = (texts: readonly string[]): SharedCall => {
    const controller = new AbortController();
    const call: SharedCall = {
      promise: provider.embed(texts, { signal: controller.signal }),
      texts,
      controller,
      waiting: 0,
    };
    for (const text of texts) inFlight.set(text, call);
    call.promise.then(
      ({ vectors }) => {
        for (const [index, text] of texts.entries()) cache.set(text, vectors[index]!);
        forget(call);
      },
      () => forget(call),
    );
    return call;
  };

  const wait = async (call: SharedCall, signal: AbortSignal | undefined): Promise<Embeddings> => {
    call.waiting += 1;
    let onAbort: (() => void) | undefined;
    const left = new Promise<never>((_, reject) => {
      onAbort = () => reject(signal?.reason as Error);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([call.promise, left]);
    } finally {
      if (onAbort) signal?.removeEventListener('abort', onAbort);
      call.waiting -= 1;
      if (call.waiting === 0) {
        // Out of the map first: whoever comes now must not join a call that is being aborted.
        forget(call);
        call.controller.abort();
      }
    }
  };

  return {
    name: provider.name,
    kind: provider.kind,
    embed: async (texts, { signal } = {}) => {
      signal?.throwIfAborted();
      const found = new Map<string, Float32Array>();
      const joined = new Set<SharedCall>();
      const missing = new Set<string>();
      for (const text of texts) {
        const vector = cache.get(text);
        const call = inFlight.get(text);
        if (vector) found.set(text, vector);
        else if (call) joined.add(call);
        else missing.add(text);
      }
      const own = missing.size > 0 ? start([...missing]) : undefined;
      const calls = own ? [...joined, own] : [...joined];
      const answers = await Promise.all(calls.map((call) => wait(call, signal)));
      for (const [index, call] of calls.entries()) {
        for (const [at, text] of call.texts.entries()) found.set(text, answers[index]!.vectors[at]!);
      }
      // Copies: a caller who changes a vector must not change everybody's.
      const vectors = texts.map((text) => found.get(text)!.slice());
      const tokens = own ? answers.at(-1)!.tokens : 0;
      return { vectors, tokens, dimensions: vectors[0]?.length ?? 0 };
    },
  };
};
