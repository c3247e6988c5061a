// npm run profile -- FILE.parquet [--html PAGE.html] [--json PROFILE.json]: the profile of a Parquet file, in a DuckDB child process.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createDuckDbPool } from '../activities/datasets/duckdb/duckdb-pool.js';
import { profileParquet } from '../activities/datasets/profile/profile-parquet.js';
import { queryRowsOfSession } from '../activities/datasets/profile/query-rows-of-session.js';
import { fromParquet, quoteText, ROW_COLUMN } from '../activities/datasets/profile/sql-text.js';
import { renderProfilePage } from '../domain/profile/page/render-profile-page.js';

const { values: options, positionals } = parseArgs({
  options: { html: { type: 'string' }, json: { type: 'string' } },
  allowPositionals: true,
});

const TIMEOUT_MS = 30 * 60_000;

async function main(file: string): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'quaestor-profile-'));
  const pool = createDuckDbPool({
    maxProcesses: 1,
    memoryLimitBytes: 1024 ** 3,
    spillFolder: join(home, 'spill'),
  });
  try {
    const profile = await pool.withSession({ timeoutMs: TIMEOUT_MS }, async (session) => {
      const query = queryRowsOfSession(session);
      const columns = await query(`DESCRIBE SELECT * FROM ${fromParquet(file)}`);
      let path = file;
      if (!columns.some(({ column_name: name }) => name === ROW_COLUMN)) {
        path = join(home, 'numbered.parquet');
        await query(
          `COPY (SELECT row_number() OVER () AS ${ROW_COLUMN}, * FROM ${fromParquet(file)}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
        );
      }
      return await profileParquet({ query, path });
    });
    if (options.html) await writeFile(options.html, renderProfilePage(profile, basename(file)));
    if (options.json) await writeFile(options.json, `${JSON.stringify(profile, null, 2)}\n`);
    for (const { level, kind, message } of profile.findings) {
      if (level === 'warning') process.stdout.write(`${kind}: ${message}\n`);
    }
    process.stdout.write(`${profile.rows} rows, ${profile.columns.length} columns\n`);
  } finally {
    await pool.close();
    await rm(home, { recursive: true, force: true });
  }
}

const [file] = positionals;
if (!file) {
  process.stderr.write('Usage: npm run profile -- FILE.parquet [--html PAGE.html] [--json PROFILE.json]\n');
  process.exitCode = 2;
} else await main(resolve(file));
