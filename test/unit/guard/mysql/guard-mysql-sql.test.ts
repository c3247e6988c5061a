import { describe, expect, it } from '@jest/globals';
import { guardSql } from '../../../../activities/answers/guard-sql.js';
import type { GuardSqlInput } from '../../../../activities/answers/guard-sql-input.js';
import { type ErrorCode, isErrorCode } from '../../../../contracts/errors.js';
import type { ErrorRecord } from '../../../../contracts/quaestor-error.js';
import { ALLOWED_MYSQL_FUNCTIONS } from '../../../../domain/guard/mysql/allowed-functions.js';
import type { GuardVerdict } from '../../../../domain/guard/verdict.js';
import { CORPUS_DATABASE, MYSQL_CORPUS_TABLES } from './corpus-schema.js';
import { MYSQL_HARMLESS } from './harmless.js';
import { MYSQL_HOSTILE } from './hostile.js';

const guard = (sql: string, options: Partial<GuardSqlInput> = {}): Promise<GuardVerdict> =>
  guardSql({ sql, tables: MYSQL_CORPUS_TABLES, dialect: 'mysql', searchPath: [CORPUS_DATABASE], ...options });
const accepted = async (sql: string, options?: Partial<GuardSqlInput>) => {
  const verdict = await guard(sql, options);
  if (!verdict.accepted) throw new Error(`Refused: ${verdict.error.message} ${sql}`);
  return verdict;
};
const refused = async (sql: string, options?: Partial<GuardSqlInput>): Promise<ErrorRecord> => {
  const verdict = await guard(sql, options);
  if (verdict.accepted) throw new Error(`Accepted: ${sql}`);
  return verdict.error;
};
const unknownOf = async (sql: string): Promise<unknown> => (await refused(sql)).details?.['unknown'];

const hostile = Object.entries(MYSQL_HOSTILE).flatMap(([code, statements]) =>
  statements.map((sql): [string, string] => [code, sql]),
);

