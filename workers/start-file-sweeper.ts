import { sweepFiles } from '../activities/datasets/sweep-files.js';
import type { Database } from '../db/database.js';
import type { DatasetStore } from '../platform/dataset-store/dataset-store.js';
import type { Logger } from '../platform/logger.js';

const EVERY_MS = 60 * 60 * 1_000;

/** Sweeps the files of datasets now and every hour, in each process that reads datasets. */
export function startFileSweeper(deps: { db: Database; files: DatasetStore; logger: Logger }): {
  stop(): Promise<void>;
} {
  const { logger } = deps;
  const sweep = async (): Promise<void> => {
    try {
      const swept = await sweepFiles(deps, Date.now());
      if (Object.values(swept).some((count) => count > 0)) logger.info(swept, 'swept files of datasets');
    } catch (error) {
      logger.warn({ err: error }, 'could not sweep the files of datasets');
    }
  };
  let running = sweep();
  const timer = setInterval(() => {
    running = running.then(sweep);
  }, EVERY_MS);
  timer.unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
