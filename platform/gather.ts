/**
 * Collects what is asked of one scarce thing at the same moment into few large calls: while a call of a group is under way, the
 * group's newcomers wait and go together in the next one.
 *
 * `work` returns one result for each item, in their order; when it throws, each of its items throws.
 */
export function createGather<Item, Result>(
  work: (group: string, items: readonly Item[]) => Promise<readonly Result[]>,
  maxItems = 100,
): (group: string, item: Item) => Promise<Result> {
  interface Waiting {
    item: Item;
    resolve: (result: Result) => void;
    reject: (error: unknown) => void;
  }
  const groups = new Map<string, Waiting[]>();

  const run = async (group: string): Promise<void> => {
    // Requests that arrived in the same turn of the event loop come along.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    for (let queue = groups.get(group); queue?.length; queue = groups.get(group)) {
      const taken = queue.splice(0, maxItems);
      try {
        const results = await work(
          group,
          taken.map(({ item }) => item),
        );
        for (const [index, { resolve }] of taken.entries()) resolve(results[index] as Result);
      } catch (error) {
        for (const { reject } of taken) reject(error);
      }
    }
    groups.delete(group);
  };

  return async (group, item) =>
    await new Promise<Result>((resolve, reject) => {
      const waiting = { item, resolve, reject };
      const queue = groups.get(group);
      if (queue) {
        queue.push(waiting);
        return;
      }
      groups.set(group, [waiting]);
      void run(group);
    });
}
