/**
 * npm run bench:load: many users at once on real API and worker processes.
 *
 * Each user waits a random time (exponential, 10 s on average), asks a question over HTTP with `Prefer: wait`, and waits again when the
 * answer is there. 70 % of the questions were asked before in this run or its warm-up; the others are new and need the model,
 * which takes 1 s. On native Postgres the API and the workers are two processes; the embedded store allows one.
 *
 * Options: --json, --users N (default 200), --seconds N (default 60), --model-delay MS (default 1000), --store pglite|native (default native)
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { createApiClient } from '../cli/api-client.js';
import type { Question } from '../contracts/question.js';
import { openDatabase } from '../db/open-database.js';
import { parseConfig } from '../platform/config.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import { createLogger } from '../platform/logger.js';
import { seededRandom } from '../test/support/model-server/deterministic.js';
import { type ModelServer, startModelServer } from '../test/support/model-server.js';
import { createActions } from '../test/support/quaestor.js';
import { startProcess } from '../test/support/quaestor-process.js';
import { createTestTenant, type TestTenant } from '../test/support/tenants.js';
import { percentile, round } from './shop/percentile.js';
import { SHOP_QUERY, type StoreKind, startBenchServers } from './shop/start-shop-servers.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    users: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '60' },
    'model-delay': { type: 'string', default: '1000' },
    store: { type: 'string', default: 'native' },
  },
});
const USERS = Number(options.users);
const SECONDS = Number(options.seconds);
const THINK_MS = 10_000;
const SEEN_SHARE = 0.7;
/** Asked once before the clock starts, so that there is something to have been seen. */
const WARM_UP_QUESTIONS = 30;

const stops: (() => Promise<unknown> | unknown)[] = [];

interface Sample {
  wallMs: number;
  isHit: boolean;
  error?: string;
}

interface Running {
  actions: ReturnType<typeof createActions>;
  tenant: TestTenant;
  pids: Record<string, number>;
}

async function startQuaestor(env: Record<string, string>): Promise<Running> {
  const config = parseConfig(env);
  const db = openDatabase(
    config.database,
    createLogger({ level: 'warn', name: 'bench', destination: process.stderr }),
  );
  const tenant = await createTestTenant(db);
  await db.close();
  const taken = new Set<number>();
  const [httpPort, workerPort] = [
    await findFreePort({ preferred: 28_880, taken }),
    await findFreePort({ preferred: 28_890, taken }),
  ];
  const settings = { ...env, QUAESTOR_PORT: String(httpPort), QUAESTOR_WORKER_PORT: String(workerPort) };
  const logFile = join(tmpdir(), `quaestor-load-${process.pid}.log`);
  stops.push(() => rmSync(logFile, { force: true }));
  const start = async (kind: Parameters<typeof startProcess>[0], port: number) => {
    const child = await startProcess(kind, settings, `http://127.0.0.1:${port}`, logFile);
    stops.push(() => child.kill('SIGKILL'));
    return child.pid!;
  };
  const pids: Record<string, number> =
    options.store === 'native'
      ? { api: await start('api', httpPort), workers: await start('workers', workerPort) }
      : { 'api and workers': await start('all-in-one', httpPort) };
  const url = `http://127.0.0.1:${httpPort}`;
  const client = createApiClient({ baseUrl: url, apiKey: tenant.apiKey });
  return { tenant, pids, actions: createActions(client, () => url, tenant) };
}

