/**
 * npm run bench:profile-statistics -- --data DIR: do the profile's figures equal those of another tool?
 *
 * DIR holds CSV files and qsv's statistics of them (`NAME-…stats….csv`, of the CSV file with the longest name that begins theirs). Each
 * figure that qsv printed is compared within the digits that it printed. Options: --data DIR (required), --json
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { profileParquet } from '../activities/datasets/profile/profile-parquet.js';
import type { QueryRows } from '../activities/datasets/profile/query-rows.js';
import { quoteText } from '../activities/datasets/profile/sql-text.js';
import { openDuckDb } from './profile-quality/open-duckdb.js';
import { writeParquet } from './profile-quality/write-parquet.js';
import { compareColumn, type Difference, type Expected } from './profile-statistics/compare.js';

const { values: options } = parseArgs({
  options: { data: { type: 'string' }, json: { type: 'boolean', default: false } },
});

async function readExpected(query: QueryRows, file: string): Promise<Expected[]> {
  const rows = await query(
    `SELECT * FROM read_csv(${quoteText(file)}, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"')`,
  );
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value === null ? '' : String(value)])),
  );
}

async function main(): Promise<void> {
  if (!options.data) throw new Error('--data DIR is missing');
  const names = (await readdir(options.data)).filter((name) => name.endsWith('.csv'));
  const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
  const { query, close } = await openDuckDb(home);
  const results: { file: string; compared: number; differences: Difference[] }[] = [];
  try {
    for (const stats of names.filter((name) => name.includes('-stats')).sort()) {
      const stem = stats.split('-stats')[0]!;
      const source = names
        .filter((name) => !name.includes('-stats') && stem.startsWith(name.slice(0, -4)))
        .sort((a, b) => b.length - a.length)[0];
      if (!source) continue;
      const parquet = join(home, `${stats}.parquet`);
      await writeParquet(query, { csv: join(options.data, source), parquet, withDates: false });
      const { columns } = await profileParquet({ query, path: parquet });
      const result = { file: stats, compared: 0, differences: [] as Difference[] };
      for (const expected of await readExpected(query, join(options.data, stats))) {
        const column = columns.find(({ name }) => name === expected.field);
        if (!column) continue;
        const { compared, differences } = compareColumn(column, expected);
        result.compared += compared;
        result.differences.push(...differences);
      }
      results.push(result);
    }
  } finally {
    close();
    await rm(home, { recursive: true, force: true });
  }
  if (options.json) {
    process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
    return;
  }
  for (const { file, compared, differences } of results) {
    process.stdout.write(`${file}: ${compared - differences.length} of ${compared} figures equal\n`);
    for (const { column, figure, expected, found } of differences) {
      process.stdout.write(`  ${column} ${figure}: ${expected} expected, ${found} found\n`);
    }
  }
}

await main();
