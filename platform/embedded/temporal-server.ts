import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { type ServerExit, startSupervised, untilReady } from './supervised-process.js';

/** Kinds of search attributes with their numbers in Temporal's API (IndexedValueType). */
const SEARCH_ATTRIBUTE_TYPES = { Text: 1, Keyword: 2, Int: 3, Double: 4, Bool: 5, Datetime: 6 } as const;
export type SearchAttributeType = keyof typeof SEARCH_ATTRIBUTE_TYPES;

/**
 * The server's own choice, a rollback journal, waits for the disk several times in each of its transactions. With a log nothing is
 * lost when the process is killed; when the power fails, what came since the last checkpoint may be (docs/decisions/0006).
 */
const WRITE_AHEAD_LOG = ['journal_mode=wal', 'synchronous=normal'].flatMap((pragma) => [
  '--sqlite-pragma',
  pragma,
]);

export interface StartTemporalServerOptions {
  /** Path of the Temporal CLI. */
  binary: string;
  /** Folder of the database (`temporal.db`) and the pid file. */
  dataDir: string;
  /** Default 127.0.0.1. */
  host?: string;
  /** Port of the gRPC frontend; must be free. */
  port: number;
  /** Port of the UI; must be free. */
  uiPort: number;
  /** Default `default`. */
  namespace?: string;
  /** Registered if they are missing, also in a database of an earlier run. */
  searchAttributes?: Record<string, SearchAttributeType>;
  /** Temporal's dynamic configuration; values are JSON. */
  dynamicConfig?: Record<string, string | number | boolean>;
  logFile: string;
  onProgress?: (message: string) => void;
  /** Keeps everything in memory instead of in a file (tests). */
  inMemory?: boolean;
  /** Time until the frontend must answer. Default 60 s. */
  startTimeoutMs?: number;
}

export interface TemporalServer {
  /** host:port of the gRPC frontend. */
  address: string;
  uiUrl: string;
  pid: number;
  /** Resolves when the server has ended, whoever ended it. */
  exited: Promise<ServerExit>;
  stop(): Promise<void>;
}

/** Starts Temporal's dev server as a child process and resolves when its frontend answers for the namespace. Throws `embedded_server_failed`. */
export async function startTemporalServer(options: StartTemporalServerOptions): Promise<TemporalServer> {
  const { binary, dataDir, host = '127.0.0.1', port, uiPort, namespace = 'default', logFile } = options;
  const { searchAttributes = {}, dynamicConfig = {}, onProgress, inMemory = false, startTimeoutMs } = options;
  const name = 'Temporal server';
  const address = `${host}:${port}`;
  await mkdir(dataDir, { recursive: true });
  const database = join(dataDir, 'temporal.db');
  const args = ['server', 'start-dev', '--ip', host, '--port', String(port)]
    .concat(['--ui-ip', host, '--ui-port', String(uiPort), '--namespace', namespace])
    .concat(['--log-level', 'warn', '--log-format', 'json', '--color', 'never'])
    .concat(inMemory ? [] : ['--db-filename', database, ...WRITE_AHEAD_LOG])
    .concat(
      Object.entries(searchAttributes).flatMap(([key, type]) => ['--search-attribute', `${key}=${type}`]),
    )
    .concat(
      Object.entries(dynamicConfig).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${JSON.stringify(value)}`,
      ]),
    );

  onProgress?.(`Starting the Temporal server on ${address}`);
  const server = await startSupervised({
    name,
    command: binary,
    args,
    env: withoutTemporalSettings(process.env),
    logFile,
    ...(inMemory ? {} : { pidFile: join(dataDir, 'temporal.pid'), marker: database }),
  });
  await untilReady({
    process: server,
    name,
    logFile,
    timeoutMs: startTimeoutMs,
    attempt: () => assertServes(address, namespace, searchAttributes),
  });
  return {
    address,
    uiUrl: `http://${host}:${uiPort}`,
    pid: server.pid,
    exited: server.exited,
    stop: () => server.stop(),
  };
}

/** `connect` asks the frontend for its capabilities; the namespace and the search attributes can come a moment later. */
async function assertServes(
  address: string,
  namespace: string,
  searchAttributes: Record<string, SearchAttributeType>,
): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    await connection.withDeadline(Date.now() + 5_000, async () => {
      await connection.workflowService.describeNamespace({ namespace });
      if (Object.keys(searchAttributes).length > 0) {
        await addMissingSearchAttributes(connection, namespace, searchAttributes);
      }
    });
  } finally {
    await connection.close();
  }
}

/** The server registers the attributes of its command line only when it creates the database: later ones are added here. */
async function addMissingSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: Record<string, SearchAttributeType>,
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const missing: Record<string, number> = {};
  for (const [key, type] of Object.entries(wanted)) {
    const there = customAttributes?.[key];
    if (there === undefined || there === null) {
      missing[key] = SEARCH_ATTRIBUTE_TYPES[type];
    } else if (there !== SEARCH_ATTRIBUTE_TYPES[type]) {
      throw new QuaestorError(
        'embedded_server_failed',
        `The search attribute ${key} of the Temporal database has another type than ${type}. Deleting the state folder starts afresh.`,
      );
    }
  }
  if (Object.keys(missing).length === 0) return;
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: missing });
}

/** The CLI would take an address, a profile or a key of the surroundings for its own. */
const withoutTemporalSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([key]) => !key.startsWith('TEMPORAL_')));
