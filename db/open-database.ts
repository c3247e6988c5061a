import type { DatabaseConfig } from '../platform/config.js';
import type { Logger } from '../platform/logger.js';
import { Database } from './database.js';

/** The store as configured; broken idle connections are logged and replaced. */
export const openDatabase = (config: DatabaseConfig, logger: Logger): Database =>
  new Database({
    connectionString: config.url,
    poolSize: config.poolSize,
    statementTimeoutMs: config.statementTimeoutMs,
    onError: (error) => logger.warn({ err: error }, 'an idle connection to the store broke'),
  });
