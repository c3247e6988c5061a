// The process of the embedded store: PGlite with pgvector behind a Postgres socket. Started by pglite-server.ts through the supervisor.
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createPgliteFront } from './pglite-front.js';

/** What pglite-server.ts hands over, as JSON in QUAESTOR_PGLITE (not on the command line: it holds the password). */
export interface PgliteProcessSettings {
  /** A folder, or undefined for a database in memory. */
  dataDir?: string;
  /** A file that `PGlite.dumpDataDir` made: what a new database begins with. */
  dumpFile?: string;
  host: string;
  port: number;
  password: string;
  waitTimeoutMs?: number;
}

const settings = JSON.parse(process.env['QUAESTOR_PGLITE'] ?? '{}') as PgliteProcessSettings;

const database = await PGlite.create(settings.dataDir ?? 'memory://', {
  extensions: { vector },
  ...(settings.dumpFile ? { loadDataDir: new Blob([await readFile(settings.dumpFile)]) } : {}),
});

const front = createPgliteFront({
  password: settings.password,
  waitTimeoutMs: settings.waitTimeoutMs,
  run: (messages, onData) =>
    database.runExclusive(() => database.execProtocolRawStream(messages, { onRawData: onData })),
});

let stopping = false;
process.on('SIGTERM', () => {
  if (stopping) return;
  stopping = true;
  front.close();
  void database.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`closing failed: ${String(error)}\n`);
      process.exit(1);
    },
  );
});

front.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
front.listen(settings.port, settings.host);
