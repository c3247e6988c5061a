/**
 * npm run bench:cleaning -- [--sizes 100,1000]: what does cleaning a dataset cost, in seconds and memory?
 *
 * Generates a seeded CSV file (MB), reads it as the activity does, previews a recipe of eight steps that touches every row, carries it out
 * into a new version, and, in the same run and the same kind of process, has DuckDB copy the source version as it is
 * (`COPY (SELECT * …)`), which is the least that writing a version can cost. Memory is that of all processes of the bench.
 *
 * Options: --sizes MB,MB (default 100), --seed N (default 1), --memory MB (DuckDB's limit, default 400), --json
 */
import { mkdir, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanParquet, previewSteps } from '../activities/datasets/cleaning/clean-parquet.js';
import { createDuckDbPool, type DuckDbPool } from '../activities/datasets/duckdb/duckdb-pool.js';
import type { DuckDbSession } from '../activities/datasets/duckdb/duckdb-session.js';
import { ingestFile } from '../activities/datasets/ingest/ingest-file.js';
import type { CleaningStep } from '../contracts/cleaning.js';
import { generateCsv } from './datasets/generate-csv.js';
import { watchTreeMemory } from './datasets/watch-memory.js';

const { values: options } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    memory: { type: 'string', default: '400' },
    json: { type: 'boolean', default: false },
  },
});

const HOUR_MS = 3_600_000;
const MB = 1e6;
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const memory = watchTreeMemory();

/** Text, types, values found in the data, rows compared with each other, columns. */
const STEPS: CleaningStep[] = [
  { kind: 'trim', columns: ['city', 'note'], collapse: true },
  {
    kind: 'replace-values',
    column: 'city',
    values: [
      { from: 'München', to: 'Munich' },
      { from: 'Oslo', to: null },
    ],
  },
  { kind: 'fill-missing', columns: ['city'], with: { statistic: 'mode' } },
  {
    kind: 'parse-numbers',
    columns: ['code'],
    to: 'integer',
    decimal: '.',
    thousands: '',
    affixes: [],
    percent: 'none',
    misfits: 'keep-text',
  },
  { kind: 'cap-outliers', columns: ['price'], fences: 0.2, treat: 'cap' },
  { kind: 'drop-duplicates', columns: ['customer_id', 'day', 'city'], keep: 'first' },
  { kind: 'drop-rows', where: { column: 'quantity', is: 'less-than', value: 10 } },
  {
    kind: 'split-column',
    column: 'note',
    delimiter: ' ',
    into: ['first', 'second', 'rest'],
    keepSource: false,
  },
];

interface Timed {
  ms: number;
  peakMb: number;
}

interface Figures {
  sizeMb: number;
  rows: number;
  sourceParquetMb: number;
  previewMs: number;
  previewPeakMb: number;
  cleanMs: number;
  cleanPeakMb: number;
  rowsLeft: number;
  cellsChanged: number;
  duckdbCopyMs: number;
  duckdbCopyPeakMb: number;
  /** Cleaning over DuckDB's plain copy. */
  ratio: number;
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
      results.push(await measure(pool, folder, size));
    }
  } finally {
    memory.stop();
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else for (const figures of results) console.table(figures);
}

async function measure(pool: DuckDbPool, folder: string, sizeMb: number): Promise<Figures> {
  const csv = join(folder, 'file.csv');
  say(`Generating ${sizeMb} MB`);
  await generateCsv(csv, sizeMb * MB, Number(options.seed));
  const [source, target] = [join(folder, 'source'), join(folder, 'target')];
  await mkdir(source, { recursive: true });
  await mkdir(target, { recursive: true });
  say('Reading it');
  const read = await ingestFile(pool, { path: csv, folder: source, timeoutMs: HOUR_MS });
  await rm(csv);
  const path = join(source, 'data.parquet');
  const input = { path, columns: read.columns, steps: STEPS };
  const inSession = <Result>(work: (session: DuckDbSession) => Promise<Result>): Promise<Result> =>
    pool.withSession({ timeoutMs: HOUR_MS }, work);

  say('Previewing the recipe');
  const preview = await timed(async () => {
    const { problems } = await inSession((session) => previewSteps(session, input));
    if (problems.length > 0) throw new Error(JSON.stringify(problems));
  });
  say('Carrying it out');
  let rowsLeft = 0;
  let cellsChanged = 0;
  const clean = await timed(async () => {
    const cleaned = await inSession((session) =>
      cleanParquet(session, { ...input, folder: target, sourceRejects: join(source, 'rejects.parquet') }),
    );
    rowsLeft = cleaned.rowCount;
    cellsChanged = cleaned.effects.reduce((sum, effect) => sum + effect.cellsChanged, 0);
  });
  say("DuckDB's plain copy");
  const copy = await timed(() =>
    inSession(async (session) => {
      await session.run(
        `COPY (SELECT * FROM '${path}') TO '${join(folder, 'copy.parquet')}' (FORMAT parquet, COMPRESSION zstd)`,
      );
    }),
  );
  return {
    sizeMb,
    rows: read.rowCount,
    sourceParquetMb: Math.round((await stat(path)).size / MB),
    previewMs: preview.ms,
    previewPeakMb: preview.peakMb,
    cleanMs: clean.ms,
    cleanPeakMb: clean.peakMb,
    rowsLeft,
    cellsChanged,
    duckdbCopyMs: copy.ms,
    duckdbCopyPeakMb: copy.peakMb,
    ratio: Math.round((clean.ms / copy.ms) * 100) / 100,
  };
}

async function timed(work: () => Promise<void>): Promise<Timed> {
  memory.reset();
  const began = performance.now();
  await work();
  return { ms: Math.round(performance.now() - began), peakMb: Math.round(memory.peakBytes() / MB) };
}

await main();
