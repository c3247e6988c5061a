import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { EmbeddingProvider } from '../model/embedding-provider.js';

/** A person waits: longer than this the words alone must do. */
const QUESTION_EMBEDDING_TIMEOUT_MS = 8_000;

/**
 * The vector of a question or a search. When the endpoint is slow or away, or the index was made with another model, tables are chosen
 * by words alone, and the result says so: half a retrieval now is better than none in ten minutes.
 */
export async function embedQuestion(
  embeddings: EmbeddingProvider,
  text: string,
  indexedWith: string,
  cancelled: AbortSignal,
): Promise<{ vector?: Float32Array; withoutVectors?: string }> {
  if (indexedWith !== embeddings.name) {
    return {
      withoutVectors: `The index was made with ${indexedWith}, questions are embedded with ${embeddings.name}.`,
    };
  }
  const limit = AbortSignal.timeout(QUESTION_EMBEDDING_TIMEOUT_MS);
  try {
    const { vectors } = await embeddings.embed([text], { signal: AbortSignal.any([cancelled, limit]) });
    return vectors[0] ? { vector: vectors[0] } : { withoutVectors: 'The model gave no vector.' };
  } catch (error) {
    cancelled.throwIfAborted();
    if (limit.aborted)
      return { withoutVectors: `The embedding model took over ${QUESTION_EMBEDDING_TIMEOUT_MS} ms.` };
    if (error instanceof QuaestorError) return { withoutVectors: error.message };
    throw error;
  }
}
