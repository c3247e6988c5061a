import { createServer } from 'node:http';
import { NativeConnection } from '@temporalio/worker';
import { TASK_QUEUE_NAMES } from '../contracts/task-queues.js';
import { openDatabase } from '../db/open-database.js';
import { createDatasetStore } from '../platform/dataset-store/create-dataset-store.js';
import { createEventBus } from '../platform/event-bus.js';
import { createStandardHealth } from '../platform/health.js';
import { createTemporalJobEngine } from '../platform/job-engine.js';
import { loadConfigOrExit } from '../platform/load-config.js';
import { createLogger } from '../platform/logger.js';
import { createMetrics } from '../platform/metrics.js';
import { createShutdown } from '../platform/shutdown.js';
import { createTemporalClient, temporalConnectionOptions } from '../platform/temporal-client.js';
import { createWorkers, isWorkerKind } from './create-workers.js';
import { createResources } from './resources.js';
import { runWorkers } from './run-workers.js';
import { installRuntime } from './runtime.js';
import { startFileSweeper } from './start-file-sweeper.js';
import { startSchemaWarmUp } from './start-schema-warm-up.js';
import { loadWorkflowBundle } from './workflow-bundle.js';

// One worker process: `workers/main.js <kind>`; kinds are the task queues and `all`. Health and metrics on QUAESTOR_WORKER_PORT.
const kind = process.argv[2];
if (!isWorkerKind(kind)) {
  process.stderr.write(`Usage: workers/main <${TASK_QUEUE_NAMES.join('|')}|all>\n`);
  process.exit(2);
}

const config = loadConfigOrExit();
const logger = createLogger({ level: config.logLevel, name: `worker-${kind}` });
const shutdown = createShutdown({ logger, graceMs: config.worker.shutdownGraceMs + 5_000 });

const sdkMetricsUrl = await installRuntime({ logger, metricsPort: config.worker.sdkMetricsPort });
const metrics = createMetrics({ sdkMetricsUrl });
const bus = createEventBus({ redisUrl: config.redisUrl, logger });
shutdown.onShutdown('event bus', () => bus.close());
const db = openDatabase(config.database, logger);
shutdown.onShutdown('store', () => db.close());
const files = await createDatasetStore(config.datasets, logger);
const resources = createResources(config, { db, bus, files });
shutdown.onShutdown('data sources', () => resources.close());
const connection = await NativeConnection.connect(await temporalConnectionOptions(config.temporal));
shutdown.onShutdown('engine connection', () => connection.close());

const engine = createTemporalJobEngine({
  client: createTemporalClient({ connection, namespace: config.temporal.namespace }),
  queues: config.queues,
});
const health = createStandardHealth({ db, engine, bus, files, model: config.model });
const server = createServer((request, response) => {
  void (async () => {
    if (request.url === '/metrics') {
      const { contentType, body } = await metrics.render();
      response.writeHead(200, { 'content-type': contentType }).end(body);
      return;
    }
    const report = await health.check();
    response
      .writeHead(request.url === '/health/live' || report.ready ? 200 : 503, {
        'content-type': 'application/json',
      })
      .end(JSON.stringify(report));
  })();
});
server.listen(config.worker.httpPort, config.http.host);
shutdown.onShutdown('health server', () => server.close());

const workers = await createWorkers({
  kind,
  config,
  logger,
  connection,
  resources,
  engine,
  loadBundle: () => loadWorkflowBundle(config.worker.bundlePath),
});
const running = runWorkers(workers, logger);
if (kind === 'datasets' || kind === 'all') {
  resources.duckdb.keepWarm(1);
  const sweeper = startFileSweeper({ db, files, logger });
  shutdown.onShutdown('file sweeper', () => sweeper.stop());
}
if (kind === 'orchestration' || kind === 'all') {
  const warmUp = startSchemaWarmUp({ db, schemas: resources.answers.schemas, logger });
  shutdown.onShutdown('warm-up of schemas', () => warmUp.stop());
}
shutdown.onShutdown('workers', () => running.stop());
logger.info({ kind }, 'worker is ready');
await running.done.catch(async (error: unknown) => {
  logger.fatal({ err: error }, 'stopping after a worker failed');
  await shutdown.run('worker failed');
  process.exit(1);
});
