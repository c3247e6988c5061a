import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { createApiClient } from '../cli/api-client.js';
import { main as runCli } from '../cli/main.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { migrate } from '../db/migrate.js';
import { replaceDataSourceConnection } from '../db/statements/data-sources.js';
import { FIRST_QUESTIONS } from '../examples/sample-company/questions.js';
import { type Config, parseConfig } from '../platform/config.js';
import { startEmbeddedStack } from '../platform/embedded/embedded-stack.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import { findLocalFolders } from '../platform/embedded/local-folders.js';
import { type LocalCredentials, loadLocalSecrets } from '../platform/embedded/local-secrets.js';
import { encryptSecret } from '../platform/encryption.js';
import { createLogger, type Logger } from '../platform/logger.js';
import { type AllInOne, startAllInOne } from '../workers/all-in-one.js';
import { installRuntime } from '../workers/runtime.js';
import { ensureLocalTenant } from './local-tenant.js';
import { type SampleSource, startSampleSource } from './sample-source.js';

const SOURCE_NAME = 'sample';
const STOP_TIMEOUT_MS = 20_000;

type Say = (message: string) => void;

/**
 * npm start: engine, store, sample, workers and API on this machine; indexes the sample, asks two questions of it, and stays up.
 * `--once` ends after the questions, non-zero if anything failed.
 */
export async function start(args: readonly string[]): Promise<void> {
  const isOnce = args.includes('--once');
  const began = performance.now();
  const say: Say = (message) => process.stderr.write(`${pc.dim(elapsed(began))} ${message}\n`);
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop().catch((error: unknown) => say(String(error)));
  };
  const leave = async (code: number) => {
    const timer = setTimeout(() => process.exit(code || 1), STOP_TIMEOUT_MS);
    await stopAll();
    clearTimeout(timer);
    process.exit(code);
  };
  let isLeaving = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isLeaving) process.exit(130);
      isLeaving = true;
      process.stderr.write('\n');
      say('Stopping; once more to leave at once.');
      void leave(isOnce ? 130 : 0);
    });
  }

  try {
    const quaestor = await startEverything(say, stops);
    if (isLeaving) return;
    const code = await showSample(quaestor, say);
    if (isLeaving) return;
    if (isOnce) return await leave(code);
    announce(quaestor, say);
    const reason = await Promise.race([
      quaestor.failed,
      quaestor.app.done.then(
        () => 'The workers have ended.',
        (error: unknown) => `A worker failed: ${String(error)}`,
      ),
    ]);
    if (isLeaving) return;
    say(pc.red(`${reason} See ${quaestor.logPath}`));
    await leave(1);
  } catch (error) {
    if (isLeaving) return;
    say(pc.red(describe(error)));
    await leave(1);
  }
}

interface Started {
  app: AllInOne;
  credentials: LocalCredentials;
  config: Config;
  sample: SampleSource;
  temporalUiUrl: string | undefined;
  home: string;
  logPath: string;
  failed: Promise<string>;
}

async function startEverything(say: Say, stops: (() => Promise<void>)[]): Promise<Started> {
  const folders = findLocalFolders(process.env, process.cwd());
  const secrets = await loadLocalSecrets(folders.home);
  const taken = new Set<number>();
  say(`State is kept in ${folders.home}; deleting it starts afresh.`);

  // The sample needs nothing of the others, and the machine has more than one core.
  const [stack, sample] = await settle([
    startEmbeddedStack({ env: process.env, folders, taken, onProgress: say }).then((started) => {
      stops.push(() => started.stop());
      return started;
    }),
    startSampleSource({ home: folders.home, secrets, taken, onProgress: say }).then((started) => {
      stops.push(() => started.stop());
      return started;
    }),
  ]);
  say(`The sample company has ${sample.tables} tables with ${sample.rows.toLocaleString('en')} rows.`);

  const preferred = Number(process.env['QUAESTOR_PORT'] || 8080);
  const port = await findFreePort({ preferred, taken });
  if (port !== preferred) say(`Port ${preferred} is taken: the API uses ${port}.`);
  const config = parseConfig({
    QUAESTOR_ENCRYPTION_KEY: secrets.encryptionKey,
    QUAESTOR_FILES: join(folders.home, 'files'),
    ...process.env,
    ...stack.env,
    QUAESTOR_PORT: String(port),
  });
  const logPath = join(folders.home, 'quaestor.log');
  const logger = fileLogger(config, logPath);
  const migrated = await migrate({
    connectionString: config.database.migrationUrl,
    lock: !stack.isStoreEmbedded,
  });
  if (migrated.length > 0) say(`The store was migrated: ${migrated.join(', ')}.`);

  const sdkMetricsUrl = await installRuntime({ logger, metricsPort: config.worker.sdkMetricsPort });
  const app = await startAllInOne({ config, logger, sdkMetricsUrl });
  stops.push(() => app.stop());
  const credentials = await ensureLocalTenant(app.db, folders.home, app.url);
  say(`Workers and API are up; the log is ${logPath}`);
  return {
    app,
    credentials,
    config,
    sample,
    temporalUiUrl: stack.temporalUiUrl,
    home: folders.home,
    logPath,
    failed: stack.failed,
  };
}

