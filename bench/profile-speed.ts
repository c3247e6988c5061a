/**
 * npm run bench:profile-speed: how long does the profile of a large file take?
 *
 * Makes a Parquet file of ten columns like an ingested CSV (about 128 bytes of CSV a row) and profiles it with two threads and 1 GB,
 * beside DuckDB's own SUMMARIZE of the same file. Options: --rows N (default 820,000, about 100 MB of CSV; 8,200,000 is about 1 GB), --json
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { profileParquet } from '../activities/datasets/profile/profile-parquet.js';
import { fromParquet, quoteText } from '../activities/datasets/profile/sql-text.js';
import { openDuckDb } from './profile-quality/open-duckdb.js';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '820000' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

async function main(): Promise<void> {
  const rows = Number(options.rows);
  const home = await mkdtemp(join(tmpdir(), 'quaestor-bench-'));
  const { query, close } = await openDuckDb(home);
  try {
    const path = join(home, 'large.parquet');
    await query('SELECT setseed(0.42)');
    await query(
      `COPY (SELECT i + 1 AS __row, i AS id, TIMESTAMP '2020-01-01' + to_seconds(CAST(random() * 1e8 AS BIGINT)) AS ordered_at, round(exp(4 + 0.8 * (random() + random() + random() - 1.5)), 2) AS amount,
        CAST(round(random() * 100, 2) AS DECIMAL(9,2)) AS price, 'customer ' || CAST(random() * ${Math.ceil(rows / 16)} AS INTEGER) AS customer, ['red','green','blue','black'][1 + CAST(floor(random() * 4) AS INTEGER)] AS color,
        1 + CAST(floor(random() * 100) AS INTEGER) AS quantity, 'user' || i || '@example.org' AS email, substr(md5(CAST(i % 5000 AS VARCHAR)), 1, 12) AS session, ['Berlin','Paris','Rome','Madrid','Oslo'][1 + CAST(floor(random() * 5) AS INTEGER)] AS city
        FROM range(${rows}) r(i)) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
    const summarizeStarted = performance.now();
    await query(`SUMMARIZE SELECT * FROM ${fromParquet(path)}`);
    const summarizeMs = Math.round(performance.now() - summarizeStarted);
    const started = performance.now();
    const batchesMs: number[] = [];
    const slowest: [number, string][] = [];
    const timed = async (sql: string) => {
      const began = performance.now();
      const result = await query(sql);
      slowest.push([Math.round(performance.now() - began), sql.slice(0, 120).replaceAll('\n', ' ')]);
      return result;
    };
    const profile = await profileParquet({
      query: timed,
      path,
      onBatch: async () => {
        batchesMs.push(Math.round(performance.now() - started));
      },
    });
    const profileMs = Math.round(performance.now() - started);
    const result = {
      rows,
      columns: profile.columns.length,
      summarizeMs,
      profileMs,
      firstColumnsMs: batchesMs[0],
      statements: slowest.length,
      warnings: profile.findings.filter(({ level }) => level === 'warning').length,
      residentMb: Math.round(process.memoryUsage().rss / 1024 ** 2),
      peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
    process.stdout.write(
      options.json ? `${JSON.stringify(result, null, 2)}\n` : `${JSON.stringify(result)}\n`,
    );
    if (options.verbose) {
      for (const [ms, sql] of slowest.sort((a, b) => b[0] - a[0]).slice(0, 15))
        process.stderr.write(`${ms} ms ${sql}\n`);
      for (const finding of profile.findings)
        process.stderr.write(`${finding.level} ${finding.kind} ${finding.message}\n`);
    }
  } finally {
    close();
    await rm(home, { recursive: true, force: true });
  }
}

await main();
