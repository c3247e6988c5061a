import { join } from 'node:path';
import type { AnswerDeps } from '../activities/answers/answer-deps.js';
import { SchemaCache } from '../activities/answers/schema-cache.js';
import { createBuiltInWriter, createChatWriter, type SqlWriter } from '../activities/answers/sql-writer.js';
import { closeConnectors, createConnectors } from '../activities/data-sources/create-connectors.js';
import { createDuckDbPool, type DuckDbPool } from '../activities/datasets/duckdb/duckdb-pool.js';
import { createDuckDbParser } from '../activities/datasets/queries/duckdb-parser.js';
import { createBuiltInEmbeddings } from '../activities/model/built-in-embeddings.js';
import type { ChatModel } from '../activities/model/chat-provider.js';
import { createTokenCounter, type TokenCounter } from '../activities/model/count-tokens.js';
import { withEmbeddingCache } from '../activities/model/embedding-cache.js';
import type { EmbeddingProvider } from '../activities/model/embedding-provider.js';
import { createOpenAiChat } from '../activities/model/openai-chat.js';
import { createOpenAiClient } from '../activities/model/openai-client.js';
import { createOpenAiEmbeddings } from '../activities/model/openai-embeddings.js';
import { LIMITS } from '../contracts/limits.js';
import type { Database } from '../db/database.js';
import { modelCacheLabel } from '../platform/answer-cache-key.js';
import type { Config } from '../platform/config.js';
import type { DatasetStore } from '../platform/dataset-store/dataset-store.js';
import type { EventBus } from '../platform/event-bus.js';

/** What the activities of this process share. */
export interface Resources {
  db: Database;
  files: DatasetStore;
  answers: AnswerDeps;
  /** Without the cache for questions: each content is embedded once anyway. */
  embeddings: EmbeddingProvider;
  /** Counts tokens as the embedding model does; its tokeniser is loaded when it is first asked for. */
  loadTokenCounter: () => Promise<(text: string) => number>;
  /** Absent with the built-in model. */
  chat: ChatModel | undefined;
  /** Starts processes when they are needed. */
  duckdb: DuckDbPool;
  close(): Promise<void>;
}

export function createResources(
  config: Config,
  shared: { db: Database; bus: EventBus; files: DatasetStore },
): Resources {
  const { db, bus, files } = shared;
  const model = createModel(config);
  const connectors = createConnectors();
  const spillFolder = join(files.folder, 'spill');
  const duckdb = createDuckDbPool({
    maxProcesses: config.queues.datasets.concurrency,
    memoryLimitBytes: config.datasets.memoryLimitBytes,
    spillFolder,
  });
  const queries = createDuckDbPool({
    maxProcesses: config.queues['dataset-queries'].concurrency,
    memoryLimitBytes: config.datasets.memoryLimitBytes,
    spillFolder,
  });
  const parser = createDuckDbParser(spillFolder);
  return {
    db,
    files,
    answers: {
      db,
      bus,
      connectors,
      schemas: new SchemaCache(db),
      datasets: { queries, parser, files },
      embeddings: withEmbeddingCache(model.embeddings),
      writer: model.writer,
      contextTokens: config.model.contextTokens,
      cacheLabel: modelCacheLabel(config.model),
      reusesSql: config.answerCacheTtlMs > 0,
      encryptionKey: config.encryptionKey,
      query: config.query,
    },
    embeddings: model.embeddings,
    loadTokenCounter: model.loadEmbeddingCounter,
    chat: model.chat,
    duckdb,
    close: async () => {
      await Promise.all([closeConnectors(connectors), duckdb.close(), queries.close(), parser.close()]);
    },
  };
}

interface Model {
  embeddings: EmbeddingProvider;
  writer: SqlWriter;
  chat?: ChatModel;
  loadEmbeddingCounter: () => Promise<(text: string) => number>;
}

function createModel({ model, queues }: Config): Model {
  if (model.provider === 'built-in') {
    return {
      embeddings: createBuiltInEmbeddings(),
      writer: createBuiltInWriter(),
      // Nothing is paid by tokens, so a tokeniser (90 MB) is not worth its memory: four characters are about one token.
      loadEmbeddingCounter: async () => (text) => Math.ceil(text.length / 4),
    };
  }
  const client = createOpenAiClient(model);
  const chat: ChatModel = {
    provider: createOpenAiChat({
      client,
      model: model.chatModel,
      maxConcurrency: queues.generation.concurrency,
      timeoutMs: Math.max(1_000, queues.generation.startToCloseMs - 10_000),
    }),
    loadTokenCounter: async () => {
      const counter = await createTokenCounter('o200k_base');
      return (text) => counter.countTokens(text);
    },
  };
  return {
    embeddings: createOpenAiEmbeddings({
      client,
      model: model.embeddingModel,
      dimensions: model.embeddingDimensions,
      maxConcurrency: queues.embedding.concurrency,
      // The rest of an attempt is for the store.
      timeoutMs: Math.max(1_000, queues.embedding.startToCloseMs - LIMITS.embeddingTimeoutMs),
    }),
    writer: createChatWriter({
      chat: chat.provider,
      tokenBudget: model.contextTokens,
      loadTokenCounter: chat.loadTokenCounter,
    }),
    chat,
    loadEmbeddingCounter: async () => {
      // Counts all of a schema: fourteen times faster than tiktoken, and a property test holds that both count alike.
      const counter = await createTokenCounter('cl100k_base', { engine: 'gpt-tokenizer' });
      return (text) => cappedTokens(counter, text);
    },
  };
}

/** No item counts for more than the endpoint takes of one input. */
const cappedTokens = (counter: TokenCounter, text: string): number =>
  Math.min(LIMITS.embeddingInputTokens, counter.countTokens(text));
