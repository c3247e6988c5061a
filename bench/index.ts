/**
 * npm run bench:index: how long indexing takes, and what it costs.
 *
 * Quaestor runs in processes of its own, is used over HTTP, and asks an embedding server that takes 0.5 s a request and holds OpenAI's
 * limits (2,048 inputs, 300,000 tokens). Each schema is indexed for the first time, again unchanged, and again after one table got a
 * column. Memory is the peak so far of the workers' process; on the embedded store the API is in it, too.
 *
 * Options: --json, --store pglite|native (default pglite), --size TABLESxCOLUMNS (repeatable; default 200x50 and 500x100),
 * --data DIR (a folder with DDL, indexed as well), --latency MS (default 500)
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import Table from 'cli-table3';
import pg from 'pg';
import { createApiClient } from '../cli/api-client.js';
import { followJob } from '../cli/follow-job.js';
import { Database } from '../db/database.js';
import { startModelServer } from '../test/support/model-server.js';
import { startProcess } from '../test/support/quaestor-process.js';
import { createTestTenant } from '../test/support/tenants.js';
import { buildWorkflowBundle } from '../workers/workflow-bundle.js';
import { generateSchema } from './index/generate-schema.js';
import { peakMemoryMb } from './index/peak-memory.js';
import { loadWarehouse } from './retrieval/load-warehouse.js';
import { startServers } from './start-servers.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    store: { type: 'string', default: 'pglite' },
    size: { type: 'string', multiple: true },
    data: { type: 'string' },
    latency: { type: 'string', default: '500' },
  },
});

interface Run {
  wallMs: number;
  requests: number;
  inputs: number;
  tokens: number;
  historyEvents: number;
  /** Of the workers' process, so far. */
  peakMemoryMb: number;
  /** What the job's events say; sampling goes on beside planning and embedding. */
  introspectMs: number;
  sampleMs: number;
  planMs: number;
  embedMs: number;
}

interface Measured {
  schema: string;
  tables: number;
  columns: number;
  runs: Record<'first' | 'unchanged' | 'one table changed', Run>;
}

const stops: (() => Promise<unknown>)[] = [];
const say = (what: string) => void process.stderr.write(`${what}\n`);

