import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createApiClient } from '../../cli/api-client.js';
import { followJob } from '../../cli/follow-job.js';
import type { JobEvent } from '../../contracts/events.js';
import type { Question } from '../../contracts/question.js';
import { parseConfig } from '../../platform/config.js';
import { createLogger } from '../../platform/logger.js';
import { type AllInOne, startAllInOne } from '../../workers/all-in-one.js';
import { createTestStore, type TestStore } from './databases.js';
import { createTestNamespace } from './namespaces.js';
import { quietRuntime } from './quiet-runtime.js';
import { sharedServers } from './shared-servers.js';
import { createTestTenant, type TestTenant } from './tenants.js';

/** A whole Quaestor in this process, over real HTTP, on the shared servers, with a store and a namespace of its own. */
export interface TestQuaestor {
  app: AllInOne;
  store: TestStore;
  tenant: TestTenant;
  client: ApiClient;
  /** On the shared Temporal server. */
  namespace: string;
  /** Adds a data source and indexes it; resolves with its id when it is ready. */
  connect(connectionString: string, includeSchemas?: string[]): Promise<string>;
  /** Asks and waits for the end, whatever it is, or for the question back to the reader. */
  ask(dataSourceId: string, question: string, area?: string): Promise<Question>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

/** Settings of a Quaestor on the shared servers. */
export async function testEnvironment(
  store: TestStore,
  env: Record<string, string> = {},
): Promise<Record<string, string>> {
  const { temporalAddress, bundlePath } = sharedServers();
  return {
    DATABASE_URL: store.url,
    DATABASE_POOL: String(store.poolSize),
    QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: env['TEMPORAL_NAMESPACE'] ?? (await createTestNamespace(temporalAddress)),
    QUAESTOR_WORKFLOW_BUNDLE: bundlePath,
    QUAESTOR_PORT: '0',
    QUAESTOR_FILES: join(tmpdir(), `quaestor-files-${randomUUID()}`),
    QUAESTOR_RATE_LIMITS: 'false',
    QUAESTOR_SHUTDOWN_GRACE_MS: '2000',
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...env,
  };
}

export async function startTestQuaestor(env: Record<string, string> = {}): Promise<TestQuaestor> {
  quietRuntime();
  const store = await createTestStore();
  const config = parseConfig(await testEnvironment(store, env));
  const logger = createLogger({ level: config.logLevel, name: 'test' });
  const app = await startAllInOne({ config, logger });
  const tenant = await createTestTenant(app.db);
  const client = createApiClient({ baseUrl: app.url, apiKey: tenant.apiKey });
  return {
    app,
    store,
    tenant,
    client,
    namespace: config.temporal.namespace,
    ...createActions(client, () => app.url, tenant),
    stop: async () => {
      await app.stop();
      await store.drop();
    },
  };
}

/** What tests do through the API, of a Quaestor in this process or another. */
export function createActions(client: ApiClient, url: () => string, tenant: TestTenant) {
  return {
    connect: async (connectionString: string, includeSchemas: string[] = []) => {
      const source = await client.addDataSource({
        name: `source-${Date.now()}`,
        connectionString,
        includeSchemas,
      });
      const jobId = await client.indexDataSource(source.id);
      const events = await collectEvents(client, jobId);
      const last = events.at(-1);
      if (last?.kind !== 'job.succeeded') throw new Error(`Indexing ended with ${JSON.stringify(last)}`);
      return source.id;
    },
    ask: async (dataSourceId: string, question: string, area?: string) => {
      const reply = await client.askQuestion({ dataSourceId, question, ...(area ? { area } : {}) });
      if (reply.answered) return reply.question;
      for await (const event of followJob({ client, jobId: reply.jobId })) {
        if (event.kind === 'choice.requested') break;
      }
      return await client.readQuestion(reply.questionId);
    },
    fetch: (path: string, init: RequestInit = {}) =>
      fetch(url() + path, {
        ...init,
        headers: { authorization: `Bearer ${tenant.apiKey}`, ...(init.headers as Record<string, string>) },
      }),
  };
}

/** All events of a job, to its end. */
export async function collectEvents(
  client: ApiClient,
  jobId: string,
): Promise<Omit<JobEvent, 'jobId' | 'at'>[]> {
  const events: Omit<JobEvent, 'jobId' | 'at'>[] = [];
  for await (const event of followJob({ client, jobId })) events.push(event);
  return events;
}
