import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { processEntry } from '../process-entry.js';
import type { PgliteProcessSettings } from './pglite-process.js';
import { type ServerExit, startSupervised, untilReady } from './supervised-process.js';

export interface StartPgliteServerOptions {
  /** Folder of the database; made if missing. Not needed with `inMemory`. */
  dataDir?: string;
  /** Keeps the database in memory (tests). */
  inMemory?: boolean;
  /** With `inMemory`: what the database begins with, a file that `PGlite.dumpDataDir` made. Default a new, empty one, which takes seconds. */
  dumpFile?: string;
  /** Must be free. */
  port: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** What every client must give. Default a new random one at each start. */
  password?: string;
  /** How long a second connection waits for the first to end before it is refused. Default 30 s. */
  waitTimeoutMs?: number;
  /** Default `<dataDir>/../pglite.log`, or a file in the temporary folder. */
  logFile?: string;
  onProgress?: (message: string) => void;
}

export interface PgliteServer {
  /**
   * For a `pg` pool with `max: 1`. The user may be replaced by any role that exists: the session then is that role's,
   * so that row level security holds as on a native Postgres.
   */
  connectionString: string;
  pid: number;
  /** Resolves when the server has ended, whoever ended it. */
  exited: Promise<ServerExit>;
  stop(): Promise<void>;
}

/** Starts PGlite with pgvector as a child process, one connection at a time. Throws `embedded_server_failed`. */
export async function startPgliteServer(options: StartPgliteServerOptions): Promise<PgliteServer> {
  const { inMemory = false, port, host = '127.0.0.1', onProgress } = options;
  const dataDir = inMemory ? undefined : options.dataDir;
  if (!inMemory && !dataDir) throw new TypeError('startPgliteServer needs dataDir or inMemory');
  const password = options.password ?? randomBytes(18).toString('base64url');
  const logFile =
    options.logFile ??
    (dataDir ? join(dataDir, '..', 'pglite.log') : join(tmpdir(), `quaestor-pglite-${port}.log`));
  if (dataDir) await mkdir(dataDir, { recursive: true });

  const name = 'embedded store (PGlite)';
  const settings: PgliteProcessSettings = {
    dataDir,
    dumpFile: inMemory ? options.dumpFile : undefined,
    host,
    port,
    password,
    waitTimeoutMs: options.waitTimeoutMs,
  };
  onProgress?.(`Starting the embedded store (PGlite) on ${host}:${port}`);
  const server = await startSupervised({
    name,
    command: process.execPath,
    args: [...processEntry(import.meta.url, 'pglite-process'), ...(dataDir ? [dataDir] : [])],
    env: { ...process.env, NODE_OPTIONS: '', QUAESTOR_PGLITE: JSON.stringify(settings) },
    logFile,
    ...(dataDir ? { pidFile: `${dataDir}.pid`, marker: dataDir } : {}),
  });
  const connectionString = `postgresql://postgres:${password}@${host}:${port}/postgres`;
  await untilReady({
    process: server,
    name,
    logFile,
    attempt: async () => {
      const client = new pg.Client({ connectionString, connectionTimeoutMillis: 30_000 });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.query('select 1');
      } finally {
        await client.end().catch(() => {});
      }
    },
  });
  return { connectionString, pid: server.pid, exited: server.exited, stop: () => server.stop() };
}
