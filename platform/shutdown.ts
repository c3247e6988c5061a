import type { Logger } from './logger.js';

export interface ShutdownOptions {
  logger: Logger;
  /** All steps together; then the process is ended. Milliseconds. */
  graceMs: number;
  /** Default SIGINT and SIGTERM; empty for tests. */
  signals?: NodeJS.Signals[];
  /** Default `process.exit`. */
  exit?: (code: number) => void;
}

export interface Shutdown {
  /** Adds a step; steps run one after the other, the last added first. */
  onShutdown(name: string, step: () => unknown): void;
  /** Runs the steps once; later calls get the same promise. Resolves with whether all went well in time. */
  run(reason: string): Promise<boolean>;
  readonly isShuttingDown: boolean;
}

/** Ends a process in order: a signal runs the steps and exits, a second signal exits at once. */
export function createShutdown(options: ShutdownOptions): Shutdown {
  const { logger, graceMs, signals = ['SIGINT', 'SIGTERM'], exit = (code) => process.exit(code) } = options;
  const steps: { name: string; step: () => unknown }[] = [];
  let running: Promise<boolean> | undefined;

  const runSteps = async (): Promise<boolean> => {
    let isClean = true;
    for (const { name, step } of steps.toReversed()) {
      try {
        await step();
        logger.debug({ step: name }, 'stopped');
      } catch (error) {
        isClean = false;
        logger.error({ err: error, step: name }, 'could not stop cleanly');
      }
    }
    return isClean;
  };

  const run = (reason: string): Promise<boolean> => {
    running ??= (async () => {
      logger.info({ reason }, 'stopping');
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => {
          logger.error({ graceMs }, 'did not stop in time');
          resolve(false);
        }, graceMs);
      });
      try {
        return await Promise.race([runSteps(), late]);
      } finally {
        clearTimeout(timer);
      }
    })();
    return running;
  };

  for (const signal of signals) {
    process.on(signal, () => {
      if (running) {
        logger.warn({ signal }, 'second signal: leaving now');
        exit(130);
        return;
      }
      void run(signal).then((isClean) => exit(isClean ? 0 : 1));
    });
  }

  return {
    onShutdown: (name, step) => {
      steps.push({ name, step });
    },
    run,
    get isShuttingDown() {
      return running !== undefined;
    },
  };
}
