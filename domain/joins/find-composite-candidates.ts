import type { ForeignKey } from '../../contracts/schema-registry.js';
import { singular, splitIdentifier } from '../built-in-model/words.js';
import type { JoinCandidate, JoinColumn, JoinTable } from './join-candidate.js';
import { isKeyWord, keyFamily } from './key-words.js';

/** The same names and types as a declared key of several columns; the data must agree. */
const SCORE = 0.6;
const MAX_COLUMNS = 3;
/** A column that so many tables of a schema have tells none of them apart (`tenant_id`). */
const MAX_TABLES = 50;

/**
 * Columns of a table that have the names and types of another table's declared key of two or three columns, in the same schema:
 * `returns(order_id, line_no)` and `order_lines(order_id, line_no)`. None where several tables have such a key, where it is the table's own,
 * or where none of its columns is a key's by its name (year and month).
 */
export function findCompositeCandidates(
  tables: readonly JoinTable[],
  declared: readonly ForeignKey[],
): JoinCandidate[] {
  const byColumn = new Map<string, JoinTable[]>();
  const placeOf = (table: JoinTable, name: string) => JSON.stringify([table.schemaName, name.toLowerCase()]);
  for (const table of tables)
    for (const { name } of table.columns) {
      const list = byColumn.get(placeOf(table, name));
      if (list) list.push(table);
      else byColumn.set(placeOf(table, name), [table]);
    }
  const known = new Set(declared.map((key) => endsName(key.fromTable, key.fromColumns)));
  const found = new Map<string, JoinCandidate[]>();
  for (const far of tables) {
    const key = far.columns.filter(({ isPrimaryKey }) => isPrimaryKey);
    if (key.length < 2 || key.length > MAX_COLUMNS || !key.some(namesKey)) continue;
    const sharing = key.map(({ name }) => byColumn.get(placeOf(far, name)) ?? []);
    const fewest = sharing.reduce((a, b) => (b.length < a.length ? b : a));
    if (fewest.length > MAX_TABLES) continue;
    for (const near of fewest) {
      if (near === far) continue;
      const columns = key.map((column) => likeIn(near, column));
      if (!columns.every((column) => column !== undefined)) continue;
      const isOwnKey =
        columns.every(({ isPrimaryKey }) => isPrimaryKey) &&
        near.columns.filter(({ isPrimaryKey }) => isPrimaryKey).length === columns.length;
      const fromColumns = columns.map(({ name }) => name);
      const name = endsName(near.canonicalTableName, fromColumns);
      if (isOwnKey || known.has(name)) continue;
      const candidate = {
        fromTable: near.canonicalTableName,
        fromColumns,
        toTable: far.canonicalTableName,
        toColumns: key.map((column) => column.name),
        nameScore: SCORE,
        evidence: [`named as the key of ${far.tableName}`],
        needsUnique: false,
        isWeak: true,
      };
      found.set(name, [...(found.get(name) ?? []), candidate]);
    }
  }
  return [...found.values()].flatMap((list) => (list.length === 1 ? list : []));
}

const endsName = (table: string, columns: readonly string[]): string =>
  JSON.stringify([table, ...columns.map((name) => name.toLowerCase()).sort()]);

const namesKey = ({ name }: JoinColumn): boolean => {
  const words = splitIdentifier(name).map(singular);
  return words.length > 1 && isKeyWord(words.at(-1)!);
};

const likeIn = (table: JoinTable, { name, dataType }: JoinColumn): JoinColumn | undefined =>
  table.columns.find(
    (column) =>
      column.name.toLowerCase() === name.toLowerCase() && keyFamily(column.dataType) === keyFamily(dataType),
  );
