import {
  listTableHeads,
  loadColumns,
  loadPrimaryKeys,
  type TableHead,
} from '../../db/statements/registry/schema.js';
import type { JoinColumn, JoinTable } from '../../domain/joins/join-candidate.js';
import { keyFamily } from '../../domain/joins/key-words.js';
import type { TenantStore } from '../patient-store.js';

/** Tables whose columns are read in one transaction. */
const PAGE_TABLES = 200;

/**
 * The tables of a version, by name, as the search for joins needs them: with the columns only whose types keys have. Tables of equal
 * columns and keys share one list, so that thousands of shards take the memory of one.
 */
export async function loadJoinTables(
  { db }: { db: TenantStore },
  { tenantId, versionId }: { tenantId: string; versionId: string },
): Promise<JoinTable[]> {
  const [heads, keys] = await db.withTenant(tenantId, async (tx) => [
    await listTableHeads(tx, versionId),
    await loadPrimaryKeys(tx, versionId),
  ]);
  const shapeOf = ({ canonicalTableName, columnsHash }: TableHead): string =>
    JSON.stringify([columnsHash, keys.get(canonicalTableName) ?? []]);
  const oneOfEach = new Map(heads.map((head) => [shapeOf(head), head.canonicalTableName]));
  const lists = new Map<string, JoinColumn[]>();
  const names = [...oneOfEach.values()];
  for (let start = 0; start < names.length; start += PAGE_TABLES) {
    const page = names.slice(start, start + PAGE_TABLES);
    const columns = await db.withTenant(tenantId, (tx) => loadColumns(tx, versionId, page));
    for (const [table, list] of columns)
      lists.set(
        table,
        list
          .filter(({ dataType }) => keyFamily(dataType) !== undefined)
          .map(({ name, dataType, isPrimaryKey }) => ({ name, dataType, isPrimaryKey })),
      );
  }
  return heads
    .map((head) => ({
      canonicalTableName: head.canonicalTableName,
      schemaName: head.schemaName,
      tableName: head.tableName,
      columns: lists.get(oneOfEach.get(shapeOf(head))!) ?? [],
    }))
    .sort((a, b) => (a.canonicalTableName < b.canonicalTableName ? -1 : 1));
}