async function main(): Promise<void> {
  const servers = await startBenchServers(options.store as StoreKind);
  stops.push(() => servers.stop());
  const model = await startModelServer({
    latencyMs: { chat: Number(options['model-delay']) },
    reply: () => `\`\`\`sql\n${SHOP_QUERY}\n\`\`\``,
  });
  stops.push(() => model.close());
  const { actions, pids } = await startQuaestor({ ...servers.env, OPENAI_BASE_URL: model.baseUrl });
  const dataSourceId = await actions.connect(servers.sourceUrl, ['public']);

  const ask = async (question: string): Promise<Sample> => {
    const started = performance.now();
    try {
      const reply = await actions.fetch('/v1/questions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=30' },
        body: JSON.stringify({ dataSourceId, question }),
      });
      const body = (await reply.json()) as Question;
      const wallMs = performance.now() - started;
      if (reply.status !== 200 || !body.answer)
        return { wallMs, isHit: false, error: `${reply.status} ${body.status}` };
      return { wallMs, isHit: body.cachedFrom !== null };
    } catch (error) {
      return { wallMs: performance.now() - started, isHit: false, error: String(error) };
    }
  };
  const seen: string[] = [];
  for (let n = 0; n < WARM_UP_QUESTIONS; n++) seen.push(`Warm-up ${n}: orders and total by status`);
  await Promise.all(seen.map(ask));
  const callsBefore = model.stats.byEndpoint.chat;
  const idle = memory(pids);

  const samples: Sample[] = [];
  const endsAt = Date.now() + SECONDS * 1_000;
  const user = async (number: number): Promise<void> => {
    const random = seededRandom(number + 1);
    for (;;) {
      const thinkMs = -Math.log(1 - random()) * THINK_MS;
      if (Date.now() + thinkMs >= endsAt) return;
      await pause(thinkMs);
      const isSeen = random() < SEEN_SHARE;
      const question = isSeen
        ? seen[Math.floor(random() * seen.length)]!
        : `New ${number}-${samples.length}: orders and total by status`;
      if (!isSeen) seen.push(question);
      samples.push(await ask(question));
    }
  };
  await Promise.all(Array.from({ length: USERS }, (_, number) => user(number)));
  report(samples, model, callsBefore, idle, memory(pids));
}

/** Resident memory in MB by process. */
function memory(pids: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(pids).map(([name, pid]) => [
      name,
      Math.round(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1024),
    ]),
  );
}

function report(
  samples: readonly Sample[],
  model: ModelServer,
  callsBefore: number,
  idleMb: Record<string, number>,
  busyMb: Record<string, number>,
): void {
  const errors = samples.filter(({ error }) => error !== undefined);
  const good = samples.filter(({ error }) => error === undefined);
  const hits = good.filter(({ isHit }) => isHit);
  const stats = (of: readonly Sample[]) => ({
    p50Ms: round(
      percentile(
        of.map(({ wallMs }) => wallMs),
        0.5,
      ),
    ),
    p95Ms: round(
      percentile(
        of.map(({ wallMs }) => wallMs),
        0.95,
      ),
    ),
    p99Ms: round(
      percentile(
        of.map(({ wallMs }) => wallMs),
        0.99,
      ),
    ),
  });
  const result = {
    store: options.store,
    users: USERS,
    seconds: SECONDS,
    questions: samples.length,
    all: stats(good),
    hits: stats(hits),
    misses: stats(good.filter(({ isHit }) => !isHit)),
    errors: errors.length,
    errorShare: errors.length / Math.max(1, samples.length),
    errorKinds: [...new Set(errors.map(({ error }) => error))].slice(0, 5),
    hitShare: Math.round((1_000 * hits.length) / Math.max(1, good.length)) / 1_000,
    modelCalls: model.stats.byEndpoint.chat - callsBefore,
    memoryMb: { before: idleMb, after: busyMb },
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const table = new Table({ head: ['questions', 'p50 ms', 'p95 ms', 'p99 ms'] });
  for (const name of ['all', 'hits', 'misses'] as const) table.push([name, ...Object.values(result[name])]);
  process.stdout.write(
    `store ${result.store}, ${USERS} users for ${SECONDS} s: ${result.questions} questions\n${table.toString()}\n` +
      `errors ${result.errors} (${(100 * result.errorShare).toFixed(2)} %) ${result.errorKinds.join('; ')}\n` +
      `from the cache ${(100 * result.hitShare).toFixed(1)} %, model calls ${result.modelCalls}\n` +
      `memory in MB before ${JSON.stringify(idleMb)}, after ${JSON.stringify(busyMb)}\n`,
  );
}

try {
  await main();
} finally {
  for (const stop of stops.reverse()) await stop();
}
process.exit(0);
