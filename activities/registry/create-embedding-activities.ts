import { type EmbedBatchInput, type EmbeddingDeps, embedBatch } from './embed-batch.js';

export type EmbeddingActivities = ReturnType<typeof createEmbeddingActivities>;

/** Paid work on the embedding model; queue `embedding`. */
export function createEmbeddingActivities(deps: EmbeddingDeps) {
  return {
    embedBatch: (input: EmbedBatchInput) => embedBatch(deps, input),
  };
}
