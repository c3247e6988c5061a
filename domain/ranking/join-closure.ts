import type { ForeignKey } from '../../contracts/schema-registry.js';

/** Longest path that is filled in, in foreign keys; longer ones seldom mean what was asked. */
const MAX_KEYS = 3;

/**
 * Tables that lie between chosen ones: for each chosen table, the shortest path by foreign keys (either direction) to the nearest
 * chosen table before it. Without these no join between the chosen ones could be written. Returned in the order found,
 * at most `limit`, with the two tables that each one connects.
 */
export function closeJoinPaths(
  chosen: readonly string[],
  foreignKeys: readonly ForeignKey[],
  limit: number,
): { table: string; connects: [string, string] }[] {
  const neighbours = new Map<string, Set<string>>();
  const connect = (from: string, to: string) => {
    const set = neighbours.get(from);
    if (set) set.add(to);
    else neighbours.set(from, new Set([to]));
  };
  for (const key of foreignKeys) {
    connect(key.fromTable, key.toTable);
    connect(key.toTable, key.fromTable);
  }
  const present = new Set(chosen.slice(0, 1));
  const added: { table: string; connects: [string, string] }[] = [];
  for (const table of chosen.slice(1)) {
    const path = shortestPath(table, present, neighbours);
    for (const between of path?.slice(1, -1) ?? []) {
      if (present.has(between) || chosen.includes(between) || added.length === limit) continue;
      added.push({ table: between, connects: [path!.at(-1)!, table] });
      present.add(between);
    }
    present.add(table);
  }
  return added;
}

/** From `start` to the nearest member of `goals`, both ends included. */
function shortestPath(
  start: string,
  goals: ReadonlySet<string>,
  neighbours: ReadonlyMap<string, ReadonlySet<string>>,
): string[] | undefined {
  const seen = new Set([start]);
  let paths = [[start]];
  for (let keys = 1; keys <= MAX_KEYS; keys++) {
    const next: string[][] = [];
    for (const path of paths) {
      for (const neighbour of neighbours.get(path.at(-1)!) ?? []) {
        if (goals.has(neighbour)) return [...path, neighbour];
        if (seen.has(neighbour)) continue;
        seen.add(neighbour);
        next.push([...path, neighbour]);
      }
    }
    paths = next;
  }
  return undefined;
}
