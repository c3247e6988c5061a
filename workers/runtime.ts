import { setFlagsFromString } from 'node:v8';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { findFreePort } from '../platform/embedded/free-port.js';
import type { Logger } from '../platform/logger.js';

/**
 * How much garbage V8 lets pile up, in percent of what is alive; its own choice is up to 300. Indexing a large schema makes much that
 * is soon dead: 200 MB less at the peak, for about as much time.
 */
const HEAP_GROWTH_PERCENT = 50;

/**
 * Sets up the Temporal SDK once for this process: its logs go to our logger, its metrics to a Prometheus endpoint on loopback,
 * and our own shutdown decides when workers stop.
 * @returns the address of the SDK's metrics, for `/metrics` to include.
 */
export async function installRuntime(options: { logger: Logger; metricsPort: number }): Promise<string> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
  const port = options.metricsPort || (await findFreePort({ preferred: 19_464 }));
  const sdkLog = options.logger.child({ part: 'temporal-sdk' });
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => {
      const { taskToken: _, ...fields } = meta ?? {};
      if (level === 'ERROR') sdkLog.error(fields, message);
      // A worker of one scarce thing has no workflows: that is how it is meant.
      else if (level === 'WARN' && !message.startsWith('No workflows registered'))
        sdkLog.warn(fields, message);
      else sdkLog.debug(fields, message);
    }),
    telemetryOptions: {
      logging: { forward: {}, filter: { core: 'WARN', other: 'ERROR' } },
      metrics: { prometheus: { bindAddress: `127.0.0.1:${port}`, countersTotalSuffix: true } },
    },
  });
  return `http://127.0.0.1:${port}/metrics`;
}
