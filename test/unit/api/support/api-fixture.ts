import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { StreamTimes } from '../../../../api/api-deps.js';
import { createApi } from '../../../../api/create-api.js';
import { SCOPES, type Scope, type Tier } from '../../../../contracts/identity.js';
import type { Cell } from '../../../../contracts/question.js';
import { type RateLimitTable, UPLOAD_BYTES } from '../../../../contracts/rate-limits.js';
import { Database, type Transaction } from '../../../../db/database.js';
import { saveAnswer, saveResultPages } from '../../../../db/statements/answers.js';
import { appendEvent } from '../../../../db/statements/events.js';
import { markJobFinished } from '../../../../db/statements/jobs.js';
import { markQuestionFinished } from '../../../../db/statements/questions.js';
import { insertApiKey, insertTenant, insertUser } from '../../../../db/statements/tenants.js';
import { answerCacheText } from '../../../../domain/answer-cache-key.js';
import { type AnswerCache, createAnswerCache } from '../../../../platform/answer-cache.js';
import { answerCacheKey, modelCacheLabel } from '../../../../platform/answer-cache-key.js';
import { createApiKey } from '../../../../platform/api-key.js';
import type { ModelConfig } from '../../../../platform/config.js';
import { createFolderStore } from '../../../../platform/dataset-store/folder-store.js';
import { findFreePort } from '../../../../platform/embedded/free-port.js';
import { startPgliteServer } from '../../../../platform/embedded/pglite-server.js';
import { createEventBus, type EventBus } from '../../../../platform/event-bus.js';
import { createStandardHealth } from '../../../../platform/health.js';
import { createLogger } from '../../../../platform/logger.js';
import { createMetrics } from '../../../../platform/metrics.js';
import { NO_RATE_LIMITS } from '../../../../platform/rate-limit/parse-rate-limits.js';
import { createRateLimiter } from '../../../../platform/rate-limit/rate-limiter.js';
import { migratedStore } from '../../../support/migrated-store.js';
import { FakeEngine } from './fake-engine.js';

const MODEL: ModelConfig = {
  provider: 'built-in',
  apiKey: undefined,
  baseUrl: undefined,
  chatModel: 'none',
  embeddingModel: 'none',
  embeddingDimensions: 512,
  contextTokens: 6_000,
};

/** A tenant with a user and a key that may do everything. */
export interface TestTenant {
  tenantId: string;
  userId: string;
  key: string;
}

