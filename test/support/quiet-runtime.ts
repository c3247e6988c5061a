import { DefaultLogger, Runtime } from '@temporalio/worker';

let isRuntimeQuiet = false;

/** The SDK's runtime is one for each module registry, so for each test file. */
export function quietRuntime(): void {
  if (isRuntimeQuiet) return;
  isRuntimeQuiet = true;
  Runtime.install({
    shutdownSignals: [],
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { forward: {}, filter: { core: 'ERROR', other: 'ERROR' } } },
  });
}
