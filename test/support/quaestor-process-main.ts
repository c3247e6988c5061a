// A whole Quaestor, API and workers, in a process of its own: for tests that kill it. QUAESTOR_PORT says where it listens.
import { parseConfig } from '../../platform/config.js';
import { createLogger } from '../../platform/logger.js';
import { createShutdown } from '../../platform/shutdown.js';
import { startAllInOne } from '../../workers/all-in-one.js';
import { installRuntime } from '../../workers/runtime.js';

const config = parseConfig();
const logger = createLogger({ level: config.logLevel, name: 'quaestor' });
const shutdown = createShutdown({ logger, graceMs: config.worker.shutdownGraceMs + 5_000 });
const sdkMetricsUrl = await installRuntime({ logger, metricsPort: config.worker.sdkMetricsPort });
const app = await startAllInOne({ config, logger, sdkMetricsUrl });
shutdown.onShutdown('quaestor', () => app.stop());
await app.done.catch(async (error: unknown) => {
  logger.fatal({ err: error }, 'stopping after a worker failed');
  await shutdown.run('worker failed');
  process.exit(1);
});