/** The API over a real store and a fake engine, on a real port. */
export interface ApiFixture {
  url: string;
  db: Database;
  engine: FakeEngine;
  bus: EventBus;
  answers: AnswerCache;
  /** All that was logged, as text. */
  logs: () => string;
  createTenant(tier?: Tier): Promise<TestTenant>;
  createKey(tenant: TestTenant, options: { scopes?: readonly Scope[]; expiresAt?: Date }): Promise<string>;
  /** A data source with an active index version, straight into the store. */
  createIndexedSource(tenant: TestTenant): Promise<{ dataSourceId: string; versionId: string }>;
  /** Does what the workflow does at the end of a question. */
  answer(tenant: TestTenant, question: AnsweredQuestion, pages?: Cell[][][]): Promise<void>;
  inTenant<Result>(tenant: TestTenant, work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** Ends the store's process: from here on it is away. */
  stopStore(): Promise<void>;
  close(): Promise<void>;
}

export interface AnsweredQuestion {
  id: string;
  jobId: string;
  dataSourceId: string;
  versionId: string;
  text: string;
}

export async function startApi(
  options: {
    streams?: Partial<StreamTimes>;
    answerCacheTtlMs?: number;
    /** Default: a folder that is made when a file is uploaded. */
    datasetFolder?: string;
    /** Default: none. */
    rateLimits?: RateLimitTable;
    stopping?: AbortSignal;
  } = {},
): Promise<ApiFixture> {
  const store = await startPgliteServer({
    inMemory: true,
    dumpFile: await migratedStore(),
    port: await findFreePort({ preferred: randomInt(20_000, 50_000) }),
  });
  const db = new Database({
    connectionString: store.connectionString,
    poolSize: 1,
    statementTimeoutMs: 20_000,
    acquireTimeoutMs: 10_000,
  });
  const engine = new FakeEngine();
  const bus = createEventBus();
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ level: 'trace', name: 'test', destination });
  const encryptionKey = randomBytes(32);
  const answerCacheTtlMs = options.answerCacheTtlMs ?? 300_000;
  const answers = createAnswerCache({ maxBytes: 1_000_000, ttlMs: answerCacheTtlMs });
  const app = createApi({
    config: {
      encryptionKey,
      answerCacheTtlMs,
      rateLimits: options.rateLimits ?? NO_RATE_LIMITS,
      uploadBytes: UPLOAD_BYTES,
      model: MODEL,
    },
    db,
    engine,
    bus,
    limiter: createRateLimiter(),
    answers,
    files: createFolderStore(options.datasetFolder ?? join(tmpdir(), `quaestor-files-${randomUUID()}`)),
    logger,
    metrics: createMetrics({ processMetrics: false }),
    health: createStandardHealth({ db, engine, bus, model: MODEL }),
    stopping: options.stopping,
    streams: options.streams,
  });
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });

  const createKey: ApiFixture['createKey'] = async (tenant, { scopes = SCOPES, expiresAt = null }) => {
    const { key, prefix, keyHash } = createApiKey();
    const row = { id: randomUUID(), userId: tenant.userId, name: 'test', prefix, keyHash, scopes, expiresAt };
    await db.withTenant(tenant.tenantId, async (tx) => insertApiKey(tx, row));
    return key;
  };

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    db,
    engine,
    bus,
    answers,
    logs: () => lines.join(''),
    createKey,
    createTenant: async (tier = 'PRO') => {
      const tenant = { tenantId: randomUUID(), userId: randomUUID(), key: '' };
      await db.withTenant(tenant.tenantId, async (tx) => {
        await insertTenant(tx, { name: 'A tenant', tier });
        await insertUser(tx, { id: tenant.userId, name: 'A user' });
      });
      return { ...tenant, key: await createKey(tenant, {}) };
    },
    createIndexedSource: async ({ tenantId }) => {
      const dataSourceId = randomUUID();
      const versionId = randomUUID();
      await db.withTenant(tenantId, async (tx) => {
        await tx.query(
          `INSERT INTO data_sources (id, tenant_id, name, kind, address, connection_secret, status)
           VALUES ($1, $2, $3, 'postgres', 'reader@db:5432/shop', '\\x00', 'ready')`,
          [dataSourceId, tenantId, `source ${dataSourceId}`],
        );
        await tx.query(
          `INSERT INTO registry_versions (id, tenant_id, data_source_id, job_id, status, table_count, column_count, activated_at)
           VALUES ($1, $2, $3, $4, 'active', 3, 12, now())`,
          [versionId, tenantId, dataSourceId, `index-${versionId}`],
        );
        await tx.query('UPDATE data_sources SET active_version_id = $2 WHERE id = $1', [
          dataSourceId,
          versionId,
        ]);
      });
      return { dataSourceId, versionId };
    },
    answer: async (tenant, question, pages = [[['1']]]) => {
      await db.withTenant(tenant.tenantId, async (tx) => {
        const parts = { ...question, tenantId: tenant.tenantId, question: question.text, mappingVersion: 0 };
        await saveResultPages(tx, question.id, pages);
        await saveAnswer(tx, {
          questionId: question.id,
          cacheKey: answerCacheKey(answerCacheText({ ...parts, model: modelCacheLabel(MODEL) })),
          sql: 'SELECT count(*) FROM orders',
          columns: [{ name: 'count', type: 'int8' }],
          rowCount: pages.flat().length,
          truncated: false,
          tables: [{ canonicalTableName: 'public.orders', rank: 1, score: 1, reasons: ['name'] }],
          model: { provider: 'built-in', name: 'built-in-translator' },
          interpretation: 'The number of orders.',
          timings: [{ step: 'query', durationMs: 1.5 }],
          repairs: 0,
        });
        await markQuestionFinished(tx, question.id, 'answered');
        await markJobFinished(tx, question.jobId, 'succeeded');
        await appendEvent(tx, question.jobId, 'job.succeeded', { questionId: question.id }, 'ended');
      });
      bus.publish(question.jobId);
    },
    inTenant: async (tenant, work) => db.withTenant(tenant.tenantId, work),
    stopStore: () => store.stop(),
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await bus.close();
      await db.close();
      await store.stop();
    },
  };
}