describe('the guard for MySQL and MariaDB', () => {
  it('has a corpus worth the name', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(300);
    expect(MYSQL_HARMLESS.length).toBeGreaterThanOrEqual(100);
    expect(Object.keys(MYSQL_HOSTILE).every(isErrorCode)).toBe(true);
  });

  it('refuses every hostile statement for the right reason', async () => {
    const wrong: unknown[] = [];
    for (const [code, sql] of hostile) {
      const verdict = await guard(sql);
      const got: ErrorCode | 'accepted' = verdict.accepted ? 'accepted' : verdict.error.code;
      if (got !== code) wrong.push({ sql: sql.slice(0, 200), code, got });
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it('accepts every harmless statement', async () => {
    const wrong: unknown[] = [];
    for (const sql of MYSQL_HARMLESS) {
      const verdict = await guard(sql);
      if (!verdict.accepted) wrong.push({ sql: sql.slice(0, 200), error: verdict.error });
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it('runs the text that it read: without comments and semicolons, texts in single quotes, brackets right behind what they call', async () => {
    const verdict = await accepted(
      ' ;; SELECT /*+ MAX_EXECUTION_TIME(0) */ COUNT (*) AS "ä""\'📦\\"", \'\\\'\' -- /*! x\n  FROM orders # end\n;; ',
    );
    expect(verdict.sql).toBe("SELECT COUNT(*) AS 'ä\"''📦\"', '\\''\nFROM orders");
    expect(verdict.limitedSql).toBe(verdict.sql);
    // What was accepted is accepted again, as it is.
    expect(await accepted(verdict.sql)).toEqual(verdict);
  });

  it('tells the tables and columns that are read', async () => {
    const verdict = await accepted(
      'WITH o AS (SELECT customer_id AS c, sum(total) AS s FROM orders GROUP BY c) SELECT Name, s FROM o JOIN customers ON id = c',
    );
    expect(verdict.tables).toEqual(['guard_shop.customers', 'guard_shop.orders']);
    expect(verdict.columns).toEqual([
      'guard_shop.customers.id',
      'guard_shop.customers.name',
      'guard_shop.orders.customer_id',
      'guard_shop.orders.total',
    ]);
    expect((await accepted('SELECT x.* FROM by_year x, orders')).columns).toEqual([
      'guard_shop.by_year.id',
      'guard_shop.by_year.y',
    ]);
    expect((await accepted('SELECT count(*) FROM orders')).columns).toEqual([]);
  });

  it('suggests the nearest tables, columns and functions, as MySQL spells them', async () => {
    expect(await unknownOf('SELECT * FROM order_itms')).toEqual([
      { kind: 'table', name: 'order_itms', suggestions: ['guard_shop.order_items'] },
    ]);
    expect(await unknownOf('SELECT o.totl FROM orders o')).toEqual([
      { kind: 'column', name: 'o.totl', suggestions: ['guard_shop.orders.total'] },
    ]);
    expect(await unknownOf('SELECT `Line Nr` FROM `Order Lines`')).toEqual([
      { kind: 'column', name: 'Line Nr', suggestions: ['guard_shop.`Order Lines`.`Line No`'] },
    ]);
    expect(await unknownOf("SELECT date_formt(ordered_at, '%Y') FROM orders")).toEqual([
      { kind: 'function', name: 'date_formt', suggestions: ['date_format'] },
    ]);
  });

  it('finds unqualified tables in the database of the connection only', async () => {
    expect(await unknownOf('SELECT * FROM invoices')).toEqual([
      { kind: 'table', name: 'invoices', suggestions: ['guard_sales.invoices'] },
    ]);
    const { tables } = await accepted('SELECT * FROM invoices', { searchPath: ['guard_sales'] });
    expect(tables).toEqual(['guard_sales.invoices']);
    expect((await refused('SELECT * FROM orders', { searchPath: [] })).code).toBe('sql_unknown_table');
  });

  it('has no databases of the server, even if the index lists them', async () => {
    const tables = ['mysql', 'information_schema', 'performance_schema', 'sys'].map((schemaName) => ({
      canonicalTableName: `${schemaName}.user`,
      schemaName,
      tableName: 'user',
      columns: [],
    }));
    for (const { schemaName } of tables)
      expect((await refused(`SELECT 1 FROM ${schemaName}.user`, { tables })).code).toBe('sql_unknown_table');
  });

  it('allows the functions that a tenant adds, as they are called', async () => {
    const extraFunctions = ['levenshtein', 'Geo.distance'];
    await accepted("SELECT levenshtein(name, 'x'), geo.distance(id, 1) FROM customers", { extraFunctions });
    for (const sql of [
      'SELECT distance(id, 1) FROM customers',
      'SELECT geo.levenshtein(name) FROM customers',
    ])
      expect((await refused(sql, { extraFunctions })).code).toBe('sql_unknown_function');
  });

  it('says where a text cannot be read, counting characters', async () => {
    expect(await refused("SELECT 'ä📦'\nFROM orders WHERE id = ?")).toMatchObject({
      code: 'sql_syntax_error',
      details: { position: 36, line: 2, column: 24, near: '?' },
    });
  });

  it('tells of twenty unknown names at most', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `x${i}`);
    expect(await unknownOf(`SELECT ${names.join(', ')} FROM orders`)).toHaveLength(20);
    expect(await unknownOf(`SELECT ${names.map((name) => `${name}()`).join(', ')}`)).toHaveLength(20);
  });

  it('still parses after texts made to overflow the parser’s stack', async () => {
    for (let i = 0; i < 20; i += 1)
      expect((await refused(`SELECT 1${'+1'.repeat(9_900)}`)).code).toBe('sql_syntax_error');
    await accepted('SELECT id FROM orders');
  }, 120_000);

  it('has no function on its list that acts, waits, reads files or tells about the server', () => {
    const dangerous =
      /lock|sleep|benchmark|file|pos_wait|gtid|user|version|database|schema|connection|exec|eval|nextval|setval|lastval|insert_id|row_count|found_rows|xml|password|crypt|repeat|space|charset|default|name_const/;
    expect([...ALLOWED_MYSQL_FUNCTIONS].filter((name) => dangerous.test(name))).toEqual([]);
  });
});
