/**
 * npm run bench:profile-quality: are planted defects found, and nothing else?
 *
 * Makes tables without defects (one half plain, one half as files of fourteen domains look), plants none or one to three defects in each, writes them as CSV, reads them as uploads are read, and profiles them. Options:
 * --tables N (default 300; one in four stays harmless), --seed N (default 1), --json, --verbose (each miss and each wrong warning)
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDuckDbPool } from '../activities/datasets/duckdb/duckdb-pool.js';
import { ingestFile } from '../activities/datasets/ingest/ingest-file.js';
import { profileParquet } from '../activities/datasets/profile/profile-parquet.js';
import { queryRowsOfSession } from '../activities/datasets/profile/query-rows-of-session.js';
import { type PlantedDefect, plantDefects, plantPersonalData } from './profile-quality/defects.js';
import { makeDomainTable } from './profile-quality/domain-tables.js';
import { makeHarmlessTable, type TableColumn } from './profile-quality/harmless-columns.js';
import { createRandom } from './profile-quality/random.js';
import { scoreFindings } from './profile-quality/score.js';

const { values: options } = parseArgs({
  options: {
    tables: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const quoted = (cell: string | null): string => {
  if (cell === null) return '';
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};
const toCsv = (table: TableColumn[]): string =>
  [
    table.map(({ name }) => quoted(name)).join(','),
    ...table[0]!.cells.map((_, row) => table.map(({ cells }) => quoted(cells[row] ?? null)).join(',')),
  ].join('\n');

const TIMEOUT_MS = 600_000;

async function main(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
  const pool = createDuckDbPool({
    maxProcesses: 1,
    memoryLimitBytes: 1024 ** 3,
    spillFolder: join(home, 'spill'),
  });
  const count = Number(options.tables);
  const seed = Number(options.seed);
  const kinds = new Map<string, { planted: number; found: number; wrong: number }>();
  const kind = (name: string) => {
    const entry = kinds.get(name) ?? { planted: 0, found: 0, wrong: 0 };
    kinds.set(name, entry);
    return entry;
  };
  const personal = { planted: 0, found: 0, wrong: 0 };
  const total = { planted: 0, found: 0, warnings: 0, wrong: 0, harmless: 0, harmlessWithWarnings: 0 };
  try {
    for (let n = 0; n < count; n += 1) {
      const random = createRandom(seed * 100_003 + n);
      const table = (n % 2 === 0 ? makeHarmlessTable : makeDomainTable)(random, random.int(200, 3000));
      plantPersonalData(random, table);
      const planted: PlantedDefect[] = [];
      if (Math.floor(n / 2) % 4 !== 0) {
        planted.push(...plantDefects(random, table));
      }
      const csv = join(home, 'table.csv');
      const folder = join(home, 'version');
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      await writeFile(csv, toCsv(table));
      await ingestFile(pool, { path: csv, folder, timeoutMs: TIMEOUT_MS });
      const { findings } = await pool.withSession({ timeoutMs: TIMEOUT_MS }, (session) =>
        profileParquet({
          query: queryRowsOfSession(session),
          path: join(folder, 'data.parquet'),
          rejectsPath: join(folder, 'rejects.parquet'),
        }),
      );
      const told = new Set(
        findings.flatMap(({ kind: name, column }) => (name === 'personal-data' && column ? [column] : [])),
      );
      // Columns with planted defects may be anything now.
      for (const { name, personal: isPersonal } of table) {
        if (isPersonal === undefined || planted.some(({ column }) => column === name)) continue;
        if (isPersonal) personal.planted += 1;
        if (isPersonal && told.has(name)) personal.found += 1;
        if (isPersonal !== told.has(name)) {
          if (!isPersonal) personal.wrong += 1;
          if (options.verbose)
            process.stderr.write(`${n} personal ${isPersonal ? 'missed' : 'wrong'} ${name}\n`);
        }
      }
      const score = scoreFindings(planted, findings);
      total.planted += score.planted;
      total.found += score.found;
      total.warnings += score.warnings;
      total.wrong += score.wrong.length;
      if (planted.length === 0) {
        total.harmless += 1;
        if (score.warnings > 0) total.harmlessWithWarnings += 1;
      }
      for (const defect of planted) {
        kind(defect.kind).planted += 1;
        if (!score.missed.includes(defect)) kind(defect.kind).found += 1;
      }
      for (const { kind: name } of score.wrong) kind(name).wrong += 1;
      if (options.verbose) {
        for (const each of score.missed)
          process.stderr.write(`${n} missed ${each.kind} ${each.column ?? ''}\n`);
        for (const each of score.wrong) {
          process.stderr.write(
            `${n} wrong ${each.kind} ${each.column ?? ''}: ${each.message} ${JSON.stringify(each.examples ?? each.rows)} planted ${planted.map((p) => `${p.kind} ${p.column ?? ''}`).join(', ')}\n`,
          );
        }
      }
    }
  } finally {
    await pool.close();
    await rm(home, { recursive: true, force: true });
  }
  const result = {
    tables: count,
    seed,
    ...total,
    recall: total.planted > 0 ? total.found / total.planted : 1,
    precision: total.warnings > 0 ? (total.warnings - total.wrong) / total.warnings : 1,
    personal,
    kinds: Object.fromEntries([...kinds].sort(([a], [b]) => a.localeCompare(b))),
  };
  if (options.json) {
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    `${count} tables, ${result.planted} defects: recall ${result.recall.toFixed(3)}, precision ${result.precision.toFixed(3)}; ${result.harmlessWithWarnings} of ${result.harmless} harmless tables with warnings\n`,
  );
  process.stdout.write(
    `personal data: ${personal.found} of ${personal.planted} columns told, ${personal.wrong} wrongly\n`,
  );
  for (const [name, { planted, found, wrong }] of Object.entries(result.kinds)) {
    process.stdout.write(`  ${name.padEnd(22)} ${found} of ${planted} found, ${wrong} wrong\n`);
  }
}

await main();
