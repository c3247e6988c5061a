import pg from 'pg';
import { startServers } from '../start-servers.js';

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

/** The servers of `npm start` and a small shop as the data source, in a folder that `stop` removes. */
export async function startBenchServers(storeKind: StoreKind): Promise<BenchServers> {
  const servers = await startServers({ store: storeKind, hasEngineFile: true });
  try {
    const sourceUrl = servers.sources.connectionString('postgres');
    await fillShop(sourceUrl);
    return {
      sourceUrl,
      stop: servers.stop,
      env: {
        DATABASE_URL: servers.storeUrl,
        DATABASE_POOL: storeKind === 'native' ? '20' : '1',
        QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
        TEMPORAL_ADDRESS: servers.temporalAddress,
        QUAESTOR_RATE_LIMITS: 'false',
        QUAESTOR_PORT: '0',
        LOG_LEVEL: 'warn',
      },
    };
  } catch (error) {
    await servers.stop();
    throw error;
  }
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
