import { createApiClient } from '../../cli/api-client.js';
import { parseConfig } from '../../platform/config.js';
import type { PostgresServer } from '../../platform/embedded/postgres-cluster.js';
import { createLogger } from '../../platform/logger.js';
import { createActions } from '../../test/support/quaestor.js';
import { createTestTenant } from '../../test/support/tenants.js';
import { startAllInOne } from '../../workers/all-in-one.js';
import { installRuntime } from '../../workers/runtime.js';
import { startServers } from '../start-servers.js';

/** A Quaestor in this process and what a user does with it over HTTP. */
export type RunningQuaestor = ReturnType<typeof createActions> & {
  client: ReturnType<typeof createApiClient>;
  stop(): Promise<void>;
};

export interface Stack {
  sources: PostgresServer;
  /** Starts a Quaestor with these settings besides the servers' own; only one at a time. */
  startQuaestor(env: Record<string, string>): Promise<RunningQuaestor>;
  stop(): Promise<void>;
}

/** The servers of a bench, and Quaestors in this process. */
export async function startStack(): Promise<Stack> {
  const servers = await startServers();
  const { sources, stop } = servers;
  try {
    const logger = createLogger({ level: 'warn', name: 'bench', destination: process.stderr });
    await installRuntime({ logger, metricsPort: 0 });

    const startQuaestor = async (env: Record<string, string>): Promise<RunningQuaestor> => {
      const config = parseConfig({
        DATABASE_URL: servers.storeUrl,
        DATABASE_POOL: '1',
        QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
        TEMPORAL_ADDRESS: servers.temporalAddress,
        QUAESTOR_ANSWER_CACHE_TTL_MS: '0',
        QUAESTOR_RATE_LIMITS: 'false',
        QUAESTOR_PORT: '0',
        LOG_LEVEL: 'warn',
        ...env,
      });
      const app = await startAllInOne({ config, logger });
      const tenant = await createTestTenant(app.db);
      const client = createApiClient({ baseUrl: app.url, apiKey: tenant.apiKey });
      return { ...createActions(client, () => app.url, tenant), client, stop: () => app.stop() };
    };
    return { sources, startQuaestor, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
