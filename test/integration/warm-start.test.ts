import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { NativeConnection } from '@temporalio/worker';
import { createApiClient } from '../../cli/api-client.js';
import type { Database } from '../../db/database.js';
import { parseConfig } from '../../platform/config.js';
import { createLogger } from '../../platform/logger.js';
import { type AllInOne, startAllInOne } from '../../workers/all-in-one.js';
import { createTestSource, createTestStore, type TestSource, type TestStore } from '../support/databases.js';
import { createActions, testEnvironment } from '../support/quaestor.js';
import { quietRuntime } from '../support/quiet-runtime.js';
import { SHOP_SQL } from '../support/shop.js';
import { createTestTenant, type TestTenant } from '../support/tenants.js';
import { waitUntil } from '../support/wait-until.js';

let store: TestStore;
let source: TestSource;
let env: Record<string, string>;
/** The SDK's runtime ends with its last connection, and there is a Quaestor less for a moment. */
let connection: NativeConnection;

beforeAll(async () => {
  quietRuntime();
  store = await createTestStore();
  source = await createTestSource(SHOP_SQL);
  env = await testEnvironment(store, { LOG_LEVEL: 'info' });
  connection = await NativeConnection.connect({ address: env['TEMPORAL_ADDRESS'] });
});

afterAll(async () => {
  await connection?.close();
  await source?.drop();
  await store?.drop();
});

/** A Quaestor on the store, as a new process starts it. */
async function start() {
  const destination = new PassThrough();
  const log: string[] = [];
  destination.on('data', (line: Buffer) => log.push(line.toString('utf8')));
  const config = parseConfig(env);
  const app = await startAllInOne({
    config,
    logger: createLogger({ level: config.logLevel, name: 'test', destination }),
  });
  return { app, log, loads: recordLoads(app.db) };
}

/** Statements that load a schema, from here on. */
function recordLoads(db: Database): string[] {
  const loads: string[] = [];
  const withTenant = db.withTenant.bind(db);
  db.withTenant = async (tenantId, work) =>
    await withTenant(tenantId, async (tx) =>
      work({
        ...tx,
        query: async (text, values) => {
          if (/FROM registry_columns WHERE version_id = \$1 AND/.test(text)) loads.push(text);
          return await tx.query(text, values);
        },
      }),
    );
  return loads;
}

const clientOf = (app: AllInOne, tenant: TestTenant) =>
  createApiClient({ baseUrl: app.url, apiKey: tenant.apiKey });

/** What a process finds that has indexed the data source itself. */
async function searchFirst() {
  const { app, loads } = await start();
  try {
    const tenant = await createTestTenant(app.db);
    const client = clientOf(app, tenant);
    const id = await createActions(client, () => app.url, tenant).connect(source.url);
    const { tables } = await client.searchSchema(id, { query: 'status of orders' });
    expect(loads).not.toEqual([]);
    return { id, tables, tenant };
  } finally {
    await app.stop();
  }
}

test('a restarted process answers the first search without loading the schema', async () => {
  const { id, tables, tenant } = await searchFirst();
  const after = await start();
  try {
    await waitUntil('the schemas asked for last were loaded', () =>
      after.log.some((line) => line.includes('loaded the schemas that were asked for last')),
    );
    after.loads.length = 0;
    const found = await clientOf(after.app, tenant).searchSchema(id, { query: 'status of orders' });
    expect(found.tables).toEqual(tables);
    expect(after.loads).toEqual([]);
  } finally {
    await after.app.stop();
  }
}, 60_000);
