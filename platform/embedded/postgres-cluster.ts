import { chmod, chown, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import pg from 'pg';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { asUser, folderFor, giveFolder, type RunAs, reachableCopy, unprivilegedAccount } from './run-as.js';
import { runCommand } from './run-command.js';
import { type ServerExit, startSupervised, untilReady } from './supervised-process.js';

export interface StartPostgresClusterOptions {
  /** Name for messages. */
  name: string;
  /** Folder with `bin/postgres` and `bin/initdb`. */
  programDir: string;
  /** The folder around `programDir` that belongs to it, if the programs need more than their own (libraries). Default `programDir`. */
  programRoot?: string;
  /** Folder of the cluster, its log and pid file; made if missing, used again if there. */
  dataDir: string;
  /** Must be free. Listens on 127.0.0.1 only, and on no unix socket. */
  port: number;
  /** Superuser; must be the same at each start of a folder. */
  user: string;
  password: string;
  maxConnections: number;
  /** Further settings (postgresql.conf names). */
  settings?: Record<string, string | number>;
  onProgress?: (message: string) => void;
}

export interface PostgresServer {
  connectionString(database: string): string;
  /** Makes the database unless it is there. */
  createDatabase(name: string): Promise<void>;
  /** Drops the database if it is there, ending its connections. */
  dropDatabase(name: string): Promise<void>;
  pid: number;
  /** Where the cluster and its log really are (elsewhere when run by root in a folder that others cannot enter). */
  dataDir: string;
  /** Resolves when the server has ended, whoever ended it. */
  exited: Promise<ServerExit>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Makes a Postgres cluster if there is none, and runs it as a child process that ends with us. Throws `embedded_server_failed`. */
export async function startPostgresCluster(options: StartPostgresClusterOptions): Promise<PostgresServer> {
  const { name, port, user, password, onProgress } = options;
  const account = await unprivilegedAccount();
  const folder = await folderFor(options.dataDir, account, onProgress);
  await makeExecutable(options.programDir);
  const root = options.programRoot ?? options.programDir;
  const programDir = join(await reachableCopy(root, account, onProgress), relative(root, options.programDir));
  const cluster = join(folder, 'cluster');
  const logFile = join(folder, 'postgres.log');
  await makeCluster({ ...options, programDir, folder, cluster, account });

  onProgress?.(`Starting the ${name} on ${HOST}:${port}`);
  const settings: Record<string, string | number> = {
    listen_addresses: HOST,
    port,
    unix_socket_directories: '',
    max_connections: options.maxConnections,
    ...options.settings,
  };
  const server = await startSupervised({
    name,
    command: program(programDir, 'postgres'),
    args: ['-D', cluster, ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
    env: withoutPostgresSettings(process.env),
    cwd: folder,
    ...asUser(account),
    logFile,
    pidFile: join(folder, 'server.pid'),
    marker: cluster,
    // A fast shutdown: open sessions are ended.
    stopSignal: 'SIGINT',
  });
  const connectionString = (database: string) =>
    `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${HOST}:${port}/${encodeURIComponent(database)}`;
  const withClient = async (work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
    const client = new pg.Client({
      connectionString: connectionString('postgres'),
      connectionTimeoutMillis: 10_000,
    });
    client.on('error', () => {});
    try {
      await client.connect();
      await work(client);
    } finally {
      await client.end().catch(() => {});
    }
  };
  await untilReady({
    process: server,
    name,
    logFile,
    attempt: () =>
      withClient((client) => client.query('select 1')).catch((error: unknown) => {
        throw isWrongPassword(error)
          ? new QuaestorError(
              'embedded_server_failed',
              `The ${name} in ${folder} was made with another user or password. Give these, or delete the folder.`,
              { cause: error },
            )
          : error;
      }),
  });
  return {
    connectionString,
    async createDatabase(database) {
      await withClient(async (client) => {
        const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
        if (rowCount) return;
        await client.query(`create database ${client.escapeIdentifier(database)}`).catch((error: unknown) => {
          if (!isAlreadyThere(error)) throw error;
        });
      });
    },
    async dropDatabase(database) {
      await withClient((client) =>
        client.query(`drop database if exists ${client.escapeIdentifier(database)} with (force)`),
      );
    },
    pid: server.pid,
    dataDir: folder,
    exited: server.exited,
    stop: () => server.stop(),
  };
}

interface MakeClusterOptions extends StartPostgresClusterOptions {
  folder: string;
  cluster: string;
  account: RunAs | undefined;
}

async function makeCluster(options: MakeClusterOptions): Promise<void> {
  const { name, programDir, folder, cluster, account, user, password, onProgress } = options;
  const postgres = program(programDir, 'postgres');
  const version = /(\d+)[.\d]*\s*(\(|$)/m.exec(
    (await runCommand(postgres, ['--version'], asUser(account))).output,
  );
  const major = version?.[1] ?? '';
  const made = await readFile(join(cluster, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  );
  const complete = join(folder, 'complete');
  if (made !== undefined && (await stat(complete).catch(() => undefined))) {
    if (made === major) return;
    throw new QuaestorError(
      'embedded_server_failed',
      `The ${name} in ${folder} was made by Postgres ${made}, and this is ${major}. Delete the folder to start afresh.`,
    );
  }
  // Nothing there, or initdb was interrupted.
  onProgress?.(`Making the ${name} (Postgres ${major})`);
  await rm(cluster, { recursive: true, force: true });
  await giveFolder(cluster, account);
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  try {
    if (account) await chown(passwordFile, account.uid, account.gid);
    // The built-in C.UTF-8 sorts the same on every system; Postgres has it since 17.
    const locale =
      Number(major) >= 17
        ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
        : ['--locale=C.UTF-8'];
    await runCommand(
      program(programDir, 'initdb'),
      ['--pgdata', cluster, '--username', user, '--pwfile', passwordFile, '--auth=scram-sha-256']
        .concat(['--encoding=UTF8', '--no-instructions', '--no-sync'])
        .concat(locale),
      { ...asUser(account), cwd: folder, env: withoutPostgresSettings(process.env), timeoutMs: 120_000 },
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new QuaestorError('embedded_server_failed', `The ${name} cannot be made in ${folder}: ${reason}`, {
      cause: error,
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(complete, '');
}

const program = (programDir: string, name: string): string =>
  join(programDir, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

/** Packages lose the executable bit on the way. */
async function makeExecutable(programDir: string): Promise<void> {
  for (const name of ['postgres', 'initdb']) {
    const path = program(programDir, name);
    const { mode } = await stat(path).catch((error: unknown) => {
      throw new QuaestorError(
        'embedded_server_failed',
        `There is no ${name} in ${join(programDir, 'bin')}.`,
        {
          cause: error,
        },
      );
    });
    if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555);
  }
}

const withoutPostgresSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(env).filter(([key]) => !key.startsWith('PG') && !key.startsWith('LC_')),
  ),
  LC_ALL: 'C',
});

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code;
const isWrongPassword = (error: unknown): boolean => codeOf(error) === '28P01' || codeOf(error) === '28000';
const isAlreadyThere = (error: unknown): boolean => codeOf(error) === '42P04' || codeOf(error) === '23505';
