import { expect, test } from '@jest/globals';
import { parse } from 'libpg-query';
import { mysqlAsPostgres } from '../../../activities/answers/mysql-as-postgres.js';
import { placedTokens } from '../../../activities/answers/placed-tokens.js';
import type { QueryDialect } from '../../../contracts/data-source.js';
import { duckDbAsPostgres, queryShapes } from '../../../domain/warnings/query-shape.js';
import { findTiesCutOff, sayTiesCutOff } from '../../../domain/warnings/ties-cut-off.js';
import { readTopCut } from '../../../domain/warnings/top-cut.js';
import { SHOP } from './shop-schema.js';

async function tiesOf(sql: string, dialect: QueryDialect = 'postgres') {
  const read = dialect === 'mysql' ? (await mysqlAsPostgres(sql))! : duckDbAsPostgres(sql);
  const shape = queryShapes(await parse(read), SHOP).at(-1)!;
  const cut = readTopCut(sql, await placedTokens(sql, dialect));
  return cut ? findTiesCutOff(shape, cut) : [];
}

/** What the rows are compared by. */
const comparedBy = async (sql: string, dialect?: QueryDialect) => {
  const [ties] = await tiesOf(sql, dialect);
  return ties && [...ties.countSql.matchAll(/, (\(.*?\)) AS quaestor_key_\d+/g)].map(([, key]) => key);
};

const TOP = 'SELECT c.name, sum(o.total) AS spent FROM orders o JOIN customers c ON c.id = o.customer_id';

test.each([
  ['SELECT name FROM products ORDER BY price DESC LIMIT 3', ['(price)']],
  ['SELECT name, price p FROM products ORDER BY p DESC, name, id LIMIT 3', ['(price)']],
  [
    'SELECT p.name, p.price FROM products p ORDER BY 2 DESC NULLS LAST FETCH FIRST 3 ROWS ONLY',
    ['(p.price)'],
  ],
  ['SELECT DISTINCT price, stock FROM products ORDER BY stock, price DESC LIMIT 3', ['(stock)', '(price)']],
  [`${TOP} GROUP BY c.name, c.id ORDER BY sum(o.total) DESC, c.name, c.id LIMIT 5`, ['(sum(o.total))']],
  [`${TOP} GROUP BY 1 ORDER BY spent DESC OFFSET 5 LIMIT 5;`, ['(sum(o.total))']],
  [
    'SELECT status, count(*) FROM orders GROUP BY status ORDER BY count(*) DESC, status LIMIT 1',
    ['(count(*))'],
  ],
  ["SELECT 'ü;,LIMIT' AS x, id FROM orders -- LIMIT 2\n ORDER BY placed_at LIMIT 1", ['(placed_at)']],
  [
    'WITH t AS (SELECT id, total FROM orders ORDER BY id LIMIT 9) SELECT id FROM t ORDER BY total LIMIT 2',
    ['(total)'],
  ],
])('rows are alike in what ranks them, whatever else sorts them: %s', async (sql, keys) => {
  expect(await comparedBy(sql)).toEqual(keys);
});

test.each([
  'SELECT name, price FROM products ORDER BY price DESC',
  'SELECT name, price FROM products LIMIT 5',
  'SELECT name, price FROM products ORDER BY id LIMIT 5',
  'SELECT sum(total) FROM orders ORDER BY 1 LIMIT 1',
  'SELECT status, count(*) FROM orders GROUP BY status ORDER BY status LIMIT 2',
  'SELECT name FROM products UNION SELECT name FROM tags ORDER BY name LIMIT 2',
  'SELECT * FROM products ORDER BY 2 LIMIT 2',
  'SELECT name FROM products ORDER BY price FETCH FIRST 2 ROWS WITH TIES',
  'SELECT name FROM products ORDER BY price LIMIT 1 + 1',
  'SELECT * FROM (SELECT name FROM products ORDER BY price LIMIT 2) AS x',
])('nothing is asked where nothing is cut, or no two rows can be alike: %s', async (sql) => {
  expect(await tiesOf(sql)).toEqual([]);
});

test('each dialect is asked in its own spelling', async () => {
  const mysql = 'SELECT `name`, price FROM products ORDER BY price IS NULL, price LIMIT 2, 4';
  expect(await tiesOf(mysql, 'mysql')).toMatchObject([
    {
      limit: 4,
      by: ['price'],
      countSql: expect.stringContaining('`name`, price, (price IS NULL) AS quaestor_key_1'),
    },
  ]);
  const duckdb = 'SELECT status, count(*) AS n FROM orders GROUP BY ALL ORDER BY n DESC LIMIT 4';
  expect(await comparedBy(duckdb, 'duckdb')).toEqual(['(count(*))']);
});

test('how many rows are alike and how many of them are not shown is said; without hidden ones nothing is', async () => {
  const [ties] = await tiesOf('SELECT name, price FROM products ORDER BY price DESC LIMIT 3');
  const say = (limit: number, ...counts: number[]) =>
    sayTiesCutOff([{ ...ties!, limit }], new Map(counts.length > 0 ? [[ties!.countSql, counts]] : []));
  expect(say(3, 4, 2)).toMatchObject([
    {
      code: 'ties_cut_off',
      message:
        'The cut after 3 rows goes through rows that are alike: 4 share the last value of price, and 2 of them are not shown.',
      details: { limit: 3, by: ['price'], tied: 4, hidden: 2, isMore: false },
    },
  ]);
  expect(say(1, 1002, 1001)[0]?.message).toBe(
    'The first place is shared: more than 1,001 rows are alike in price, and one of them is shown.',
  );
  expect(say(3, 2, 0)).toEqual([]);
  expect(say(3)).toEqual([]);
});
