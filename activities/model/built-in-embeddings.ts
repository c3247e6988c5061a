import { setImmediate } from 'node:timers/promises';
import { LEXICAL_EMBEDDING, lexicalEmbedding } from '../../domain/built-in-model/lexical-embedding.js';
import type { EmbeddingProvider } from './embedding-provider.js';

/** Texts between two breaths of the event loop (some 10 ms), so that heartbeats and cancellations get through. */
const TEXTS_AT_ONCE = 200;

/** Embeddings of the built-in model: computed here, deterministic, without key or network. */
export const createBuiltInEmbeddings = (): EmbeddingProvider => ({
  name: LEXICAL_EMBEDDING.name,
  kind: 'built-in',
  embed: async (texts, { signal } = {}) => {
    const vectors: Float32Array[] = [];
    for (const [index, text] of texts.entries()) {
      if (index % TEXTS_AT_ONCE === 0) {
        if (index > 0) await setImmediate();
        signal?.throwIfAborted();
      }
      vectors.push(lexicalEmbedding(text));
    }
    return { vectors, tokens: 0, dimensions: vectors[0]?.length ?? 0 };
  },
});
