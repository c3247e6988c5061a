import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../contracts/workflows.js';
import { migrate } from '../db/migrate.js';
import { ENGINE_SETTINGS } from '../platform/embedded/engine-settings.js';
import { findTemporalBinary } from '../platform/embedded/find-temporal-binary.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import { findLocalFolders } from '../platform/embedded/local-folders.js';
import {
  startEmbeddedPostgres,
  startNativePostgresWithPgvector,
} from '../platform/embedded/native-postgres.js';
import { startPgliteServer } from '../platform/embedded/pglite-server.js';
import { findPgvectorPostgres, installPgvectorPostgres } from '../platform/embedded/pgvector-postgres.js';
import type { PostgresServer } from '../platform/embedded/postgres-cluster.js';
import { startTemporalServer } from '../platform/embedded/temporal-server.js';

export interface Servers {
  temporalAddress: string;
  /** The folder; for further files. */
  home: string;
  /** A native Postgres for data sources. */
  sources: PostgresServer;
  /** The migrated store. */
  storeUrl: string;
  /** Free, and taken by nobody else here. */
  port(preferred: number): Promise<number>;
  stop(): Promise<void>;
}

export interface StartServersOptions {
  /** Default `pglite-memory`; `pglite` keeps its data in files, as `npm start` does. */
  store?: 'pglite-memory' | 'pglite' | 'native';
  /** The engine keeps its data in a file, as `npm start` does. Default: in memory. */
  hasEngineFile?: boolean;
  /** Further settings of the sources' server (postgresql.conf names). */
  sourceSettings?: Record<string, string | number>;
}

/** Temporal, a store, and a native Postgres for data sources, in a folder that `stop` removes. */
export async function startServers(options: StartServersOptions = {}): Promise<Servers> {
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
      inMemory: !options.hasEngineFile,
      port: await port(17_300),
      uiPort: await port(18_300),
      searchAttributes: SEARCH_ATTRIBUTES,
      dynamicConfig: ENGINE_SETTINGS,
      logFile: join(home, 'temporal.log'),
    });
    stops.push(() => temporal.stop());
    const sources = await startEmbeddedPostgres({
      dataDir: join(home, 'sources'),
      port: await port(15_700),
      user: 'postgres',
      password: 'bench',
      maxConnections: 150,
      ...(options.sourceSettings ? { settings: options.sourceSettings } : {}),
    });
    stops.push(() => sources.stop());
    const store = await startStore(options.store ?? 'pglite-memory', home, cache, await port(15_400));
    stops.push(() => store.stop());
    await migrate({ connectionString: store.url, lock: options.store === 'native' });
    return { temporalAddress: temporal.address, home, sources, storeUrl: store.url, port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startStore(
  kind: NonNullable<StartServersOptions['store']>,
  home: string,
  cacheDir: string,
  port: number,
): Promise<{ url: string; stop(): Promise<unknown> }> {
  const dataDir = join(home, 'store');
  if (kind !== 'native') {
    const store = await startPgliteServer(kind === 'pglite' ? { dataDir, port } : { inMemory: true, port });
    return { url: store.connectionString, stop: () => store.stop() };
  }
  const binDir =
    (await findPgvectorPostgres({ cacheDir, env: process.env })) ??
    (await installPgvectorPostgres({ cacheDir }));
  const store = await startNativePostgresWithPgvector({ dataDir, port, binDir });
  await store.createDatabase('quaestor');
  return { url: store.connectionString('quaestor'), stop: () => store.stop() };
}
