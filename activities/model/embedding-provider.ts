import type { ModelProvider } from '../../contracts/question.js';

export interface Embeddings {
  /** One for each text, in the order of the texts. */
  vectors: Float32Array[];
  /** As the endpoint counts them; 0 where nothing is counted or paid for. */
  tokens: number;
  /** Length of every vector; 0 when there were no texts. */
  dimensions: number;
}

/** Turns texts into vectors. One call is one request: pack the texts first (`createBatchPacker`). */
export interface EmbeddingProvider {
  /** The model's name as kept beside the vectors; vectors of different names are never compared. */
  readonly name: string;
  readonly kind: ModelProvider;
  /** Throws QuaestorError with a `model_…` code, or the reason of `signal` as it is. */
  embed(texts: readonly string[], options?: { signal?: AbortSignal | undefined }): Promise<Embeddings>;
}
