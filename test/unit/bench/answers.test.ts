import { describe, expect, test } from '@jest/globals';
import { asksForOrder, compareResults } from '../../../bench/answers/compare-results.js';
import { goldVariants } from '../../../bench/answers/questions.js';
import { spoil } from '../../../bench/answers/spoil-sql.js';

describe('gold SQL of a set', () => {
  test('has alternatives parted by semicolons, but not by those inside a text', () => {
    expect(goldVariants("SELECT ';' AS a; SELECT 2;")).toEqual(["SELECT ';' AS a", 'SELECT 2']);
  });

  test('allows any non-empty subset of the columns in braces, the grouping with them', () => {
    expect(goldVariants('SELECT {a.x AS n, f(a.y, 1)}, count(*) FROM a GROUP BY {}')).toEqual([
      'SELECT a.x AS n, f(a.y, 1), count(*) FROM a GROUP BY a.x, f(a.y, 1)',
      'SELECT a.x AS n, count(*) FROM a GROUP BY a.x',
      'SELECT f(a.y, 1), count(*) FROM a GROUP BY f(a.y, 1)',
    ]);
  });
});

describe('an answer is compared with a gold result', () => {
  const gold = {
    columns: ['name', 'n'],
    rows: [
      ['a', '3'],
      ['b', '2.50'],
      ['c', '2.50'],
    ],
  };
  const answer = (...rows: (string | number)[][]) => ({ columns: rows[0]!.map(String), rows });

  test('whatever the order of rows and columns and the spelling of numbers', () => {
    const same = answer([2.5, 'c'], [3, 'a'], [2.5, 'b']);
    expect(compareResults(same, gold, false)).toBe('same');
  });

  test('row by row, not column by column', () => {
    expect(compareResults(answer(['a', 2.5], ['b', 3], ['c', 2.5]), gold, false)).toBe('different');
  });

  test('with further columns told apart, and missing ones, other rows and fewer rows refused', () => {
    expect(compareResults(answer([1, 'a', 3], [2, 'b', 2.5], [3, 'c', 2.5]), gold, false)).toBe('more');
    expect(compareResults(answer(['a'], ['b'], ['c']), gold, false)).toBe('different');
    expect(compareResults(answer(['a', 3], ['b', 2.5], ['d', 2.5]), gold, false)).toBe('different');
    expect(compareResults(answer(['a', 3], ['b', 2.5]), gold, false)).toBe('different');
  });

  test('with its order where the question asks for one; rows that are alike in the key may change places', () => {
    expect(asksForOrder('Names, sorted by number')).toBe(true);
    expect(asksForOrder('Top 3 names')).toBe(false);
    expect(compareResults(answer(['a', 3], ['c', 2.5], ['b', 2.5]), gold, true)).toBe('same');
    expect(compareResults(answer(['c', 2.5], ['b', 2.5], ['a', 3]), gold, true)).toBe('different');
  });
});

test('a fault that the SQL has no place for is not made', () => {
  const needs = { tables: ['public.t'], columns: ['public.t.a'] };
  expect(spoil('SELECT a FROM t', needs, 'missing join', 0)).toBeUndefined();
  expect(spoil('SELECT a FROM t', needs, 'wrong column', 0)).toMatchObject({
    text: '```sql\nSELECT a_value FROM t\n```',
  });
  expect(
    spoil('SELECT a FROM t JOIN u ON (t.id = u.id AND u.b IN (1, 2)) WHERE u.c', needs, 'missing join', 0),
  ).toMatchObject({ text: '```sql\nSELECT a FROM t WHERE u.c\n```' });
});
