import { createHash } from 'node:crypto';
import type { ModelConfig } from './config.js';

/** The key of an answer in the cache: SHA-256 of domain/answer-cache-key.ts's `answerCacheText`. */
export const answerCacheKey = (text: string): Buffer => createHash('sha256').update(text).digest();

/** What distinguishes one configured model from another, for the answer cache. */
export const modelCacheLabel = (model: ModelConfig): string =>
  model.provider === 'built-in'
    ? 'built-in'
    : JSON.stringify([
        model.baseUrl ?? 'default',
        model.chatModel,
        model.embeddingModel,
        model.contextTokens,
      ]);
