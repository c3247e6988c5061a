import { openDatabase } from '../db/open-database.js';
import { createAnswerCache } from '../platform/answer-cache.js';
import { createDatasetStore } from '../platform/dataset-store/create-dataset-store.js';
import { createEventBus } from '../platform/event-bus.js';
import { createStandardHealth } from '../platform/health.js';
import { createTemporalJobEngine } from '../platform/job-engine.js';
import { loadConfigOrExit } from '../platform/load-config.js';
import { createLogger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { createRateLimiter } from '../platform/rate-limit/rate-limiter.js';
import { createShutdown } from '../platform/shutdown.js';
import { connectTemporal } from '../platform/temporal-client.js';
import { createApi } from './create-api.js';
import { serveApi } from './serve-api.js';

// The API as a process of its own.
const config = loadConfigOrExit();
const logger = createLogger({ level: config.logLevel, name: 'api' });
const shutdown = createShutdown({ logger, graceMs: config.worker.shutdownGraceMs });
const stopping = new AbortController();

const bus = createEventBus({ redisUrl: config.redisUrl, logger });
shutdown.onShutdown('event bus', () => bus.close());
const limiter = createRateLimiter({ redisUrl: config.redisUrl, logger });
shutdown.onShutdown('rate limits', async () => limiter.close());
const answers = createAnswerCache({ ...config.answerCache, redisUrl: config.redisUrl, logger });
shutdown.onShutdown('answer cache', async () => answers.close());
const db = openDatabase(config.database, logger);
shutdown.onShutdown('store', () => db.close());
const { connection, client } = await connectTemporal(config.temporal);
shutdown.onShutdown('engine connection', () => connection.close());
const engine = createTemporalJobEngine({ client, queues: config.queues });

const files = await createDatasetStore(config.datasets, logger);

const api = createApi({
  config,
  db,
  engine,
  bus,
  limiter,
  answers,
  files,
  logger,
  metrics: createMetrics(),
  health: createStandardHealth({ db, engine, bus, limiter, answers, files, model: config.model }),
  stopping: stopping.signal,
});
const server = await serveApi(api, config.http).catch((error: unknown) => {
  logger.fatal({ err: error }, 'cannot listen');
  process.exit(1);
});
logger.info({ url: server.url }, 'API is ready');
shutdown.onShutdown('http server', async () => {
  stopping.abort();
  await server.close();
});
