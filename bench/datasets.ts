/**
 * npm run bench:datasets -- [--sizes 100,1000]: how long does a CSV take from its upload until it can be asked and is profiled, how long
 * to be in Parquet without a lost cell, and what does a query cost?
 *
 * Generates seeded CSV files (MB), reads each as the activity does (whole-file dialect and types, listed cells, zstd Parquet) and, in the
 * same run and the same kind of process, with DuckDB's own two steps: read_csv with its sniffer to zstd Parquet, and SUMMARIZE on it, then
 * the whole way on real servers: uploaded through the API as `quaestor datasets add` does, read by its job, profiled by its own; then
 * 80 queries of four kinds on the Parquet file, in an untrusted session that stays open, as questions about one dataset do, the same by
 * DuckDB alone on its own file, and three statements that must be killed at their limit. Memory is that of all processes of the bench; of the whole way, that of API, workers and DuckDB.
 *
 * Options: --parts (no whole way: no servers are started), --store folder|s3 (where the whole way keeps its files, default folder; s3: s3rver on
 * this machine), --sizes MB,MB (default 100), --seed N (default 1), --memory MB (DuckDB's limit, default 400), --runs N (default 1), --json
 */
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDuckDbPool, type DuckDbPool } from '../activities/datasets/duckdb/duckdb-pool.js';
import { ingestFile } from '../activities/datasets/ingest/ingest-file.js';
import { generateCsv } from './datasets/generate-csv.js';
import { measureQueries, type QueryTimes } from './datasets/measure-queries.js';
import { measureWholeWay, type WholeWay } from './datasets/measure-whole-way.js';
import { watchTreeMemory } from './datasets/watch-memory.js';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    memory: { type: 'string', default: '400' },
    runs: { type: 'string', default: '1' },
    parts: { type: 'boolean', default: false },
    store: { type: 'string', default: 'folder' },
    json: { type: 'boolean', default: false },
  },
});

const HOUR_MS = 3_600_000;
const MB = 1e6;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const memory = watchTreeMemory();

interface Figures {
  sizeMb: number;
  rows: number;
  oursMs: number;
  oursPeakMb: number;
  duckdbParquetMs: number;
  duckdbSummarizeMs: number;
  duckdbPeakMb: number;
  /** Ours over DuckDB's two steps. */
  ratio: number;
  queries: QueryTimes;
  rejectedCells: number;
  /** Absent with --parts. */
  wholeWay?: WholeWay;
  /** The whole way with the profile, over DuckDB's two steps. */
  wholeRatio?: number;
}

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
  const pool = createDuckDbPool({
    maxProcesses: 1,
    memoryLimitBytes: Number(options.memory) * 1024 ** 2,
    spillFolder: join(folder, 'spill'),
  });
  const results: Figures[] = [];
  try {
    for (const size of options.sizes.split(',').map(Number)) {
      const { bavail, bsize } = await statfs(folder);
      if (bavail * bsize < size * MB * 4) throw new Error(`There is no room for ${size} MB in ${folder}`);
      for (let run = 0; run < Number(options.runs); run += 1) results.push(await measure(pool, folder, size));
    }
  } finally {
    memory.stop();
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else
    for (const { queries, wholeWay, ...figures } of results) console.table(flat(figures, queries, wholeWay));
}

function flat(
  figures: Omit<Figures, 'queries' | 'wholeWay'>,
  { duckdb, kinds, killed, p50Ms, p95Ms, killedAfterLimitMs }: QueryTimes,
  wholeWay: WholeWay | undefined,
): Record<string, number | null> {
  const slowest = Object.entries(kinds).flatMap(([kind, times]) => [
    [`p95 of ${kind}`, times.p95Ms],
    [`p95 of ${kind}, DuckDB alone`, duckdb.kinds[kind]?.p95Ms ?? null],
  ]);
  const ends = Object.entries(killed).map(([name, ms]) => [`killed: ${name}`, ms]);
  const queries = {
    queryP50Ms: p50Ms,
    queryP95Ms: p95Ms,
    duckdbQueryP50Ms: duckdb.p50Ms,
    duckdbQueryP95Ms: duckdb.p95Ms,
    killedAfterLimitMs,
  };
  return { ...figures, ...wholeWay, ...queries, ...Object.fromEntries([...slowest, ...ends]) };
}

async function measure(pool: DuckDbPool, folder: string, sizeMb: number): Promise<Figures> {
  const path = join(folder, 'file.csv');
  say(`Generating ${sizeMb} MB`);
  const rows = await generateCsv(path, sizeMb * MB, Number(options.seed));
  const out = join(folder, 'ours');
  await mkdir(out, { recursive: true });
  say('The whole way');
  const wholeWay = options.parts ? undefined : await measureWholeWay(path, options.store === 's3');
  if (wholeWay && wholeWay.rowCount !== rows) throw new Error(`${wholeWay.rowCount} rows of ${rows}`);
  await pool.warmUp(1);

  say('Reading it');
  memory.reset();
  const began = performance.now();
  const read = await ingestFile(pool, { path, folder: out, timeoutMs: HOUR_MS });
  const oursMs = performance.now() - began;
  const oursPeakMb = memory.peakBytes() / MB;
  if (read.rowCount !== rows) throw new Error(`${read.rowCount} rows were read of ${rows}`);

  say("DuckDB's own two steps");
  memory.reset();
  const theirs = join(folder, 'theirs.parquet');
  const [duckdbParquetMs, duckdbSummarizeMs] = await pool.withSession(
    { timeoutMs: HOUR_MS },
    async (session) => {
      const copied = await timed(() =>
        session.run(
          `COPY (SELECT * FROM read_csv('${path}')) TO '${theirs}' (FORMAT parquet, COMPRESSION zstd)`,
        ),
      );
      return [copied, await timed(() => session.run(`SUMMARIZE SELECT * FROM '${theirs}'`))];
    },
  );
  const duckdbPeakMb = memory.peakBytes() / MB;

  say('Queries');
  const queries = await measureQueries(pool, join(out, 'data.parquet'), theirs);
  await rm(path);
  const theirsMs = duckdbParquetMs + duckdbSummarizeMs;
  return {
    sizeMb,
    rows,
    oursMs: Math.round(oursMs),
    oursPeakMb: Math.round(oursPeakMb),
    duckdbParquetMs: Math.round(duckdbParquetMs),
    duckdbSummarizeMs: Math.round(duckdbSummarizeMs),
    duckdbPeakMb: Math.round(duckdbPeakMb),
    ratio: Math.round((oursMs / theirsMs) * 100) / 100,
    queries,
    rejectedCells: read.rejectedCells,
    ...(wholeWay
      ? {
          wholeWay,
          wholeRatio:
            Math.round(((wholeWay.queryableMs + (wholeWay.profiledMs ?? 0)) / theirsMs) * 100) / 100,
        }
      : {}),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

await main();
