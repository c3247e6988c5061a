import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ApiClient, createApiClient } from '../../cli/api-client.js';
import { findFreePort } from '../../platform/embedded/free-port.js';
import { createTestStore, openTestDatabase, type TestStore } from './databases.js';
import { createActions, testEnvironment } from './quaestor.js';
import { runOffset } from './run-offset.js';
import { sharedServers } from './shared-servers.js';
import { createTestTenant, type TestTenant } from './tenants.js';
import { waitUntil } from './wait-until.js';

/** How a process ended. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * A Quaestor outside of this process, whose workers can be killed and started again: on native Postgres the API and the workers are two
 * processes and only the workers' is killed; the embedded store takes one Quaestor process, so there API and workers die together.
 */
export interface TestDeployment extends ReturnType<typeof createActions> {
  url: string;
  store: TestStore;
  namespace: string;
  tenant: TestTenant;
  client: ApiClient;
  /** True where killing the workers takes the API with them. */
  isOneProcess: boolean;
  /** SIGKILL; resolves when the process is gone. */
  killWorkers(): Promise<void>;
  /** SIGKILL to the process that serves HTTP; where there is one process only, it is the same. */
  killApi(): Promise<void>;
  startApi(): Promise<void>;
  /** SIGTERM; resolves with how the process ended. */
  terminateWorkers(): Promise<ProcessEnd>;
  /** Starts the process that was killed, on the same port. */
  startWorkers(): Promise<void>;
  /** What the workers' process has logged, for tests that started it with a LOG_LEVEL. */
  logs(): string;
  stop(): Promise<void>;
}

const ENTRIES = {
  'all-in-one': ['test/support/quaestor-process-main.ts'],
  api: ['api/main.ts'],
  workers: ['workers/main.ts', 'all'],
};

/** @param workersEnv settings of the workers alone, where they are a process of their own */
export async function startTestDeployment(
  env: Record<string, string> = {},
  workersEnv: Record<string, string> = {},
): Promise<TestDeployment> {
  const store = await createTestStore();
  const isOneProcess = sharedServers().storeKind === 'pglite';
  const tenant = await makeTenant(store);
  const taken = new Set<number>();
  const offset = runOffset(20);
  const [httpPort, workerPort] = [
    await findFreePort({ preferred: 20_480 + offset, taken }),
    await findFreePort({ preferred: 20_490 + offset, taken }),
  ];
  const settings: Record<string, string> = {
    ...(await testEnvironment(store, env)),
    QUAESTOR_PORT: String(httpPort),
    QUAESTOR_WORKER_PORT: String(workerPort),
  };
  const url = `http://127.0.0.1:${httpPort}`;
  const logFile = join(tmpdir(), `quaestor-test-${httpPort}-${process.pid}.log`);
  const client = createApiClient({ baseUrl: url, apiKey: tenant.apiKey });

  const startApi = () => startProcess('api', settings, url, logFile);
  let api = isOneProcess ? undefined : await startApi();
  const startWorkers = () =>
    isOneProcess
      ? startProcess('all-in-one', settings, url, logFile)
      : startProcess('workers', { ...settings, ...workersEnv }, `http://127.0.0.1:${workerPort}`, logFile);
  let workers = await startWorkers();
  const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<ProcessEnd> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    return { code: child.exitCode, signal: child.signalCode };
  };
  return {
    url,
    store,
    tenant,
    client,
    isOneProcess,
    namespace: settings['TEMPORAL_NAMESPACE']!,
    ...createActions(client, () => url, tenant),
    killWorkers: async () => {
      await end(workers, 'SIGKILL');
    },
    killApi: async () => {
      await end(api ?? workers, 'SIGKILL');
    },
    startApi: async () => {
      if (isOneProcess) workers = await startWorkers();
      else api = await startApi();
    },
    terminateWorkers: () => end(workers, 'SIGTERM'),
    startWorkers: async () => {
      workers = await startWorkers();
    },
    logs: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await end(workers, 'SIGKILL');
      if (api) await end(api, 'SIGKILL');
      await store.drop();
      rmSync(logFile, { force: true });
    },
  };
}

/** Made before any process runs, because the embedded store has one connection. */
async function makeTenant(store: TestStore): Promise<TestTenant> {
  const db = openTestDatabase(store);
  try {
    return await createTestTenant(db);
  } finally {
    await db.close();
  }
}

/** Starts a process of Quaestor's; resolves when it says that it is live. @throws when it ends before. */
export async function startProcess(
  kind: keyof typeof ENTRIES,
  env: Record<string, string>,
  url: string,
  logFile: string,
): Promise<ChildProcess> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, ['--import', 'tsx', ...ENTRIES[kind]], {
    cwd: root,
    // Nothing else of this environment: neither its NODE_OPTIONS nor somebody's keys.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  try {
    await waitUntil(
      `the ${kind} process answers`,
      async () => {
        if (child.exitCode !== null || child.signalCode !== null) return true;
        return (await fetch(`${url}/health/live`)).ok;
      },
      60_000,
    );
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`The ${kind} process ended at once: ${readFileSync(logFile, 'utf8').slice(-2_000)}`);
    }
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return child;
}
