import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'libpg-query';
import { guardSql } from '../../../activities/answers/guard-sql.js';
import { LIMITS } from '../../../contracts/limits.js';
import { MAX_NESTING, nestingBound } from '../../../domain/guard/nesting-bound.js';
import { CORPUS_TABLES } from './corpus-schema.js';
import { HARMLESS } from './harmless.js';

const depthOf = (value: unknown): number => {
  let deepest = 0;
  const waiting: [unknown, number][] = [[value, 0]];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [node, depth] = next;
    deepest = Math.max(deepest, depth);
    if (typeof node === 'object' && node !== null)
      for (const child of Object.values(node)) waiting.push([child, depth + 1]);
  }
  return deepest;
};

/** JSON levels of the tree that one level of the bound may stand for, and those that every statement has. */
const LEVELS_EACH = 16;
const LEVELS_ALWAYS = 24;

const expression = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 8 },
    fc.constantFrom(
      '1',
      'a.and',
      'a.end',
      "'(('",
      '"(("',
      '$$((--$$',
      "E'\\'(('",
      'x /* (( /* */ */',
      'a."case"',
    ),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `${a} + ${b}`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(${a}) AND (${b})`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `CASE WHEN ${a} THEN ${b} ELSE ${a} END`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `(SELECT ${a} AS end, ${b} case UNION SELECT 1, 2)`),
    fc.tuple(tie('any'), tie('any')).map(([a, b]) => `f(${a}, (ARRAY[${b}])[1])`),
    tie('any').map((a) => `NOT ${a}`),
    tie('any').map((a) => `- (${a})::int`),
    tie('any').map((a) => `(${a} -- ((\n) COLLATE "C"`),
    tie('any').map((a) => `(SELECT 1 FROM a JOIN b ON ${a} JOIN c ON f(1, 2))`),
  ),
})).any;

describe('the bound of nesting', () => {
  it('grows with the depth of the tree, whatever the text is made of', async () => {
    await fc.assert(
      fc.asyncProperty(expression, async (text) => {
        const sql = `SELECT ${text}`;
        const tree = await parse(sql);
        expect(depthOf(tree)).toBeLessThanOrEqual(LEVELS_ALWAYS + LEVELS_EACH * nestingBound(sql));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a chain of operators', `1${'+1'.repeat(600)}`],
    ['brackets', `${'('.repeat(600)}1${')'.repeat(600)}`],
    ['chains within brackets', `${'('.repeat(60)}1${'+1+1+1+1+1+1+1+1+1+1)'.repeat(60)}`],
    ['CASE within CASE', `${'CASE WHEN a AND b THEN '.repeat(600)}1${' END'.repeat(600)}`],
    ['UNION of lists', `1, 2${' UNION SELECT 1, 2'.repeat(600)}`],
    ['joins', `1 FROM a${' JOIN b ON f(1, 2) AND true'.repeat(600)}`],
    ['outputs called end', `${'(SELECT 1 end, '.repeat(600)}1${')'.repeat(600)}`],
    ['columns called and', `a.and${' + a.and'.repeat(600)}`],
  ])('is not fooled by %s', (_, text) => {
    expect(nestingBound(`SELECT ${text}`)).toBeGreaterThan(MAX_NESTING);
  });

  it.each<[string, (n: number) => string]>([
    ['operators', (n) => `1${'+1'.repeat(n)}`],
    ['brackets with AND and OR', (n) => `${'(true AND (false OR '.repeat(n)}true${'))'.repeat(n)}`],
    ['sub-selects', (n) => `${'(SELECT '.repeat(n)}1${')'.repeat(n)}`],
    ['sub-selects in FROM', (n) => `1 FROM ${'(SELECT * FROM '.repeat(n)}orders${') x'.repeat(n)}`],
    [
      'calls with sorted rows',
      (n) => `${'array_agg(1 ORDER BY (ROW(ARRAY[['.repeat(n)}1${']])))'.repeat(n)}`,
    ],
    ['CASE', (n) => `${'CASE WHEN false THEN 1 ELSE '.repeat(n)}1${' END'.repeat(n)}`],
    ['UNION', (n) => `1${' UNION SELECT 1'.repeat(n)}`],
    [
      'joins',
      (n) =>
        `1 FROM orders o0${Array.from({ length: n }, (_, i) => ` CROSS JOIN orders o${i + 1}`).join('')}`,
    ],
  ])('leaves what the parser and the guard can do: %s', async (_, make) => {
    let n = 1;
    while (make(n * 2).length < LIMITS.sqlChars && nestingBound(`SELECT ${make(n * 2)}`) <= MAX_NESTING)
      n *= 2;
    while (nestingBound(`SELECT ${make(n + 1)}`) <= MAX_NESTING && make(n + 1).length < LIMITS.sqlChars - 10)
      n += 1;
    const verdict = await guardSql({ sql: `SELECT ${make(n)}`, tables: CORPUS_TABLES });
    expect(verdict).toMatchObject({ accepted: true });
  });

  it('lets pass long lists, conditions, and texts in strings and comments', () => {
    expect(Math.max(...HARMLESS.map(nestingBound))).toBeLessThanOrEqual(MAX_NESTING);
    expect(
      nestingBound(`SELECT '${'('.repeat(9_000)}', $a$${'('.repeat(9_000)}$a$ /*${'('.repeat(900)}*/`),
    ).toBe(1);
  });
});
