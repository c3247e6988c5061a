/**
 * npm run bench:overhead: what Quaestor adds to the model's and the database's own time.
 *
 * A model server (without delay unless told) and a small database; every question is asked over HTTP with `Prefer: wait`, one after the other and
 * then several at once, by a client in a process of its own. Added time = wall time at the client minus the time in the model call and in EXPLAIN and the query.
 * In the same run the same model call and query are made directly, and an empty workflow with one activity of the model's time is run:
 * the floors that no product, and no product on this engine, can go below on this machine.
 *
 * Options: --json, --questions N (default 40), --at-once N (default 10), --model-delay MS (default 0), --store pglite|native (default pglite)
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import pg from 'pg';
import { createApiClient } from '../cli/api-client.js';
import type { AnswerTiming } from '../contracts/question.js';
import { parseConfig } from '../platform/config.js';
import { createLogger } from '../platform/logger.js';
import { startModelServer } from '../test/support/model-server.js';
import { createActions } from '../test/support/quaestor.js';
import { createTestTenant } from '../test/support/tenants.js';
import { startAllInOne } from '../workers/all-in-one.js';
import { installRuntime } from '../workers/runtime.js';
import { measureEngineFloor } from './shop/engine-floor.js';
import { percentile, round } from './shop/percentile.js';
import { startAsker } from './shop/start-asker.js';
import { SHOP_QUERY, type StoreKind, startBenchServers } from './shop/start-shop-servers.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    questions: { type: 'string', default: '40' },
    'at-once': { type: 'string', default: '10' },
    'model-delay': { type: 'string', default: '0' },
    store: { type: 'string', default: 'pglite' },
  },
});
const QUESTIONS = Number(options.questions);
const CONCURRENCY = Number(options['at-once']);
const MODEL_DELAY_MS = Number(options['model-delay']);
/** A server that has just started runs code that V8 has not compiled yet: four times as slow for the first hundreds of requests. */
const WARM_UP_REPEATS = 100;
/** Cached answers are quick: each question is asked so often again. */
const CACHED_REPEATS = 10;

interface Sample {
  wallMs: number;
  addedMs: number;
  timings: AnswerTiming[];
}

const stops: (() => Promise<unknown>)[] = [];

async function main(): Promise<void> {
  const servers = await startBenchServers(options.store as StoreKind);
  stops.push(() => servers.stop());
  const model = await startModelServer({
    latencyMs: { chat: MODEL_DELAY_MS },
    reply: () => `\`\`\`sql\n${SHOP_QUERY}\n\`\`\``,
  });
  stops.push(() => model.close());
  const config = parseConfig({ ...servers.env, OPENAI_BASE_URL: model.baseUrl });
  const logger = createLogger({ level: 'warn', name: 'bench', destination: process.stderr });
  await installRuntime({ logger, metricsPort: 0 });
  const app = await startAllInOne({ config, logger });
  stops.push(() => app.stop());
  const tenant = await createTestTenant(app.db);
  const client = createApiClient({ baseUrl: app.url, apiKey: tenant.apiKey });
  const actions = createActions(client, () => app.url, tenant);
  const dataSourceId = await actions.connect(servers.sourceUrl, ['public']);

  const asker = await startAsker({ url: app.url, apiKey: tenant.apiKey, dataSourceId });
  stops.push(() => asker.stop());
  const ask = async (questions: readonly string[], atOnce = 1): Promise<Sample[]> =>
    (await asker.ask(questions, atOnce)).map(({ isCached, timings, wallMs }) => ({
      addedMs: wallMs - (isCached ? 0 : sum(timings, ['model', 'explain', 'query'])),
      ...{ timings, wallMs },
    }));
  const questions = (kind: string): string[] =>
    Array.from({ length: QUESTIONS }, (_, n) => `${kind} ${n}: orders and total by status`);

  // Warm-up: pools, caches of the schema, the workflow sandbox, and the code that answers from the cache.
  const warmUp = questions('Warm-up').slice(0, 5);
  await ask(warmUp);
  await ask(Array.from({ length: WARM_UP_REPEATS }, () => warmUp).flat(), CONCURRENCY);
  const first = await ask(questions('Question'));
  const cached = await ask(questions('Question'));
  const together = await ask(questions('Together'), CONCURRENCY);
  const cachedTogether = await ask(
    Array.from({ length: CACHED_REPEATS }, () => questions('Together')).flat(),
    CONCURRENCY,
  );
  const floor = await directCalls(model.baseUrl, servers.sourceUrl);
  const address = config.temporal.address;
  const engine = {
    first: await measureEngineFloor({ address, delayMs: MODEL_DELAY_MS, atOnce: 1, count: 10 }),
    together: await measureEngineFloor({
      ...{ address, delayMs: MODEL_DELAY_MS, atOnce: CONCURRENCY, count: QUESTIONS },
    }),
  };

  report({ first, cached, together, cachedTogether }, floor, engine);
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
    await client.query(`EXPLAIN ${SHOP_QUERY}`);
    await client.query(SHOP_QUERY);
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

const stats = (values: readonly number[]) => ({
  p50Ms: round(percentile(values, 0.5)),
  p95Ms: round(percentile(values, 0.95)),
});

function report(
  runs: Record<string, Sample[]>,
  floor: readonly number[],
  engineAlone: Record<'first' | 'together', readonly number[]>,
): void {
  const steps: AnswerTiming['step'][] = ['context', 'model', 'guard', 'explain', 'query', 'store'];
  const shareOf = Object.fromEntries(
    steps.map((step) => [step, stats(runs['first']!.map(({ timings }) => sum(timings, [step])))]),
  );
  const engine = stats(runs['first']!.map(({ wallMs, timings }) => wallMs - sum(timings, steps)));
  const result = {
    store: options.store,
    questions: QUESTIONS,
    atOnce: CONCURRENCY,
    modelDelayMs: MODEL_DELAY_MS,
    added: Object.fromEntries(
      Object.entries(runs).map(([name, samples]) => [name, stats(samples.map((s) => s.addedMs))]),
    ),
    wall: Object.fromEntries(
      Object.entries(runs).map(([name, samples]) => [name, stats(samples.map((s) => s.wallMs))]),
    ),
    steps: { ...shareOf, 'engine, HTTP and records': engine },
    floor: stats(floor),
    engineAlone: { first: stats(engineAlone.first), together: stats(engineAlone.together) },
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const added = new Table({ head: ['added by Quaestor', 'p50 ms', 'p95 ms', 'aim p50'] });
  const aims: Record<string, string> = { first: '150', cached: '10', together: '150', cachedTogether: '10' };
  for (const [name, { p50Ms, p95Ms }] of Object.entries(result.added))
    added.push([name, p50Ms, p95Ms, aims[name] ?? '']);
  added.push(['(model and query called directly)', result.floor.p50Ms, result.floor.p95Ms, '']);
  for (const [name, { p50Ms, p95Ms }] of Object.entries(result.engineAlone))
    added.push([`(an empty workflow with one activity: ${name})`, p50Ms, p95Ms, '']);
  const share = new Table({ head: ['step of a first question', 'p50 ms', 'p95 ms'] });
  for (const [name, { p50Ms, p95Ms }] of Object.entries(result.steps)) share.push([name, p50Ms, p95Ms]);
  process.stdout.write(
    `store ${options.store}, ${QUESTIONS} questions, model ${MODEL_DELAY_MS} ms; "together" is ${CONCURRENCY} at once\n${added.toString()}\n${share.toString()}\n`,
  );
}

try {
  await main();
} finally {
  for (const stop of stops.reverse()) await stop();
}
process.exit(0);
