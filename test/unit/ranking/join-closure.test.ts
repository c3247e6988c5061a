import { describe, expect, test } from '@jest/globals';
import type { ForeignKey } from '../../../contracts/schema-registry.js';
import { closeJoinPaths } from '../../../domain/ranking/join-closure.js';

/** `a-b` is a key of a to b. */
const keys = (...pairs: string[]): ForeignKey[] =>
  pairs.map((pair) => {
    const [fromTable, toTable] = pair.split('-') as [string, string];
    return { name: pair, fromTable, fromColumns: ['k'], toTable, toColumns: ['id'] };
  });
const added = (chosen: string[], foreignKeys: ForeignKey[], limit = 6): string[] =>
  closeJoinPaths(chosen, foreignKeys, limit).map(({ table }) => table);

describe('the tables on the way between chosen ones', () => {
  test('are added whichever end points at the other', () => {
    expect(added(['a', 'c'], keys('a-b', 'c-b'))).toEqual(['b']);
    expect(added(['a', 'c'], keys('b-a', 'b-c'))).toEqual(['b']);
    expect(added(['a', 'd'], keys('a-b', 'c-b', 'c-d')).sort()).toEqual(['b', 'c']);
  });

  test('are not added where a key joins the two, or another chosen table is the way', () => {
    expect(added(['a', 'c'], keys('a-b', 'b-c', 'a-c'))).toEqual([]);
    expect(added(['a', 'b', 'c'], keys('a-b', 'b-c'))).toEqual([]);
    expect(added(['a', 'c', 'b'], keys('a-b', 'b-c'))).toEqual([]);
  });

  test('lead over three keys at most', () => {
    expect(added(['a', 'e'], keys('a-b', 'b-c', 'c-d', 'd-e'))).toEqual([]);
  });

  test('are told with the two that they connect', () => {
    expect(closeJoinPaths(['a', 'c'], keys('a-b', 'b-c'), 6)).toEqual([{ table: 'b', connects: ['a', 'c'] }]);
  });

  test('stop at the limit', () => {
    expect(added(['a', 'z', 'y'], keys('a-b', 'b-z', 'a-c', 'c-y'), 1)).toEqual(['b']);
  });

  test('are complete in any graph: every chosen table that a way of three keys leads to from an earlier one is reached by tables at hand', () => {
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 300; round++) {
      const pairs = Array.from({ length: 14 }, () => [random(12), random(12)] as const).filter(
        ([a, b]) => a !== b,
      );
      const foreignKeys = keys(...pairs.map(([a, b]) => `t${a}-t${b}`));
      const chosen = [...new Set(Array.from({ length: 4 }, () => `t${random(12)}`))];
      const atHand = new Set([...chosen, ...added(chosen, foreignKeys, 100)]);
      const everything = new Set(Array.from({ length: 12 }, (_, n) => `t${n}`));
      for (const [place, table] of chosen.entries()) {
        const earlier = chosen.slice(0, place);
        const isNear = earlier.some((other) => distance(table, other, everything, foreignKeys) <= 3);
        const isJoined = earlier.some((other) => distance(table, other, atHand, foreignKeys) < Infinity);
        expect({ round, table, isJoined: isNear && isJoined }).toEqual({ round, table, isJoined: isNear });
      }
    }
  });
});

/** Keys between two tables by way of `through` only. */
function distance(
  from: string,
  to: string,
  through: ReadonlySet<string>,
  foreignKeys: readonly ForeignKey[],
): number {
  let reached = new Set([from]);
  for (let steps = 0; steps <= 12; steps++) {
    if (reached.has(to)) return steps;
    const next = new Set(reached);
    for (const { fromTable, toTable } of foreignKeys) {
      if (reached.has(fromTable) && through.has(toTable)) next.add(toTable);
      if (reached.has(toTable) && through.has(fromTable)) next.add(fromTable);
    }
    if (next.size === reached.size) return Infinity;
    reached = next;
  }
  return Infinity;
}
