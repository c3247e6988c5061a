import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { guardDuckDbSql } from '../../activities/answers/guard-duckdb-sql.js';
import { createDuckDbParser, type DuckDbParser } from '../../activities/datasets/queries/duckdb-parser.js';
import { explainAndRun } from '../../activities/datasets/queries/explain-and-run.js';
import type { SessionTables } from '../../activities/datasets/queries/session-tables.js';
import type { QuaestorError } from '../../contracts/quaestor-error.js';
import { questionTables, withRowColumn } from '../../domain/datasets/question-schema.js';
import { createScratch, type Scratch } from '../support/scratch.js';
import { HARMLESS } from './dataset-sql/harmless.js';
import { BOMBS, HOSTILE } from './dataset-sql/hostile.js';

const SECRET = 'canary-4711';
const tables = questionTables([
  {
    name: 'sales',
    title: 'sales',
    rowCount: 3,
    columns: ['region_id', 'day', 'amount', 'note', 'Group', "it's; --"].map((name) => ({
      name,
      type: 'varchar',
      comment: null,
    })),
  },
  {
    name: 'regions',
    title: 'regions',
    rowCount: 2,
    columns: ['region_id', 'region'].map((name) => ({ name, type: 'varchar', comment: null })),
  },
]).map(withRowColumn);

let scratch: Scratch;
let parser: DuckDbParser;
let session: SessionTables;
let canary: string;
let out: string;
let before: Map<string, string>;

/** Every file of the folders that a query must leave alone, with its content. */
async function filesOf(...folders: string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const folder of folders)
    for (const name of await readdir(folder))
      found.set(join(folder, name), (await readFile(join(folder, name))).toString('base64'));
  return found;
}

beforeAll(async () => {
  scratch = await createScratch({ memoryLimitBytes: 128 * 1024 ** 2 });
  parser = createDuckDbParser(join(scratch.folder, 'spill'));
  canary = join(scratch.folder, 'canary');
  out = join(scratch.folder, 'out');
  const data = join(scratch.folder, 'data');
  for (const folder of [canary, out, data]) await mkdir(folder);
  const views = { sales: join(data, 'sales.parquet'), regions: join(data, 'regions.parquet') };
  await writeFile(join(canary, 'secret.csv'), `a\n${SECRET}\n`);
  await writeFile(join(canary, 'secret.json'), `{"a": "${SECRET}"}\n`);
  await scratch.pool.withSession({ timeoutMs: 60_000 }, async (trusted) => {
    await trusted.run(
      `COPY (SELECT '${SECRET}' AS a) TO '${join(canary, 'secret.parquet')}' (FORMAT parquet)`,
    );
    await trusted.run(`COPY (SELECT * FROM (VALUES (1, DATE '2024-01-01', 10.5, 'a 1', 'x', 'p', 1), (2, DATE '2024-02-01', 4.5, NULL, 'y', 'q', 2),
      (1, DATE '2024-02-03', 1.0, 'Ab', 'x', 'r', 3)) t(region_id, day, amount, note, "Group", "it's; --", __row)) TO '${views.sales}' (FORMAT parquet)`);
    await trusted.run(
      `COPY (SELECT * FROM (VALUES (1, 'North', 1), (3, 'South', 2)) t(region_id, region, __row)) TO '${views.regions}' (FORMAT parquet)`,
    );
  });
  session = { views, keepAs: 'corpus', loadTables: async () => ({}) };
  before = await filesOf(canary, out, data);
}, 120_000);

afterAll(async () => {
  await parser.close();
  await scratch.remove();
});

const spelled = (sql: string): string =>
  sql.replaceAll('CANARY', canary).replaceAll('OUT', out).replaceAll('DATASET', session.views['sales']!);
const judge = (sql: string) => guardDuckDbSql(parser, { sql, tables });

describe('the guard for DuckDB’s SQL', () => {
  test('refuses every hostile statement, for the reason that it has', async () => {
    expect(HOSTILE.length).toBeGreaterThanOrEqual(200);
    const wrong: string[] = [];
    for (const [code, sql] of HOSTILE) {
      const verdict = await judge(spelled(sql));
      const found = verdict.accepted ? 'accepted' : verdict.error.code;
      if (found !== code)
        wrong.push(
          `${found} for ${code}: ${sql.slice(0, 200)}${verdict.accepted ? '' : ` (${verdict.error.message})`}`,
        );
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  test('lets through what only looks hostile, and it runs', async () => {
    expect(HARMLESS.length).toBeGreaterThanOrEqual(100);
    const wrong: string[] = [];
    for (const sql of HARMLESS) {
      const verdict = await judge(sql);
      if (!verdict.accepted) wrong.push(`${sql}: ${verdict.error.code} ${verdict.error.message}`);
      else
        await run(verdict.limitedSql, 60_000).catch((error: QuaestorError) => {
          wrong.push(`${sql}: ${error.message}`);
        });
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});

const run = (limitedSql: string, timeoutMs: number) =>
  explainAndRun(
    scratch.pool,
    { tables: session, limitedSql, timeoutMs, signal: new AbortController().signal },
    () => true,
  );

describe('behind the guard, if it let everything through', () => {
  test('no hostile statement reads a file, writes one, or harms this process', async () => {
    const leaked: string[] = [];
    for (const [, sql] of HOSTILE) {
      const text = spelled(sql);
      // Waiting and filling memory are the bombs' business.
      if (/sleep|1000000000|2000000000|range\(|_resize/.test(text)) continue;
      const shown = await run(text, 5_000).then(
        ({ result }) => JSON.stringify(result),
        (error: Error) => error.message,
      );
      if (shown.includes(SECRET) || /root:|HOME=/.test(shown)) leaked.push(sql);
    }
    expect(leaked).toEqual([]);
    expect(await filesOf(canary, out, join(scratch.folder, 'data'))).toEqual(before);
    expect((await run('SELECT sum(amount) AS total FROM sales', 60_000)).result?.rows).toEqual([['16.0']]);
  }, 300_000);

  test.each(BOMBS)(
    'ends at its limit of time or memory, and the next query runs: %s',
    async (sql) => {
      expect(await judge(sql)).toMatchObject({ accepted: true });
      const ended = await run(sql, 2_000).then(
        () => 'ended by itself',
        (error: QuaestorError) => error.code,
      );
      expect(['ended by itself', 'query_timed_out', 'dataset_out_of_memory', 'query_failed']).toContain(
        ended,
      );
      expect((await run('SELECT count(*) AS n FROM regions', 60_000)).result?.rows).toEqual([['2']]);
    },
    60_000,
  );
});
