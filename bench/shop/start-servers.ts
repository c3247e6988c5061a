import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { SEARCH_ATTRIBUTES } from '../../contracts/workflows.js';
import { migrate } from '../../db/migrate.js';
import { findTemporalBinary } from '../../platform/embedded/find-temporal-binary.js';
import { findFreePort } from '../../platform/embedded/free-port.js';
import { findLocalFolders } from '../../platform/embedded/local-folders.js';
import {
  startEmbeddedPostgres,
  startNativePostgresWithPgvector,
} from '../../platform/embedded/native-postgres.js';
import { startPgliteServer } from '../../platform/embedded/pglite-server.js';
import { findPgvectorPostgres, installPgvectorPostgres } from '../../platform/embedded/pgvector-postgres.js';
import { startTemporalServer } from '../../platform/embedded/temporal-server.js';

export type StoreKind = 'pglite' | 'native';

/** A query of the small shop that is the data source: a scan of 5,000 rows. */
export const SHOP_QUERY =
  'SELECT status, count(*) AS orders, sum(total) AS total FROM orders GROUP BY status ORDER BY status';

export interface BenchServers {
  /** Settings of a Quaestor on these servers, but for the model. */
  env: Record<string, string>;
  /** The data source. */
  sourceUrl: string;
  stop(): Promise<void>;
}

/** Temporal, a migrated store and a small shop as the data source, in a folder that `stop` removes. */
export async function startBenchServers(storeKind: StoreKind): Promise<BenchServers> {
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) await each();
  };
  try {
    const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
    stops.push(() => rm(home, { recursive: true, force: true }));
    const { cache } = findLocalFolders({ ...process.env, QUAESTOR_HOME: join(home, 'home') }, home);
    const taken = new Set<number>();
    const port = (preferred: number) => findFreePort({ preferred, taken });

    const binary = await findTemporalBinary({ cacheDir: cache, env: process.env });
    const temporal = await startTemporalServer({
      binary: binary.path,
      dataDir: join(home, 'temporal'),
      port: await port(17_233),
      uiPort: await port(18_233),
      searchAttributes: SEARCH_ATTRIBUTES,
      logFile: join(home, 'temporal.log'),
    });
    stops.push(() => temporal.stop());
    const source = await startEmbeddedPostgres({
      dataDir: join(home, 'source'),
      port: await port(15_591),
      user: 'postgres',
      password: 'bench',
    });
    stops.push(() => source.stop());
    const sourceUrl = source.connectionString('postgres');
    await fillShop(sourceUrl);
    const store = await startStore(storeKind, home, cache, await port(15_490));
    stops.push(() => store.stop());
    await migrate({ connectionString: store.url, lock: storeKind === 'native' });
    return {
      sourceUrl,
      stop,
      env: {
        DATABASE_URL: store.url,
        DATABASE_POOL: storeKind === 'native' ? '20' : '1',
        QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
        TEMPORAL_ADDRESS: temporal.address,
        QUAESTOR_RATE_LIMITS: 'false',
        QUAESTOR_PORT: '0',
        LOG_LEVEL: 'warn',
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startStore(
  kind: StoreKind,
  home: string,
  cacheDir: string,
  port: number,
): Promise<{ url: string; stop(): Promise<unknown> }> {
  const dataDir = join(home, 'store');
  if (kind === 'pglite') {
    const store = await startPgliteServer({ dataDir, port });
    return { url: store.connectionString, stop: () => store.stop() };
  }
  const binDir =
    (await findPgvectorPostgres({ cacheDir, env: process.env })) ??
    (await installPgvectorPostgres({ cacheDir }));
  const store = await startNativePostgresWithPgvector({ dataDir, port, binDir });
  await store.createDatabase('quaestor');
  return { url: store.connectionString('quaestor'), stop: () => store.stop() };
}

async function fillShop(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, status text NOT NULL,
                         total numeric(12,2) NOT NULL, placed_at timestamptz NOT NULL);
    INSERT INTO customers SELECT n, 'Customer ' || n FROM generate_series(1, 500) n;
    INSERT INTO orders SELECT n, 1 + n % 500, (ARRAY['open','paid','sent'])[1 + n % 3], n % 977, now() - n * interval '1 hour'
      FROM generate_series(1, 5000) n;
    ANALYZE;`);
  await client.end();
}