/** All of them, or the first error once all have come to an end: what was started is then known and can be stopped. */
async function settle<A, B>(work: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  const [first, second] = await Promise.allSettled(work);
  if (first.status === 'rejected') throw first.reason;
  if (second.status === 'rejected') throw second.reason;
  return [first.value, second.value];
}

function fileLogger(config: Config, path: string): Logger {
  return createLogger({
    level: config.logLevel,
    name: 'quaestor',
    destination: createWriteStream(path, { flags: 'a' }),
  });
}

/** Indexes the sample when that was not done, and asks the two questions, as a user would: through the command line. */
async function showSample(quaestor: Started, say: Say): Promise<number> {
  const { credentials, app, sample } = quaestor;
  const env = { ...process.env, QUAESTOR_API_URL: credentials.apiUrl, QUAESTOR_API_KEY: credentials.apiKey };
  const projectFolder = process.cwd();
  const client = createApiClient({ baseUrl: credentials.apiUrl, apiKey: credentials.apiKey });
  const source = (await client.listDataSources()).find((candidate) => candidate.name === SOURCE_NAME);
  if (source) {
    // The sample's port may be another one than last time.
    const { tenantId } = credentials;
    const binding = `${tenantId}:${source.id}`;
    await app.db.withTenant(tenantId, (tx) =>
      replaceDataSourceConnection(tx, {
        id: source.id,
        address: addressOf(sample.connectionString),
        connectionSecret: encryptSecret(quaestor.config.encryptionKey, binding, sample.connectionString),
      }),
    );
  }
  let code = 0;
  if (!source) {
    say('Connecting and indexing the sample as a data source.');
    code = await runCli(['sources', 'add', SOURCE_NAME, sample.connectionString], { env, projectFolder });
  } else if (source.status !== 'ready' || sample.isNew) {
    say('Indexing the sample.');
    code = await runCli(['sources', 'index', SOURCE_NAME], { env, projectFolder });
  }
  for (const { question } of FIRST_QUESTIONS) {
    if (code !== 0) break;
    process.stdout.write(`\n${pc.bold(`quaestor ask "${question}" --source ${SOURCE_NAME}`)}\n`);
    code = await runCli(['ask', question, '--source', SOURCE_NAME, '--rows', '12'], { env, projectFolder });
  }
  return code;
}

const addressOf = (connectionString: string): string => {
  const { username, hostname, port, pathname } = new URL(connectionString);
  return `${username}@${hostname}:${port}${pathname}`;
};

function announce(quaestor: Started, say: Say): void {
  const lines = [
    ['API', quaestor.app.url],
    ['Documentation', `${quaestor.app.url}/docs`],
    ['Temporal UI', quaestor.temporalUiUrl ?? '(see your Temporal cluster)'],
    ['API key', `in ${join(quaestor.home, 'credentials.json')}; npx quaestor finds it by itself`],
    ['Ask', 'npx quaestor ask "How many orders were placed per month this year?"'],
  ];
  process.stdout.write(
    `\n${lines.map(([name, value]) => `  ${pc.bold(name!.padEnd(14))} ${value}`).join('\n')}\n\n`,
  );
  say('Quaestor is up. Ctrl-C stops it.');
}

const elapsed = (began: number): string => `${((performance.now() - began) / 1_000).toFixed(1).padStart(6)}s`;

const describe = (error: unknown): string =>
  error instanceof QuaestorError
    ? `${error.entry.title}: ${error.message}\n${error.entry.wayOut}`
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);
