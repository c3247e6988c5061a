import type { ColumnInfo, Link, TableInfo } from './vocabulary.js';

/**
 * Joins that only names tell, for schemas that declare too few keys. Only between tables that no declared key connects.
 * - `x_id` of one table, and the key of the table named `x`;
 * - `xid` of one table, and a key of the very same name in the one table whose name begins with `x` (`custid` of customer).
 * A table without a declared primary key gets the key by which it was joined.
 */
export function impliedLinks(tables: readonly TableInfo[], declared: readonly Link[]): Link[] {
  const connected = new Set(
    declared.flatMap((l) => [`${l.from.rank}-${l.to.rank}`, `${l.to.rank}-${l.from.rank}`]),
  );
  const used = new Set(declared.flatMap((link) => link.fromColumns));
  const found: Link[] = [];
  for (const to of tables) {
    const key = keyOf(to, tables);
    if (!key) continue;
    const names = new Set(
      [to.words, to.aliasWords].filter((w) => w.length > 0).map((w) => w.map((x) => x.concept).join(' ')),
    );
    for (const from of tables) {
      if (from === to || connected.has(`${from.rank}-${to.rank}`)) continue;
      const matches = from.columns.filter((column) => {
        if (used.has(column) || column.kind !== key.kind) return false;
        if (isShortKey(key)) return column.source.name === key.source.name;
        const endsInId = column.words.length > 1 && column.words.at(-1)!.concept === 'id';
        const rest = column.words.slice(0, -1).map((w) => w.concept);
        return endsInId && names.has(rest.join(' '));
      });
      if (matches.length === 1) {
        found.push({ from, fromColumns: matches, to, toColumns: [key], implied: true });
      }
    }
    if (to.primaryKey.length === 0 && found.some((link) => link.to === to)) to.primaryKey = [key];
  }
  for (const link of found) {
    for (const column of [...link.fromColumns, ...link.toColumns]) column.isKey = true;
    link.fromColumns[0]!.refersTo ??= link.to;
  }
  return found;
}

/** `aid`, `custid`: letters of the table's name and `id` in one word. */
const isShortKey = (column: ColumnInfo): boolean =>
  column.words.length === 1 && /^[a-z]+id$/.test(column.words[0]!.concept);

function keyOf(table: TableInfo, tables: readonly TableInfo[]): ColumnInfo | undefined {
  if (table.primaryKey.length > 0) return table.primaryKey.length === 1 ? table.primaryKey[0] : undefined;
  const plain = table.columns.find((c) => c.words.length === 1 && c.words[0]!.concept === 'id');
  if (plain) return plain;
  const fits = (t: TableInfo, column: ColumnInfo) => {
    const letters = column.words[0]!.concept.slice(0, -2);
    return t.words.length === 1 && t.words[0]!.concept.startsWith(letters);
  };
  const own = table.columns.filter(
    (column) => !column.source.isNullable && isShortKey(column) && fits(table, column),
  );
  if (own.length !== 1) return undefined;
  const isOnly = tables.every(
    (t) => t === table || !t.columns.some((c) => c.source.name === own[0]!.source.name && fits(t, c)),
  );
  return isOnly ? own[0] : undefined;
}
