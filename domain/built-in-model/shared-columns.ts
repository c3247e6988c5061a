import type { ColumnInfo, Link, TableInfo } from './vocabulary.js';

/** Last words of columns that name a thing, so that two of the very same name hold the same things. */
const NAMING = new Set('id name code symbol key number uuid'.split(' '));

/**
 * Joins by columns of the very same name (`state_name` in two tables), for tables that no key connects. Where one of the two
 * tables looks to hold one row for each value, the other belongs to it; else the two are peers, which only an EXISTS may
 * connect, as a join would multiply rows. A name of one vague word (`id`, `name`) connects nothing.
 */
export function sharedColumnLinks(tables: readonly TableInfo[], known: readonly Link[]): Link[] {
  const connected = new Set(
    known.flatMap((l) => [`${l.from.rank}-${l.to.rank}`, `${l.to.rank}-${l.from.rank}`]),
  );
  const found: Link[] = [];
  for (const [i, a] of tables.entries()) {
    for (const b of tables.slice(i + 1)) {
      if (connected.has(`${a.rank}-${b.rank}`)) continue;
      const pairs = sharedColumns(a, b);
      const keyed = pairs.find(([left, right]) => keyRank(left) !== keyRank(right));
      if (keyed) {
        const [left, right] = keyed;
        found.push(keyRank(left) > keyRank(right) ? link(right, left, false) : link(left, right, false));
      } else found.push(...pairs.map(([left, right]) => link(left, right, true)));
    }
  }
  for (const { to, toColumns, fromColumns, isPeer } of found) {
    if (isPeer) continue;
    if (to.primaryKey.length === 0) to.primaryKey = [...toColumns];
    fromColumns[0]!.refersTo ??= to;
  }
  return found;
}

const link = (from: ColumnInfo, to: ColumnInfo, isPeer: boolean): Link => ({
  from: from.table,
  fromColumns: [from],
  to: to.table,
  toColumns: [to],
  implied: true,
  isPeer,
});

function sharedColumns(a: TableInfo, b: TableInfo): [ColumnInfo, ColumnInfo][] {
  return a.columns.flatMap((left): [ColumnInfo, ColumnInfo][] => {
    if (!isNaming(left)) return [];
    const right = b.columns.find((c) => c.source.name === left.source.name && c.kind === left.kind);
    return right ? [[left, right]] : [];
  });
}

/** `city_name`, `isbn_code`: of two words or more in the database, the last of which names a thing. */
const isNaming = ({ source, words, kind }: ColumnInfo): boolean =>
  (kind === 'text' || kind === 'number') &&
  NAMING.has(words.at(-1)!.concept) &&
  !NAMING.has(source.name.toLowerCase());

/** 2 where the column names the table itself, 1 where it comes first and further facts follow, else 0. */
function keyRank(column: ColumnInfo): number {
  const { table } = column;
  const isDeclared = table.primaryKey.length === 1 && table.primaryKey[0] === column;
  const own = table.words.map((w) => w.concept).join(' ');
  const said = column.words
    .slice(0, -1)
    .map((w) => w.concept)
    .join(' ');
  const full = column.source.name.toLowerCase().startsWith(table.source.tableName.toLowerCase());
  if (isDeclared || said === own || (said === '' && full))
    return table.primaryKey.length === 0 || isDeclared ? 2 : 0;
  if (table.primaryKey.length > 0) return 0;
  const hasOtherKey = table.columns.some((c) => c.words.at(-1)!.concept === 'id' || c === table.labels[0]);
  // The name of another table's thing: there may be many rows for one of it, unless facts only follow.
  return table.columns[0] === column && table.columns.length > 2 && !hasOtherKey ? 1 : 0;
}
