/**
 * npm run bench:overhead: what Quaestor adds to the model's and the database's own time.
 *
 * A model server without delay and a small database; every question is asked over HTTP with `Prefer: wait`, one after the other and
 * then several at once. Added time = wall time at the client minus the time in the model call and in EXPLAIN and the query.
 * In the same run the same model call and query are made directly: the floor that no product can go below on this machine.
 *
 * Options: --json, --questions N (default 40), --concurrency N (default 10), --store pglite|native (default pglite)
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import pg from 'pg';
import { createApiClient } from '../cli/api-client.js';
import type { AnswerTiming, Question } from '../contracts/question.js';
import { SEARCH_ATTRIBUTES } from '../contracts/workflows.js';
import { migrate } from '../db/migrate.js';
import { parseConfig } from '../platform/config.js';
import { findTemporalBinary } from '../platform/embedded/find-temporal-binary.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import { findLocalFolders } from '../platform/embedded/local-folders.js';
import {
  startEmbeddedPostgres,
  startNativePostgresWithPgvector,
} from '../platform/embedded/native-postgres.js';
import { startPgliteServer } from '../platform/embedded/pglite-server.js';
import { findPgvectorPostgres, installPgvectorPostgres } from '../platform/embedded/pgvector-postgres.js';
import { startTemporalServer } from '../platform/embedded/temporal-server.js';
import { createLogger } from '../platform/logger.js';
import { startModelServer } from '../test/support/model-server.js';
import { createActions } from '../test/support/quaestor.js';
import { createTestTenant } from '../test/support/tenants.js';
import { startAllInOne } from '../workers/all-in-one.js';
import { installRuntime } from '../workers/runtime.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    questions: { type: 'string', default: '40' },
    concurrency: { type: 'string', default: '10' },
    store: { type: 'string', default: 'pglite' },
  },
});
const QUESTIONS = Number(options.questions);
const CONCURRENCY = Number(options.concurrency);
const SQL =
  'SELECT status, count(*) AS orders, sum(total) AS total FROM orders GROUP BY status ORDER BY status';

interface Sample {
  wallMs: number;
  addedMs: number;
  timings: AnswerTiming[];
}

const stops: (() => Promise<unknown>)[] = [];

async function main(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
  stops.push(() => rm(home, { recursive: true, force: true }));
  const { cache } = findLocalFolders({ ...process.env, QUAESTOR_HOME: join(home, 'home') }, home);
  const taken = new Set<number>();
  const port = (preferred: number) => findFreePort({ preferred, taken });

  const binary = await findTemporalBinary({ cacheDir: cache, env: process.env });
  const temporal = await startTemporalServer({
    binary: binary.path,
    dataDir: join(home, 'temporal'),
    port: await port(17_233),
    uiPort: await port(18_233),
    searchAttributes: SEARCH_ATTRIBUTES,
    logFile: join(home, 'temporal.log'),
  });
  stops.push(() => temporal.stop());
  const source = await startEmbeddedPostgres({
    dataDir: join(home, 'source'),
    port: await port(15_591),
    user: 'postgres',
    password: 'bench',
  });
  stops.push(() => source.stop());
  const sourceUrl = source.connectionString('postgres');
  await fillSource(sourceUrl);
  const storeUrl = await startStore(home, cache, await port(15_490));
  const model = await startModelServer({ reply: () => `\`\`\`sql\n${SQL}\n\`\`\`` });
  stops.push(() => model.close());

  const config = parseConfig({
    DATABASE_URL: storeUrl,
    DATABASE_POOL: options.store === 'native' ? '20' : '1',
    QUAESTOR_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    TEMPORAL_ADDRESS: temporal.address,
    OPENAI_BASE_URL: model.baseUrl,
    QUAESTOR_PORT: '0',
    LOG_LEVEL: 'warn',
  });
  await migrate({ connectionString: storeUrl, lock: options.store === 'native' });
  const logger = createLogger({ level: 'warn', name: 'bench', destination: process.stderr });
  await installRuntime({ logger, metricsPort: 0 });
  const app = await startAllInOne({ config, logger });
  stops.push(() => app.stop());
  const tenant = await createTestTenant(app.db);
  const client = createApiClient({ baseUrl: app.url, apiKey: tenant.apiKey });
  const actions = createActions(client, () => app.url, tenant);
  const dataSourceId = await actions.connect(sourceUrl, ['public']);

  const ask = async (text: string): Promise<Sample> => {
    const started = performance.now();
    const reply = await actions.fetch('/v1/questions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ dataSourceId, question: text }),
    });
    const question = (await reply.json()) as Question;
    const wallMs = performance.now() - started;
    if (reply.status !== 200 || !question.answer)
      throw new Error(`Not answered: ${JSON.stringify(question)}`);
    const { timings } = question.answer;
    const outside = question.cachedFrom ? 0 : sum(timings, ['model', 'explain', 'query']);
    return { wallMs, addedMs: wallMs - outside, timings };
  };

  // Warm-up: pools, caches of the schema, the workflow sandbox.
  for (let n = 0; n < 5; n++) await ask(`Warm-up ${n}: orders by status`);
  const first: Sample[] = [];
  for (let n = 0; n < QUESTIONS; n++) first.push(await ask(`Question ${n}: orders and total by status`));
  const cached: Sample[] = [];
  for (let n = 0; n < QUESTIONS; n++) cached.push(await ask(`Question ${n}: orders and total by status`));
  const together = await atOnce(CONCURRENCY, QUESTIONS, (n) =>
    ask(`Together ${n}: orders and total by status`),
  );
  const cachedTogether = await atOnce(CONCURRENCY, QUESTIONS, (n) =>
    ask(`Together ${n}: orders and total by status`),
  );
  const floor = await directCalls(model.baseUrl, sourceUrl);

  report({ first, cached, together, cachedTogether }, floor);
}

async function fillSource(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, status text NOT NULL,
                         total numeric(12,2) NOT NULL, placed_at timestamptz NOT NULL);
    INSERT INTO customers SELECT n, 'Customer ' || n FROM generate_series(1, 500) n;
    INSERT INTO orders SELECT n, 1 + n % 500, (ARRAY['open','paid','sent'])[1 + n % 3], n % 977, now() - n * interval '1 hour'
      FROM generate_series(1, 5000) n;
    ANALYZE;`);
  await client.end();
}

async function startStore(home: string, cacheDir: string, port: number): Promise<string> {
  if (options.store !== 'native') {
    const store = await startPgliteServer({ dataDir: join(home, 'store'), port });
    stops.push(() => store.stop());
    return store.connectionString;
  }
  const binDir =
    (await findPgvectorPostgres({ cacheDir, env: process.env })) ??
    (await installPgvectorPostgres({ cacheDir }));
  const store = await startNativePostgresWithPgvector({ dataDir: join(home, 'store'), port, binDir });
  stops.push(() => store.stop());
  await store.createDatabase('quaestor');
  return store.connectionString('quaestor');
}

async function atOnce(width: number, count: number, work: (n: number) => Promise<Sample>): Promise<Sample[]> {
  const samples: Sample[] = [];
  let next = 0;
  const lane = async () => {
    while (next < count) samples.push(await work(next++));
  };
  await Promise.all(Array.from({ length: width }, lane));
  return samples;
}

/** The same model calls (an embedding and a completion) and the same query, without Quaestor. */
async function directCalls(baseUrl: string, url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const post = async (path: string, body: object) =>
    await (
      await fetch(`${baseUrl}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
        body: JSON.stringify(body),
      })
    ).json();
  const times: number[] = [];
  for (let n = 0; n < QUESTIONS; n++) {
    const started = performance.now();
    await post('/embeddings', { model: 'text-embedding-3-small', input: [`Question ${n}`], dimensions: 512 });
    await post('/chat/completions', {
      model: 'gpt-5-mini',
      messages: [{ role: 'user', content: `Question ${n}` }],
    });
    await client.query(`EXPLAIN ${SQL}`);
    await client.query(SQL);
    times.push(performance.now() - started);
  }
  await client.end();
  return times;
}

function sum(timings: readonly AnswerTiming[], steps: readonly AnswerTiming['step'][]): number {
  return timings
    .filter(({ step }) => steps.includes(step))
    .reduce((total, { durationMs }) => total + durationMs, 0);
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const stats = (values: readonly number[]) => ({
  p50Ms: round(percentile(values, 0.5)),
  p95Ms: round(percentile(values, 0.95)),
});
const round = (ms: number): number => Math.round(ms * 10) / 10;

function report(runs: Record<string, Sample[]>, floor: readonly number[]): void {
  const steps: AnswerTiming['step'][] = ['context', 'model', 'guard', 'explain', 'query', 'store'];
  const shareOf = Object.fromEntries(
    steps.map((step) => [step, stats(runs['first']!.map(({ timings }) => sum(timings, [step])))]),
  );
  const engine = stats(runs['first']!.map(({ wallMs, timings }) => wallMs - sum(timings, steps)));
  const result = {
    store: options.store,
    questions: QUESTIONS,
    concurrency: CONCURRENCY,
    added: Object.fromEntries(
      Object.entries(runs).map(([name, samples]) => [name, stats(samples.map((s) => s.addedMs))]),
    ),
    wall: Object.fromEntries(
      Object.entries(runs).map(([name, samples]) => [name, stats(samples.map((s) => s.wallMs))]),
    ),
    steps: { ...shareOf, 'engine, HTTP and records': engine },
    floor: stats(floor),
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const added = new Table({ head: ['added by Quaestor', 'p50 ms', 'p95 ms', 'aim p50'] });
  const aims: Record<string, string> = { first: '150', cached: '20' };
  for (const [name, { p50Ms, p95Ms }] of Object.entries(result.added))
    added.push([name, p50Ms, p95Ms, aims[name] ?? '']);
  added.push(['(model and query called directly)', result.floor.p50Ms, result.floor.p95Ms, '']);
  const share = new Table({ head: ['step of a first question', 'p50 ms', 'p95 ms'] });
  for (const [name, { p50Ms, p95Ms }] of Object.entries(result.steps)) share.push([name, p50Ms, p95Ms]);
  process.stdout.write(
    `store ${options.store}, ${QUESTIONS} questions; "together" is ${CONCURRENCY} at once\n${added.toString()}\n${share.toString()}\n`,
  );
}

try {
  await main();
} finally {
  for (const stop of stops.reverse()) await stop();
}
process.exit(0);
