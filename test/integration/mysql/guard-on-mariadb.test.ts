import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { guardSql } from '../../../activities/answers/guard-sql.js';
import { createMysqlConnector } from '../../../activities/data-sources/mysql/mysql-connector.js';
import {
  asMysqlUser,
  createMysqlSource,
  describeOnMariadb,
  type MysqlSource,
} from '../../support/mysql-sources.js';
import {
  CORPUS_DATABASE,
  MYSQL_CORPUS_DDL,
  MYSQL_CORPUS_TABLES,
} from '../../unit/guard/mysql/corpus-schema.js';
import { MYSQL_HARMLESS } from '../../unit/guard/mysql/harmless.js';
import { MYSQL_HOSTILE } from '../../unit/guard/mysql/hostile.js';

const hostile = Object.values(MYSQL_HOSTILE).flat();

describeOnMariadb('the guard on a real MariaDB', () => {
  let home: MysqlSource;
  let url: string;
  const connector = createMysqlConnector({ poolSize: 1 });

  beforeAll(async () => {
    home = await createMysqlSource(`CREATE OR REPLACE DATABASE ${CORPUS_DATABASE} CHARACTER SET utf8mb4;
      CREATE OR REPLACE USER guarded@'%' IDENTIFIED BY 'guarded'; USE ${CORPUS_DATABASE}; ${MYSQL_CORPUS_DDL}
      GRANT ALL ON ${CORPUS_DATABASE}.* TO guarded@'%'; GRANT ALL ON guard_sales.* TO guarded@'%'`);
    // A user who may write everything here: nothing but the guard and the read-only transaction is in the way of a write.
    const at = new URL(home.url);
    at.pathname = `/${CORPUS_DATABASE}`;
    url = asMysqlUser(at.href, 'guarded', 'guarded');
  });
  afterAll(async () => {
    await connector.close();
    await home?.execute(
      `DROP DATABASE ${CORPUS_DATABASE}; DROP DATABASE guard_sales; DROP USER guarded@'%'; DROP USER IF EXISTS evil@'%'`,
    );
    await home?.drop();
  });

  const guard = (sql: string) =>
    guardSql({ sql, tables: MYSQL_CORPUS_TABLES, dialect: 'mysql', searchPath: [CORPUS_DATABASE] });
  const run = (sql: string, statementTimeoutMs = 30_000) =>
    connector.explainAndRun(
      {
        connectionString: url,
        sql,
        limitedSql: sql,
        statementTimeoutMs,
        signal: new AbortController().signal,
      },
      () => true,
    );

  /** All that a statement could have changed: rows, tables, routines, events, users, databases. */
  const fingerprint = async (): Promise<unknown> =>
    await home.rows(
      `SELECT (SELECT group_concat(id, note) FROM ${CORPUS_DATABASE}.canary) AS canary, (SELECT count(*) FROM ${CORPUS_DATABASE}.orders) AS orders,
        (SELECT next_not_cached_value FROM ${CORPUS_DATABASE}.counter) AS counter,
        (SELECT group_concat(table_name ORDER BY table_name) FROM information_schema.tables WHERE table_schema = '${CORPUS_DATABASE}') AS tables,
        (SELECT group_concat(column_name ORDER BY column_name) FROM information_schema.columns WHERE table_schema = '${CORPUS_DATABASE}') AS columns,
        (SELECT group_concat(index_name ORDER BY index_name) FROM information_schema.statistics WHERE table_schema = '${CORPUS_DATABASE}') AS indexes,
        (SELECT group_concat(routine_name ORDER BY routine_name) FROM information_schema.routines WHERE routine_schema = '${CORPUS_DATABASE}') AS routines,
        (SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = '${CORPUS_DATABASE}') AS triggers,
        (SELECT count(*) FROM information_schema.events WHERE event_schema = '${CORPUS_DATABASE}') AS events,
        (SELECT group_concat(schema_name ORDER BY schema_name) FROM information_schema.schemata WHERE schema_name LIKE 'evil%') AS evil,
        (SELECT group_concat(user ORDER BY user) FROM mysql.global_priv WHERE user LIKE 'evil%') AS users`,
    );

  test('no hostile statement reaches the server', async () => {
    const before = await fingerprint();
    const reached: string[] = [];
    for (const sql of hostile) {
      const verdict = await guard(sql);
      if (!verdict.accepted) continue;
      reached.push(sql);
      await run(verdict.sql).catch(() => undefined);
    }
    expect(reached).toEqual([]);
    expect(await fingerprint()).toEqual(before);
  }, 300_000);

  test('hostile statements that got past the guard change nothing even so: read-only, one statement, no files', async () => {
    const before = await fingerprint();
    // As the connector runs them: EXPLAIN first, which lets through what writes, and then the statement itself.
    for (const sql of hostile.filter((each) => each.length < 2_000))
      await run(sql, 100).catch(() => undefined);
    expect(await fingerprint()).toEqual(before);
  }, 300_000);

  test('every harmless statement is accepted, and runs', async () => {
    const wrong: string[] = [];
    for (const sql of MYSQL_HARMLESS) {
      const verdict = await guard(sql);
      if (!verdict.accepted) wrong.push(`${sql}: ${verdict.error.code}`);
      else
        await run(verdict.sql).catch((error: Error) => wrong.push(`${sql.slice(0, 400)}: ${error.message}`));
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});
