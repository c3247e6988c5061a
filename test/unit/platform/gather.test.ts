import { expect, test } from '@jest/globals';
import { createGather } from '../../../platform/gather.js';

test('what is asked while a call is under way goes together in the next one, by group', async () => {
  const calls: string[][] = [];
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gather = createGather(async (group: string, items: readonly string[]) => {
    calls.push([group, ...items]);
    if (group === 'a') await gate;
    return items.map((item) => item.toUpperCase());
  });
  const first = gather('a', 'one');
  expect(await gather('b', 'other')).toBe('OTHER');
  const later = Promise.all([gather('a', 'two'), gather('a', 'three')]);
  open();
  expect([await first, ...(await later)]).toEqual(['ONE', 'TWO', 'THREE']);
  expect(calls.filter(([group]) => group === 'a')).toEqual([
    ['a', 'one'],
    ['a', 'two', 'three'],
  ]);
});

test('a call that fails fails for those in it, and the next one is made', async () => {
  let calls = 0;
  const gather = createGather(async (_group: string, items: readonly number[]) => {
    if (++calls === 1) throw new Error('away');
    return items;
  });
  await expect(Promise.all([gather('a', 1), gather('a', 2)])).rejects.toThrow('away');
  expect(await gather('a', 3)).toBe(3);
});

test('no call takes more than its share', async () => {
  const sizes: number[] = [];
  const gather = createGather(async (_group: string, items: readonly number[]) => {
    sizes.push(items.length);
    return items;
  }, 2);
  expect(await Promise.all([1, 2, 3, 4, 5].map((item) => gather('a', item)))).toEqual([1, 2, 3, 4, 5]);
  expect(sizes).toEqual([2, 2, 1]);
});
