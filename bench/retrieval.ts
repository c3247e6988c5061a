/**
 * npm run bench:retrieval -- --data DIR: are the tables that a question needs found among thousands?
 *
 * DIR holds DDL (`*.sql`, `*.sql.gz`) and `questions.jsonl` ({id, database, question, tables}). The DDL is loaded into a native
 * Postgres and introspected as indexing does. Each question is asked twice: inside its own schemas (those whose name starts with its
 * database's) and over all tables. A needed table counts as found if a table of its family is among the first k, where families are
 * names that are equal after folding digits. Vectors are those of one table for each family, searched exactly in memory. "strict" is the share of questions with every needed table found.
 *
 * Options: --data DIR (required), --database URL (a Postgres that is loaded already), --embeddings built-in|none|URL of an
 * OpenAI-compatible endpoint (default built-in; key from OPENAI_API_KEY), --model NAME (default text-embedding-3-small), --store
 * native|pglite (may be given twice: times retrieval through that store as well, with the built-in vectors of all tables and columns), --json
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { createTokenCounter } from '../activities/model/count-tokens.js';
import { findFreePort } from '../platform/embedded/free-port.js';
import { findLocalFolders } from '../platform/embedded/local-folders.js';
import { startNativePostgresWithPgvector } from '../platform/embedded/native-postgres.js';
import { startPgliteServer } from '../platform/embedded/pglite-server.js';
import { findPgvectorPostgres, installPgvectorPostgres } from '../platform/embedded/pgvector-postgres.js';
import type { PostgresServer } from '../platform/embedded/postgres-cluster.js';
import { createBenchEmbeddings } from './retrieval/bench-embeddings.js';
import { countContextTokens, LEGS, rankAll } from './retrieval/legs.js';
import { introspect, loadWarehouse, readQuestions } from './retrieval/load-warehouse.js';
import { CUTS, measureRecall, percentile, type Recall, shuffleGold } from './retrieval/measure.js';
import { type StoreTimes, timeThroughStore } from './retrieval/through-store.js';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    database: { type: 'string' },
    embeddings: { type: 'string', default: 'built-in' },
    model: { type: 'string', default: 'text-embedding-3-small' },
    store: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
  },
});
const stops: (() => Promise<unknown>)[] = [];
const say = (text: string) => process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  if (!options.data) throw new Error('--data DIR is missing');
  const questions = await readQuestions(options.data);
  const schema = await introspect(options.database ?? (await loadIntoPostgres(options.data)));
  const columns = schema.tables.reduce((sum, table) => sum + table.columns.length, 0);
  say(`${schema.tables.length} tables, ${columns} columns, ${questions.length} questions`);
  const embeddings = await createBenchEmbeddings(options, schema, questions, say);

  const rows: { scope: string; leg: string; figures: Recall; control: number }[] = [];
  const times: number[] = [];
  const counter = await createTokenCounter('o200k_base');
  const context: Record<string, object> = {};
  for (const scope of ['own', 'pooled'] as const) {
    const ranked = rankAll({ schema, questions, scope, embeddings });
    for (const leg of LEGS) {
      if (!ranked.legs[leg]) continue;
      const shuffled = measureRecall(shuffleGold(questions), ranked.legs[leg]);
      rows.push({
        scope,
        leg,
        figures: measureRecall(questions, ranked.legs[leg]),
        control: shuffled.strict[20]!,
      });
    }
    if (scope === 'pooled') times.push(...ranked.timesMs);
    const tokens = ranked.contexts.map((context) => countContextTokens(context, counter.countTokens));
    const sizes = ranked.contexts.map(({ chosen }) => chosen.length);
    context[scope] = {
      strict: round(
        100 *
          measureRecall(
            questions,
            ranked.contexts.map(({ names }) => names),
          ).strict[50]!,
      ),
      tablesMean: round(sizes.reduce((sum, size) => sum + size, 0) / sizes.length),
      tokensP50: percentile(tokens, 0.5),
      tokensP95: percentile(tokens, 0.95),
    };
  }
  const throughStore: Record<string, StoreTimes> = {};
  for (const kind of options.store) {
    const times = await timeThroughStore(await startStore(kind), schema, questions, say);
    throughStore[kind] = { ...times };
    for (const [name, value] of Object.entries(times))
      throughStore[kind]![name as keyof StoreTimes] = round(value);
  }
  report({
    tables: schema.tables.length,
    columns,
    questions: questions.length,
    embeddings: embeddings?.name ?? 'none',
    rows,
    context,
    ...(options.store.length > 0 ? { throughStore } : {}),
    retrieval: { p50Ms: round(percentile(times, 0.5)), p95Ms: round(percentile(times, 0.95)) },
  });
}

async function startStore(kind: string): Promise<{ connectionString: string; poolSize: number }> {
  if (kind === 'pglite') {
    const port = await findFreePort({ preferred: 15_593, taken: new Set() });
    const store = await startPgliteServer({ inMemory: true, port });
    stops.push(() => store.stop());
    return { connectionString: store.connectionString, poolSize: 1 };
  }
  if (kind !== 'native') throw new Error('--store takes native or pglite');
  const server = await startPostgres();
  await server.createDatabase('store');
  return { connectionString: server.connectionString('store'), poolSize: 4 };
}

let started: Promise<PostgresServer> | undefined;
/** One server for the data source and the store. */
const startPostgres = (): Promise<PostgresServer> => (started ??= startServer());

