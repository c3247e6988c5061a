import { describe, expect, test } from '@jest/globals';
import { createBuiltInEmbeddings } from '../../../activities/model/built-in-embeddings.js';
import { LEXICAL_EMBEDDING, lexicalEmbedding } from '../../../domain/built-in-model/lexical-embedding.js';

describe('the built-in embeddings', () => {
  test('are labelled, free, and the domain’s own vectors in the order of the texts', async () => {
    const provider = createBuiltInEmbeddings();
    const texts = Array.from({ length: 450 }, (_, n) => `column ${n} of orders`);
    const { vectors, tokens, dimensions } = await provider.embed(texts);
    expect([provider.kind, provider.name, tokens]).toEqual(['built-in', LEXICAL_EMBEDDING.name, 0]);
    expect(vectors).toEqual(texts.map((text) => lexicalEmbedding(text)));
    expect(dimensions).toBe(vectors[0]!.length);
  });

  test('stop when the caller aborts', async () => {
    const controller = new AbortController();
    const work = createBuiltInEmbeddings().embed(
      Array.from({ length: 5_000 }, (_, n) => `text ${n}`),
      { signal: controller.signal },
    );
    controller.abort(new Error('enough'));
    await expect(work).rejects.toThrow('enough');
  });
});
