import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../contracts/workflows.js';
import { migrate } from '../../db/migrate.js';
import { ENGINE_SETTINGS } from '../../platform/embedded/engine-settings.js';
import { findTemporalBinary } from '../../platform/embedded/find-temporal-binary.js';
import { findFreePort } from '../../platform/embedded/free-port.js';
import { findLocalFolders } from '../../platform/embedded/local-folders.js';
import {
  startEmbeddedPostgres,
  startNativePostgresWithPgvector,
} from '../../platform/embedded/native-postgres.js';
import { startPgliteServer } from '../../platform/embedded/pglite-server.js';
import { findPgvectorPostgres } from '../../platform/embedded/pgvector-postgres.js';
import { startTemporalServer } from '../../platform/embedded/temporal-server.js';
import { buildWorkflowBundle } from '../../workers/workflow-bundle.js';
import { startMariadb } from './mariadb-server.js';
import { migratedStore } from './migrated-store.js';
import { runOffset } from './run-offset.js';
import { describeServers, type SharedServers, type StoreKind } from './shared-servers.js';

const PASSWORD = 'test-only';

type Stops = (() => Promise<unknown>)[];

/** Sees to it that what starts is also stopped, even if another server fails to start. */
async function owned<Server extends { stop(): Promise<unknown> }>(
  stops: Stops,
  starting: Promise<Server>,
): Promise<Server> {
  const server = await starting;
  stops.push(() => server.stop());
  return server;
}

/** One Temporal server, one store, and one Postgres and one MariaDB for data sources, for the whole run. */
export default async function globalSetup(): Promise<void> {
  const storeKind = (process.env['QUAESTOR_TEST_STORE'] ?? 'pglite') as StoreKind;
  const home = await mkdtemp(join(tmpdir(), 'quaestor-test-'));
  const { cache } = findLocalFolders({ ...process.env, QUAESTOR_HOME: join(home, 'home') }, home);
  const taken = new Set<number>();
  const offset = runOffset(10);
  const port = (preferred: number) => findFreePort({ preferred: preferred + offset, taken });
  const say = (message: string) => void process.stderr.write(`  ${message}\n`);
  const stops: Stops = [() => rm(home, { recursive: true, force: true })];
  (globalThis as { quaestorStops?: typeof stops }).quaestorStops = stops;

  const binary = await findTemporalBinary({ cacheDir: cache, env: process.env, onProgress: say });
  const ports = {
    temporal: await port(27_233),
    ui: await port(28_233),
    store: await port(25_490),
    source: await port(25_590),
    mariadb: await port(25_690),
  };
  const bundlePath = join(home, 'workflow-bundle.js');
  const [temporal, source, storeUrl, mariadb] = await Promise.all([
    owned(
      stops,
      startTemporalServer({
        binary: binary.path,
        dataDir: join(home, 'temporal'),
        inMemory: true,
        port: ports.temporal,
        uiPort: ports.ui,
        searchAttributes: SEARCH_ATTRIBUTES,
        dynamicConfig: ENGINE_SETTINGS,
        logFile: join(home, 'temporal.log'),
      }),
    ),
    owned(
      stops,
      startEmbeddedPostgres({
        dataDir: join(home, 'sources'),
        port: ports.source,
        user: 'postgres',
        password: PASSWORD,
        maxConnections: 150,
        onProgress: () => undefined,
      }),
    ),
    startStore(storeKind, join(home, 'store'), ports.store, cache, stops),
    startMariadb(ports.mariadb).then((server) => {
      if (server) stops.push(() => server.stop());
      else say('no MariaDB on this machine: its tests are skipped');
      return server;
    }),
    buildWorkflowBundle().then((code) => writeFile(bundlePath, code)),
  ]);
  await migrate({ connectionString: storeUrl, lock: storeKind === 'native' });
  describeServers({
    storeKind,
    storeUrl,
    temporalAddress: temporal.address,
    sourceAdminUrl: source.connectionString('postgres'),
    mariadbAdminUrl: mariadb?.adminUrl ?? null,
    bundlePath,
    cacheDir: cache,
  } satisfies SharedServers);
}

async function startStore(
  kind: StoreKind,
  dataDir: string,
  port: number,
  cacheDir: string,
  stops: Stops,
): Promise<string> {
  if (kind === 'pglite') {
    const store = await owned(
      stops,
      startPgliteServer({ inMemory: true, dumpFile: await migratedStore(), port }),
    );
    return store.connectionString;
  }
  const binDir = await findPgvectorPostgres({ cacheDir, env: process.env });
  if (!binDir)
    throw new Error('QUAESTOR_TEST_STORE=native needs pgvector: npx tsx scripts/install-pgvector.ts');
  const store = await owned(stops, startNativePostgresWithPgvector({ dataDir, port, binDir }));
  await store.createDatabase('quaestor_template');
  return store.connectionString('quaestor_template');
}
