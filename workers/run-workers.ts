import type { Worker } from '@temporalio/worker';
import type { Logger } from '../platform/logger.js';

export interface RunningWorkers {
  /** Resolves when all have drained; rejects when one failed. */
  readonly done: Promise<void>;
  /** Stops polling, lets running activities end within the grace time, cancels what is left. */
  stop(): Promise<void>;
}

/** Runs workers until `stop`. When one fails, the others are stopped too: a process with half its queues helps nobody. */
export function runWorkers(workers: readonly Worker[], logger: Logger): RunningWorkers {
  const shutDown = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  const runs = workers.map(async (worker) => {
    try {
      await worker.run();
    } catch (error) {
      logger.error({ err: error, taskQueue: worker.options.taskQueue }, 'a worker failed');
      shutDown();
      throw error;
    }
  });
  const done = Promise.all(runs).then(() => undefined);
  // Whoever waits hears of it; nobody waiting must not end the process.
  done.catch(() => undefined);
  return {
    done,
    stop: async () => {
      shutDown();
      await done;
    },
  };
}
