import type { RegistryTable } from '../contracts/schema-registry.js';
import { quoteIdentifier } from './canonical-names.js';
import { finish } from './finish.js';

/** Tables that differ by numbers in their names only: shards by date, yearly editions, numbered partitions. */
export interface TableFamily {
  /** Folded name: `public.events_#`. Of several families with one folded name the later ones have `~2`, `~3` … added. */
  id: string;
  /** By name; one member for a table that has no like. */
  members: RegistryTable[];
}

/** Share of columns (of both together) that two tables must have in common to be of one family. */
const MIN_SHARED_COLUMNS = 0.5;

/** Tables of one schema whose names are equal after folding digits: what a family's members have in common besides columns. */
export const familyName = ({
  schemaName,
  tableName,
}: Pick<RegistryTable, 'schemaName' | 'tableName'>): string =>
  // The schema's part ends at the first dot outside of quotes, so two schemas never share a name.
  `${quoteIdentifier(schemaName)}.${foldDigits(tableName)}`;

/** A name with every run of digits replaced by `#`. */
export const foldDigits = (name: string): string => name.replace(/\d+/g, '#');

/**
 * Puts tables of one schema into families: names equal after folding digits, and columns that are (nearly) the same: editions of
 * later years often gain or lose some, so half of them must be shared with the family's first member, digits folded there too.
 * The same tables give the same families, in whatever order they come.
 */
export const groupFamilies = (tables: readonly RegistryTable[]): TableFamily[] =>
  finish(groupFamiliesInSteps(tables));

/** The same in small steps, for whoever must do other things in between: thousands of tables take a good part of a second. */
export function* groupFamiliesInSteps(tables: readonly RegistryTable[]): Generator<void, TableFamily[]> {
  const byName = new Map<string, RegistryTable[]>();
  for (const table of tables) {
    const name = familyName(table);
    const list = byName.get(name);
    if (list) list.push(table);
    else byName.set(name, [table]);
  }
  const found: TableFamily[] = [];
  for (const [name, list] of byName) {
    if (list.length === 1) {
      found.push({ id: name, members: list });
      continue;
    }
    const families: { columns: ReadonlySet<string>; members: RegistryTable[] }[] = [];
    for (const table of list.sort(byTableName)) {
      yield;
      // Shards mostly have the very columns of the first one.
      const same = families.find(({ members }) => haveSameColumns(members[0]!, table));
      const columns = same?.columns ?? new Set(table.columns.map((column) => foldDigits(column.name)));
      const like = families.find((family) => sharedPart(family.columns, columns) >= MIN_SHARED_COLUMNS);
      if (like) like.members.push(table);
      else families.push({ columns, members: [table] });
    }
    for (const [index, { members }] of families.entries())
      found.push({ id: index === 0 ? name : `${name}~${index + 1}`, members });
  }
  return found;
}

const haveSameColumns = (a: RegistryTable, b: RegistryTable): boolean =>
  a.columns.length === b.columns.length &&
  a.columns.every(({ name }, index) => name === b.columns[index]!.name);

/** In code units, as no database's collation would. */
export const byTableName = (
  a: Pick<RegistryTable, 'tableName'>,
  b: Pick<RegistryTable, 'tableName'>,
): number => (a.tableName < b.tableName ? -1 : 1);

function sharedPart(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a === b) return 1;
  let shared = 0;
  for (const name of b) if (a.has(name)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 1 : shared / all;
}

/**
 * The member that a text means: the one whose numbers it mentions most (`events in 2019` and `events_2019`), else the newest,
 * which is the last by name.
 */
export function pickMember(family: TableFamily, text: string): RegistryTable {
  const last = family.members.at(-1)!;
  if (family.members.length === 1) return last;
  const numbers = new Set(text.match(/\d+/g) ?? []);
  let best = last;
  let most = 0;
  for (const member of family.members) {
    const own = member.tableName.match(/\d+/g) ?? [];
    const mentioned = own.filter((number) => mentions(numbers, number)).length;
    if (mentioned >= most && mentioned > 0) {
      best = member;
      most = mentioned;
    }
  }
  return best;
}

/** A number of a name in a text: as it is, or the year of a date written together (`20190131`). */
const mentions = (numbers: ReadonlySet<string>, number: string): boolean =>
  numbers.has(number) || ((number.length === 8 || number.length === 6) && numbers.has(number.slice(0, 4)));
