import { describe, expect, it } from '@jest/globals';
import { parse } from 'libpg-query';
import { guardSql } from '../../../activities/answers/guard-sql.js';
import type { GuardSqlInput } from '../../../activities/answers/guard-sql-input.js';
import { type ErrorCode, isErrorCode } from '../../../contracts/errors.js';
import type { ErrorRecord } from '../../../contracts/quaestor-error.js';
import { ALLOWED_FUNCTIONS } from '../../../domain/guard/allowed-functions.js';
import { limitFromOutside } from '../../../domain/guard/limit-from-outside.js';
import type { GuardVerdict } from '../../../domain/guard/verdict.js';
import { CORPUS_TABLES } from './corpus-schema.js';
import { HARMLESS } from './harmless.js';
import { HOSTILE } from './hostile.js';

const guard = (sql: string, options: Partial<GuardSqlInput> = {}): Promise<GuardVerdict> =>
  guardSql({ sql, tables: CORPUS_TABLES, ...options });

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
const unknownOf = async (sql: string, options?: Partial<GuardSqlInput>): Promise<unknown> =>
  (await refused(sql, options)).details?.['unknown'];

const hostile = Object.entries(HOSTILE).flatMap(([code, statements]) =>
  statements.map((sql): [string, string] => [code, sql]),
);
/** The tree without places in the text. */
const shape = async (sql: string): Promise<string> =>
  JSON.stringify(await parse(sql), (key, value: unknown) =>
    /location$|^list_|^stmt_len$|^rexpr_list/.test(key) ? undefined : value,
  );