async function main(): Promise<void> {
  const store = options.store === 'native' ? 'native' : 'pglite';
  // One transaction of the loader makes 500 tables.
  const servers = await startServers({ store, sourceSettings: { max_locks_per_transaction: 1_024 } });
  stops.push(() => servers.stop());
  const model = await startModelServer({
    latencyMs: { embeddings: Number(options.latency) },
    keepRequests: 1,
  });
  stops.push(() => model.close());
  const poolSize = store === 'native' ? 20 : 1;
  const db = new Database({ connectionString: servers.storeUrl, poolSize: 1, statementTimeoutMs: 60_000 });
  const tenant = await createTestTenant(db);
  await db.close();

  const url = `http://127.0.0.1:${await servers.port(16_480)}`;
  const logFile = join(servers.home, 'quaestor.log');
  // Built once and read from a file, as in production.
  const bundleFile = join(servers.home, 'workflow-bundle.js');
  await writeFile(bundleFile, await buildWorkflowBundle());
  const env = {
    DATABASE_URL: servers.storeUrl,
    DATABASE_POOL: String(poolSize),
    QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    TEMPORAL_ADDRESS: servers.temporalAddress,
    OPENAI_BASE_URL: model.baseUrl,
    QUAESTOR_WORKFLOW_BUNDLE: bundleFile,
    QUAESTOR_PORT: new URL(url).port,
    QUAESTOR_WORKER_PORT: String(await servers.port(16_490)),
    LOG_LEVEL: 'warn',
  };
  const start = async (kind: 'api' | 'workers' | 'all-in-one', at: string) => {
    const child = await startProcess(kind, env, at, logFile);
    stops.push(async () => child.kill('SIGKILL'));
    return child;
  };
  // The embedded store takes one Quaestor process.
  if (store === 'native') await start('api', url);
  const worker =
    store === 'native'
      ? await start('workers', `http://127.0.0.1:${env.QUAESTOR_WORKER_PORT}`)
      : await start('all-in-one', url);
  const client = createApiClient({ baseUrl: url, apiKey: tenant.apiKey });
  const connection = await Connection.connect({ address: servers.temporalAddress });
  stops.push(() => connection.close());
  const temporal = new Client({ connection });

  const index = async (dataSourceId: string): Promise<Run> => {
    const before = { ...model.stats };
    const started = performance.now();
    const jobId = await client.indexDataSource(dataSourceId);
    const at: Record<string, number> = {};
    const told: Record<string, Record<string, unknown>> = {};
    let last = '';
    for await (const event of followJob({ client, jobId })) {
      at[event.kind] = performance.now();
      told[event.kind] = event.data as Record<string, unknown>;
      last = event.kind;
    }
    const wallMs = performance.now() - started;
    if (last !== 'job.succeeded') throw new Error(`Indexing ended with ${JSON.stringify(told[last])}`);
    // With the clean-up that follows the switch.
    await temporal.workflow.getHandle(jobId).result();
    const { historyLength } = await temporal.workflow.getHandle(jobId).describe();
    return {
      wallMs,
      requests: model.stats.requests - before.requests,
      inputs: model.stats.embeddedInputs - before.embeddedInputs,
      tokens: model.stats.embeddedTokens - before.embeddedTokens,
      historyEvents: historyLength,
      peakMemoryMb: await peakMemoryMb(worker.pid!),
      introspectMs: Number(told['schema.introspected']?.['durationMs']),
      sampleMs: Number(told['values.sampled']?.['durationMs']),
      planMs: at['embedding.planned']! - at['schema.introspected']!,
      embedMs: at['version.activated']! - at['embedding.planned']!,
    };
  };

  const measure = async (schema: string, fill: (url: string) => Promise<unknown>): Promise<Measured> => {
    const database = schema.replace(/\W+/g, '_');
    await servers.sources.createDatabase(database);
    const sourceUrl = servers.sources.connectionString(database);
    say(`loading ${schema}`);
    await fill(sourceUrl);
    const { id } = await client.addDataSource({ name: schema, connectionString: sourceUrl });
    say(`indexing ${schema}`);
    const first = await index(id);
    const unchanged = await index(id);
    await addColumn(sourceUrl);
    const changed = await index(id);
    const source = (await client.listDataSources()).find((candidate) => candidate.id === id);
    return {
      schema,
      tables: source?.tables ?? 0,
      columns: source?.columns ?? 0,
      runs: { first, unchanged, 'one table changed': changed },
    };
  };

  // Pools, the workflow sandbox and the tokeniser are warm in a process that runs.
  await measure('warm-up', (sourceUrl) => generateSchema(sourceUrl, 3, 4));
  const measured: Measured[] = [];
  for (const size of options.size ?? ['200x50', '500x100']) {
    const [tables, columns] = size.split('x').map(Number);
    if (!tables || !columns) throw new Error(`--size ${size} is not TABLESxCOLUMNS`);
    measured.push(await measure(size, (sourceUrl) => generateSchema(sourceUrl, tables, columns)));
  }
  const { data } = options;
  if (data) measured.push(await measure('data', (sourceUrl) => loadWarehouse(data, sourceUrl)));
  report(measured);
  const log = await readFile(logFile, 'utf8');
  if (log.trim() !== '') say(`Quaestor’s log:\n${log.slice(-2_000)}`);
}

/** The last table by name gets a column. */
async function addColumn(sourceUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: sourceUrl });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY schemaname DESC, tablename DESC LIMIT 1`,
  );
  await client.query(`ALTER TABLE ${rows[0]!.name} ADD COLUMN loyalty_points_after_review numeric`);
  await client.end();
}

function report(measured: readonly Measured[]): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ store: options.store, measured }, null, 2)}\n`);
    return;
  }
  const table = new Table({
    style: { head: [], border: [] },
    head: [
      'schema',
      'run',
      'wall s',
      'requests',
      'inputs',
      'tokens',
      'events',
      'peak MB',
      'read',
      'sample',
      'plan',
      'embed s',
    ],
  });
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  for (const { schema, tables, columns, runs } of measured) {
    for (const [name, run] of Object.entries(runs)) {
      table.push([
        `${schema} (${tables}, ${columns})`,
        name,
        seconds(run.wallMs),
        run.requests,
        run.inputs,
        run.tokens,
        run.historyEvents,
        Math.round(run.peakMemoryMb),
        seconds(run.introspectMs),
        seconds(run.sampleMs),
        seconds(run.planMs),
        seconds(run.embedMs),
      ]);
    }
  }
  process.stdout.write(`store ${options.store}, ${options.latency} ms a request\n${table.toString()}\n`);
}

try {
  await main();
} finally {
  for (const stop of stops.reverse()) await stop();
}
process.exit(0);