async function startServer(): Promise<PostgresServer> {
  const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
  stops.push(() => rm(home, { recursive: true, force: true }));
  const { cache: cacheDir } = findLocalFolders(process.env, process.cwd());
  const binDir =
    (await findPgvectorPostgres({ cacheDir, env: process.env })) ??
    (await installPgvectorPostgres({ cacheDir, onProgress: say }));
  const port = await findFreePort({ preferred: 15_592, taken: new Set() });
  const server = await startNativePostgresWithPgvector({ dataDir: join(home, 'source'), port, binDir });
  stops.push(() => server.stop());
  return server;
}

async function loadIntoPostgres(data: string): Promise<string> {
  const server = await startPostgres();
  await server.createDatabase('bench');
  say(`loaded ${await loadWarehouse(data, server.connectionString('bench'))} statements`);
  return server.connectionString('bench');
}

const round = (value: number): number => Math.round(value * 10) / 10;
const percent = (value: number): string => (100 * value).toFixed(1);

function report(result: {
  tables: number;
  columns: number;
  questions: number;
  embeddings: string;
  rows: { scope: string; leg: string; figures: Recall; control: number }[];
  context: Record<string, object>;
  throughStore?: Record<string, StoreTimes>;
  retrieval: object;
}): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  const table = new Table({
    style: { head: [], border: [], compact: true },
    head: [
      'scope',
      'leg',
      ...CUTS.map((cut) => `strict@${cut}`),
      ...CUTS.map((cut) => `recall@${cut}`),
      'shuffled@20',
    ],
  });
  for (const { scope, leg, figures, control } of result.rows) {
    table.push([
      scope,
      leg,
      ...CUTS.map((cut) => percent(figures.strict[cut]!)),
      ...CUTS.map((cut) => percent(figures.recall[cut]!)),
      percent(control),
    ]);
  }
  process.stdout.write(
    `${result.tables} tables, ${result.columns} columns, ${result.questions} questions, embeddings: ${result.embeddings}\n` +
      `${table.toString()}\ncontext as questions get it (cut by score): ${JSON.stringify(result.context)}\n` +
      `retrieval over all tables, in memory (vectors included; without the store and the model): ${JSON.stringify(result.retrieval)}\n` +
      Object.entries(result.throughStore ?? {})
        .map(([kind, times]) => `through the store (${kind}), without the model: ${JSON.stringify(times)}\n`)
        .join(''),
  );
}

try {
  await main();
} finally {
  for (const stop of stops.reverse()) await stop();
}
process.exit(0);
