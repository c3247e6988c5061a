import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { guardSql } from '../../../activities/answers/guard-sql.js';
import { explainAndRun } from '../../../activities/data-sources/postgres/run-query.js';
import { SourcePools } from '../../../activities/data-sources/postgres/source-pools.js';
import { limitFromOutside } from '../../../domain/guard/limit-from-outside.js';
import { createTestSource, queryRows, type TestSource } from '../../support/databases.js';
import { CORPUS_DDL, CORPUS_TABLES } from '../../unit/guard/corpus-schema.js';
import { HARMLESS } from '../../unit/guard/harmless.js';
import { HOSTILE } from '../../unit/guard/hostile.js';

const OWNER = `owner_${process.pid}`;
const hostile = Object.values(HOSTILE).flat();

let source: TestSource;
let ownerUrl: string;
let pools: SourcePools;

beforeAll(async () => {
  source = await createTestSource(`CREATE ROLE ${OWNER} LOGIN PASSWORD 'owner'`);
  await source.execute(`GRANT CREATE ON DATABASE ${new URL(source.url).pathname.slice(1)} TO ${OWNER};
    GRANT CREATE ON SCHEMA public TO ${OWNER}`);
  const url = new URL(source.url);
  url.username = OWNER;
  url.password = 'owner';
  ownerUrl = url.href;
  // Owned by who runs the statements: nothing but the read-only transaction would be in the way of a write.
  await queryRows(ownerUrl, CORPUS_DDL);
  pools = new SourcePools({ poolSize: 1 });
});

afterAll(async () => {
  await pools.close();
  await source.drop();
});

const run = (connectionString: string, sql: string, limitedSql: string, statementTimeoutMs = 30_000) =>
  explainAndRun(
    pools,
    { connectionString, sql, limitedSql, statementTimeoutMs, signal: new AbortController().signal },
    () => true,
  );

/** All that a statement could have changed: rows, relations, functions, roles, settings. */
const fingerprint = async (): Promise<unknown> =>
  await queryRows(
    source.url,
    `SELECT (SELECT json_agg(c) FROM canary c) AS canary, (SELECT count(*)::int FROM orders) AS orders,
            (SELECT json_agg(relname ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS relations,
            (SELECT count(*)::int FROM pg_proc) AS functions, (SELECT count(*)::int FROM pg_namespace WHERE nspname !~ '^pg_') AS schemas,
            (SELECT count(*)::int FROM pg_roles) AS roles, (SELECT count(*)::int FROM pg_largeobject_metadata) AS objects,
            (SELECT count(*)::int FROM pg_prepared_xacts) AS prepared`,
  );

test('the corpus is large enough to mean something', () => {
  expect(hostile.length).toBeGreaterThanOrEqual(120);
  expect(HARMLESS.length).toBeGreaterThanOrEqual(60);
});

test('no hostile statement reaches the server through the guard', async () => {
  const before = await fingerprint();
  const reached: string[] = [];
  for (const sql of hostile) {
    const verdict = await guardSql({ sql, tables: CORPUS_TABLES });
    if (!verdict.accepted) continue;
    reached.push(sql);
    await run(source.url, verdict.sql, verdict.limitedSql).catch(() => undefined);
  }
  expect(reached).toEqual([]);
  expect(await fingerprint()).toEqual(before);
});

test('hostile statements that got past the guard change nothing even so: read-only, one statement, limited from outside', async () => {
  const before = await fingerprint();
  // These take memory of the server, which is not what this test is about.
  const runnable = hostile.filter((sql) => !/repeat\(|array_fill/.test(sql) && sql.length < 2_000);
  for (const sql of runnable) {
    await run(ownerUrl, sql, sql, 100).catch(() => undefined);
    await run(ownerUrl, sql, limitFromOutside(sql), 100).catch(() => undefined);
  }
  expect(await fingerprint()).toEqual(before);
});

test('every harmless statement is accepted, and runs', async () => {
  const refused: string[] = [];
  for (const sql of HARMLESS) {
    const verdict = await guardSql({ sql, tables: CORPUS_TABLES });
    if (!verdict.accepted) {
      refused.push(`${sql}: ${verdict.error.code}`);
      continue;
    }
    await run(ownerUrl, verdict.sql, verdict.limitedSql).catch((error: Error) =>
      refused.push(`${sql}: ${error.message}`),
    );
  }
  expect(refused).toEqual([]);
});
