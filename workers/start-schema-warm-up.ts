import type { SchemaCache } from '../activities/answers/schema-cache.js';
import { warmSchemas } from '../activities/answers/warm-schemas.js';
import type { Database } from '../db/database.js';
import type { Logger } from '../platform/logger.js';

/**
 * Loads the schemas that were asked for last in the background, in each process that chooses tables: the first question after a
 * restart then finds them. Nothing waits for it, and a failure only leaves the loading to the question.
 */
export function startSchemaWarmUp(deps: { db: Database; schemas: SchemaCache; logger: Logger }): {
  /** Resolves when it is through; never rejects. */
  readonly done: Promise<void>;
  /** Loads no further schema; waits for the one that is being loaded. */
  stop(): Promise<void>;
} {
  const { logger } = deps;
  const stopping = new AbortController();
  const warmUp = async (): Promise<void> => {
    const started = performance.now();
    try {
      const schemas = await warmSchemas(deps, {
        signal: stopping.signal,
        onError: (error, dataSourceId) =>
          logger.warn({ err: error, dataSourceId }, 'could not load a schema ahead of its questions'),
      });
      const durationMs = Math.round(performance.now() - started);
      if (schemas > 0) logger.info({ schemas, durationMs }, 'loaded the schemas that were asked for last');
    } catch (error) {
      logger.warn({ err: error }, 'could not find the schemas that were asked for last');
    }
  };
  const done = warmUp();
  return {
    done,
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}