describe('the guard', () => {
  it('has a corpus worth the name', () => {
    expect(hostile.length).toBeGreaterThanOrEqual(120);
    expect(HARMLESS.length).toBeGreaterThanOrEqual(60);
    expect(Object.keys(HOSTILE).every(isErrorCode)).toBe(true);
  });

  it('refuses every hostile statement for the right reason', async () => {
    const wrong: unknown[] = [];
    for (const [code, sql] of hostile) {
      const verdict = await guard(sql);
      const got: ErrorCode | 'accepted' = verdict.accepted ? 'accepted' : verdict.error.code;
      if (got !== code) wrong.push({ sql: sql.slice(0, 200), code, got });
    }
    expect(wrong).toEqual([]);
  });

  it('accepts every harmless statement, and changes nothing of it', async () => {
    const wrong: unknown[] = [];
    for (const sql of HARMLESS) {
      const verdict = await guard(sql);
      if (!verdict.accepted) wrong.push({ sql: sql.slice(0, 200), error: verdict.error });
      else if ((await shape(verdict.sql)) !== (await shape(sql))) wrong.push({ sql, changed: verdict.sql });
    }
    expect(wrong).toEqual([]);
  });

  it('limits from outside, with the query as the one thing inside', async () => {
    for (const sql of HARMLESS) {
      const verdict = await accepted(sql);
      const [inside, outside] = [await shape(verdict.sql), await shape(verdict.limitedSql)];
      expect(outside).toContain(inside.slice('{"version":180004,"stmts":[{"stmt":'.length, -'}]}'.length));
      expect(
        outside.endsWith(
          '"limitCount":{"A_Const":{"ival":{"ival":10001}}},"limitOption":"LIMIT_OPTION_COUNT","op":"SETOP_NONE"}}}]}',
        ),
      ).toBe(true);
    }
    expect(limitFromOutside('SELECT 1 -- one', 5)).toBe(
      'SELECT * FROM (\nSELECT 1 -- one\n) AS quaestor_result LIMIT 6',
    );
    expect(() => limitFromOutside('SELECT 1', 1.5)).toThrow(RangeError);
  });

  it('gives the one statement without semicolons, also after letters of several bytes', async () => {
    expect((await accepted(" ;; SELECT 'ä📦' AS x ; ; -- end")).sql).toBe("SELECT 'ä📦' AS x");
    expect((await accepted('/* größe */ SELECT 1 /* x */')).sql).toBe('SELECT 1 /* x */');
  });

  it('tells the tables and columns that are read', async () => {
    const verdict = await accepted(
      'WITH o AS (SELECT customer_id AS c, sum(total) AS s FROM orders GROUP BY 1) SELECT name, s FROM o JOIN customers ON id = c',
    );
    expect(verdict.tables).toEqual(['public.customers', 'public.orders']);
    expect(verdict.columns).toEqual([
      'public.customers.id',
      'public.customers.name',
      'public.orders.customer_id',
      'public.orders.total',
    ]);
    expect((await accepted('SELECT x.* FROM "Order Lines" x, orders')).columns).toEqual(
      CORPUS_TABLES.find((table) => table.tableName === 'Order Lines')!
        .columns.map((column) => column.canonicalColumnName)
        .sort(),
    );
    expect((await accepted('SELECT count(*) FROM orders')).columns).toEqual([]);
  });

  it('suggests the nearest tables, columns and functions', async () => {
    expect(await unknownOf('SELECT * FROM order_itms')).toEqual([
      { kind: 'table', name: 'order_itms', suggestions: ['public.order_items'] },
    ]);
    expect(await unknownOf('SELECT o.totl, nam FROM orders o')).toEqual([
      { kind: 'column', name: 'o.totl', suggestions: ['public.orders.total'] },
      {
        kind: 'column',
        name: 'nam',
        suggestions: ['public.customers.name', 'public.products.name', 'public.employees.name'],
      },
    ]);
    expect(await unknownOf('SELECT orders.email FROM orders')).toEqual([
      { kind: 'column', name: 'orders.email', suggestions: ['public.customers.email'] },
    ]);
    expect(await unknownOf('SELECT date_trnc($$day$$, ordered_at) FROM orders')).toEqual([
      { kind: 'function', name: 'date_trnc', suggestions: ['date_trunc'] },
    ]);
  });

  it('tells of twenty unknown names at most', async () => {
    const names = Array.from({ length: 500 }, (_, i) => `x${i}`);
    expect(await unknownOf(`SELECT ${names.join(', ')} FROM orders`)).toHaveLength(20);
    expect(await unknownOf(`SELECT ${names.map((name) => `${name}()`).join(', ')}`)).toHaveLength(20);
  });

  it('finds unqualified tables in the search path only, and names the schema that has them', async () => {
    expect(await unknownOf('SELECT * FROM invoices')).toEqual([
      { kind: 'table', name: 'invoices', suggestions: ['sales.invoices'] },
    ]);
    expect((await accepted('SELECT * FROM invoices', { searchPath: ['sales', 'public'] })).tables).toEqual([
      'sales.invoices',
    ]);
    expect((await refused('SELECT * FROM orders', { searchPath: ['sales'] })).code).toBe('sql_unknown_table');
  });

  it('has no system catalogs, even if the index lists them', async () => {
    const tables = ['pg_catalog', 'information_schema', 'public'].map((schemaName) => ({
      canonicalTableName: `${schemaName}.pg_class`,
      schemaName,
      tableName: 'pg_class',
      columns: [],
    }));
    for (const name of ['pg_class', 'pg_catalog.pg_class', 'information_schema.pg_class'])
      expect((await refused(`SELECT 1 FROM ${name}`, { tables })).code).toBe('sql_unknown_table');
    expect((await accepted('SELECT 1 FROM public.pg_class', { tables })).tables).toEqual(['public.pg_class']);
  });

  it('allows the functions that an operator adds, as they are called', async () => {
    const extraFunctions = ['similarity', 'geo.distance'];
    await accepted('SELECT similarity(name, $$x$$), geo.distance(id, 1) FROM customers', { extraFunctions });
    await accepted('SELECT s.similarity FROM similarity($$a$$, $$b$$) s(similarity)', { extraFunctions });
    expect((await refused('SELECT distance(id, 1) FROM customers', { extraFunctions })).code).toBe(
      'sql_unknown_function',
    );
    expect((await refused('SELECT geo.similarity(name, name) FROM customers', { extraFunctions })).code).toBe(
      'sql_unknown_function',
    );
    expect(
      (await refused('SELECT s.pg_sleep FROM similarity($$a$$, $$b$$) s', { extraFunctions })).code,
    ).toBe('sql_unknown_table');
  });

  it('says where the syntax is wrong, counting characters', async () => {
    const error = await refused("SELECT 'ä📦'\nFROM orders WHERE WHERE");
    expect(error).toMatchObject({
      code: 'sql_syntax_error',
      details: { position: 31, line: 2, column: 19, token: 'WHERE', near: 'WHERE' },
    });
  });

  it('still parses after a hundred texts made to overflow the parser’s stack', async () => {
    for (let i = 0; i < 100; i += 1)
      expect((await refused(`SELECT 1${'+1'.repeat(9_900)}`)).code).toBe('sql_syntax_error');
    await accepted('SELECT id FROM orders');
  });

  it('has no function on its list that acts, waits, or runs SQL given as text', () => {
    const dangerous =
      /^(?:pg_|lo_|dblink|txid_|inet_(?:server|client)|has_|ts_(?:stat|rewrite)|set_config|.*to_xml)|^(?:nextval|setval|currval|lastval|current_setting|setseed|repeat|array_fill|version)$/;
    expect([...ALLOWED_FUNCTIONS].filter((name) => dangerous.test(name))).toEqual([]);
  });
});
