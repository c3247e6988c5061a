import type { DuckDbPool, DuckDbSessionOptions } from '../../activities/datasets/duckdb/duckdb-pool.js';
import { percentile } from '../shop/percentile.js';

/** What people ask of a table of sales: a sum by group, a course of months, the best of many, a few rows. `n` makes each one new. */
const QUESTIONS: Record<string, (n: number) => string> = {
  'sum by group': (n) =>
    `SELECT city, count(*), sum(price) FROM data WHERE quantity > ${n} GROUP BY city ORDER BY 2 DESC`,
  'course of months': (n) =>
    `SELECT date_trunc('month', created_at) AS month, avg(price) FROM data WHERE quantity <> ${n} GROUP BY 1 ORDER BY 1`,
  'top of many': (n) =>
    `SELECT customer_id, sum(price * quantity) AS spent FROM data WHERE day >= DATE '2024-01-01' + ${n} GROUP BY 1 ORDER BY 2 DESC LIMIT 10`,
  'rows of one': (n) => `SELECT * FROM data WHERE customer_id = ${1_000 + n} ORDER BY created_at LIMIT 100`,
};
const TIMES_EACH = 20;

/** Statements that do not end by themselves, by what they keep busy. */
const RUNAWAYS: Record<string, string> = {
  'endless join':
    'SELECT count(*) FROM data a, data b, data c WHERE a.note || b.note || c.note LIKE $$%x%y$$',
  'endless recursion':
    'WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r',
  'long functions': "SELECT max(length(regexp_replace(repeat(note, 1000), '(a|b)*?c', 'x', 'g'))) FROM data",
};
export const RUNAWAY_LIMIT_MS = 1_000;

export interface QueryTimes {
  p50Ms: number;
  p95Ms: number;
  /** By kind of question. */
  kinds: Record<string, { p50Ms: number; p95Ms: number }>;
  /** The same queries by DuckDB alone: the Parquet file that it wrote itself, in one open session without any of the locks. */
  duckdb: { p50Ms: number; p95Ms: number; kinds: Record<string, { p50Ms: number; p95Ms: number }> };
  /** Longest time from a runaway statement's limit until its process was gone and the error there. */
  killedAfterLimitMs: number;
  killed: Record<string, number>;
}

/**
 * Queries in an untrusted session that stays open, as questions about one dataset have; then statements that must be killed.
 * @param theirPath the file that DuckDB wrote by itself
 */
export async function measureQueries(pool: DuckDbPool, path: string, theirPath: string): Promise<QueryTimes> {
  const options: DuckDbSessionOptions = { timeoutMs: 60_000, views: { data: path }, isUntrusted: true };
  const { kinds, ...all } = await timeQuestions((sql) =>
    pool.withSession({ ...options, keepAs: 'bench' }, (session) => session.all(sql)),
  );
  const duckdb = await pool.withSession({ timeoutMs: 600_000 }, async (session) => {
    await session.run('SET parquet_metadata_cache = true');
    await session.run(`CREATE VIEW data AS FROM read_parquet('${theirPath}')`);
    return await timeQuestions((sql) => session.all(sql));
  });
  const killed: Record<string, number> = {};
  for (const [name, sql] of Object.entries(RUNAWAYS)) killed[name] = await measureKill(pool, options, sql);
  return { ...all, kinds, duckdb, killedAfterLimitMs: Math.max(...Object.values(killed)), killed };
}

async function timeQuestions(ask: (sql: string) => Promise<unknown>): Promise<QueryTimes['duckdb']> {
  const times: Record<string, number[]> = {};
  for (let n = 0; n < TIMES_EACH; n += 1) {
    for (const [kind, sql] of Object.entries(QUESTIONS)) {
      const began = performance.now();
      await ask(sql(n));
      times[kind] = [...(times[kind] ?? []), performance.now() - began];
    }
  }
  const of = (list: readonly number[]) => ({
    p50Ms: Math.round(percentile(list, 0.5)),
    p95Ms: Math.round(percentile(list, 0.95)),
  });
  const kinds = Object.fromEntries(Object.entries(times).map(([kind, list]) => [kind, of(list)]));
  return { ...of(Object.values(times).flat()), kinds };
}

async function measureKill(pool: DuckDbPool, options: DuckDbSessionOptions, sql: string): Promise<number> {
  await pool.warmUp(1);
  const began = performance.now();
  const error = await pool
    .withSession({ ...options, timeoutMs: RUNAWAY_LIMIT_MS }, (session) => session.all(sql))
    .then(
      () => new Error(`It ended by itself: ${sql}`),
      (reason: unknown) => reason as Error & { code?: string },
    );
  const code = 'code' in error ? error.code : undefined;
  // A statement may also end at its memory limit, which is before.
  if (code !== 'query_timed_out' && code !== 'dataset_out_of_memory') throw error;
  return Math.round(performance.now() - began - RUNAWAY_LIMIT_MS);
}
