import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiClient } from '../../cli/api-client.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/workflows.js';
import { migrate } from '../../db/migrate.js';
import { parseConfig } from '../../platform/config.js';
import { findTemporalBinary } from '../../platform/embedded/find-temporal-binary.js';
import { findFreePort } from '../../platform/embedded/free-port.js';
import { findLocalFolders } from '../../platform/embedded/local-folders.js';
import { startEmbeddedPostgres } from '../../platform/embedded/native-postgres.js';
import { startPgliteServer } from '../../platform/embedded/pglite-server.js';
import type { PostgresServer } from '../../platform/embedded/postgres-cluster.js';
import { startTemporalServer } from '../../platform/embedded/temporal-server.js';
import { createLogger } from '../../platform/logger.js';
import { createActions } from '../../test/support/quaestor.js';
import { createTestTenant } from '../../test/support/tenants.js';
import { startAllInOne } from '../../workers/all-in-one.js';
import { installRuntime } from '../../workers/runtime.js';

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

/** Temporal, a store, and a native Postgres for data sources, in a folder that `stop` removes. */
export async function startStack(): Promise<Stack> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
  stops.push(() => rm(home, { recursive: true, force: true }));
  try {
    const { cache } = findLocalFolders({ ...process.env, QUAESTOR_HOME: join(home, 'home') }, home);
    const taken = new Set<number>();
    const port = (preferred: number) => findFreePort({ preferred: preferred + (process.pid % 200), taken });
    const binary = await findTemporalBinary({ cacheDir: cache, env: process.env });
    const temporal = await startTemporalServer({
      binary: binary.path,
      dataDir: join(home, 'temporal'),
      inMemory: true,
      port: await port(17_300),
      uiPort: await port(18_300),
      searchAttributes: SEARCH_ATTRIBUTES,
      logFile: join(home, 'temporal.log'),
    });
    stops.push(() => temporal.stop());
    const sources = await startEmbeddedPostgres({
      dataDir: join(home, 'sources'),
      port: await port(15_700),
      user: 'postgres',
      password: 'bench',
      maxConnections: 150,
    });
    stops.push(() => sources.stop());
    const store = await startPgliteServer({ inMemory: true, port: await port(15_400) });
    stops.push(() => store.stop());
    await migrate({ connectionString: store.connectionString, lock: false });
    const logger = createLogger({ level: 'warn', name: 'bench', destination: process.stderr });
    await installRuntime({ logger, metricsPort: 0 });

    const startQuaestor = async (env: Record<string, string>): Promise<RunningQuaestor> => {
      const config = parseConfig({
        DATABASE_URL: store.connectionString,
        DATABASE_POOL: '1',
        QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
        TEMPORAL_ADDRESS: temporal.address,
        QUAESTOR_ANSWER_CACHE_TTL_MS: '0',
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
