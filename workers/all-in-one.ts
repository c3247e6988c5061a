import { NativeConnection, type WorkflowBundleOption } from '@temporalio/worker';
import { createApi } from '../api/create-api.js';
import { serveApi } from '../api/serve-api.js';
import type { Database } from '../db/database.js';
import { openDatabase } from '../db/open-database.js';
import { createAnswerCache } from '../platform/answer-cache.js';
import type { Config } from '../platform/config.js';
import { createDatasetStore } from '../platform/dataset-store/create-dataset-store.js';
import { createEventBus } from '../platform/event-bus.js';
import { createStandardHealth } from '../platform/health.js';
import { createTemporalJobEngine } from '../platform/job-engine.js';
import type { Logger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { createRateLimiter } from '../platform/rate-limit/rate-limiter.js';
import { createTemporalClient, temporalConnectionOptions } from '../platform/temporal-client.js';
import { createWorkers } from './create-workers.js';
import { createResources } from './resources.js';
import { runWorkers } from './run-workers.js';
import { startFileSweeper } from './start-file-sweeper.js';
import { startSchemaWarmUp } from './start-schema-warm-up.js';
import { loadWorkflowBundle } from './workflow-bundle.js';

export interface AllInOne {
  /** `http://host:port` of the API. */
  readonly url: string;
  readonly db: Database;
  /** Rejects when a worker fails. */
  readonly done: Promise<void>;
  /** Drains: no new requests, running steps end within the grace time, connections close. */
  stop(): Promise<void>;
}

export interface StartAllInOneOptions {
  config: Config;
  logger: Logger;
  /** From `installRuntime`. */
  sdkMetricsUrl?: string;
  /** Built once for a whole test run; default: from the configuration. */
  workflowBundle?: WorkflowBundleOption;
}

/**
 * API and all workers in one process, over one connection to the engine (so that workflows start eagerly) and one pool to the
 * store: what `npm start` runs on the embedded store, where there may be one Quaestor process only.
 */
export async function startAllInOne(options: StartAllInOneOptions): Promise<AllInOne> {
  const { config, logger } = options;
  const bus = createEventBus({ redisUrl: config.redisUrl, logger });
  const limiter = createRateLimiter({ redisUrl: config.redisUrl, logger });
  const answers = createAnswerCache({ ...config.answerCache, redisUrl: config.redisUrl, logger });
  const db = openDatabase(config.database, logger);
  const connection = await NativeConnection.connect(await temporalConnectionOptions(config.temporal));
  const files = await createDatasetStore(config.datasets, logger);
  const resources = createResources(config, { db, bus, files });
  const client = createTemporalClient({ connection, namespace: config.temporal.namespace });
  const engine = createTemporalJobEngine({ client, queues: config.queues, eager: true });
  const workers = await createWorkers({
    kind: 'all',
    config,
    logger,
    connection,
    resources,
    engine,
    loadBundle: async () => options.workflowBundle ?? (await loadWorkflowBundle(config.worker.bundlePath)),
  });
  const running = runWorkers(workers, logger);
  resources.duckdb.keepWarm(1);
  const sweeper = startFileSweeper({ db, files, logger });
  const warmUp = startSchemaWarmUp({ db, schemas: resources.answers.schemas, logger });
  const stopping = new AbortController();
  const api = createApi({
    config,
    db,
    engine,
    bus,
    limiter,
    answers,
    files,
    logger,
    metrics: createMetrics({ sdkMetricsUrl: options.sdkMetricsUrl }),
    health: createStandardHealth({ db, engine, bus, limiter, answers, files, model: config.model }),
    stopping: stopping.signal,
  });
  const server = await serveApi(api, config.http);
  return {
    url: server.url,
    db,
    done: running.done,
    stop: async () => {
      // Event streams end here; clients come back by Last-Event-ID.
      stopping.abort();
      const isWarmUpOver = warmUp.stop();
      const closed = server.close();
      await running.stop().finally(async () => {
        server.closeAllConnections();
        await closed;
        await Promise.all([sweeper.stop(), isWarmUpOver]);
        await resources.close();
        await connection.close();
        await db.close();
        limiter.close();
        answers.close();
        await bus.close();
      });
    },
  };
}
