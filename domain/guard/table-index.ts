import type { GuardTable } from './verdict.js';

export const DEFAULT_SEARCH_PATH: readonly string[] = ['public'];

/** Schemas that no question is about. Names in them are unknown, whatever the registry has. */
const isSystemSchema = (schema: string): boolean =>
  schema === 'information_schema' || schema.startsWith('pg_');

/** The registry's tables, found by the names that SQL uses. */
export interface TableIndex {
  /** The table that Postgres would read; `schema` undefined for an unqualified name. */
  find(schema: string | undefined, name: string): GuardTable | undefined;
  /** Names of all columns of all tables. */
  columnNames(): ReadonlySet<string>;
  /** All that can be found. */
  tables: readonly GuardTable[];
}

export const createTableIndex = (
  tables: readonly GuardTable[],
  searchPath: readonly string[] = DEFAULT_SEARCH_PATH,
): TableIndex => {
  const visible = tables.filter((table) => !isSystemSchema(table.schemaName));
  const bySchema = new Map<string, Map<string, GuardTable>>();
  for (const table of visible) {
    const schema = bySchema.get(table.schemaName) ?? new Map<string, GuardTable>();
    bySchema.set(table.schemaName, schema.set(table.tableName, table));
  }

  const find: TableIndex['find'] = (schema, name) => {
    if (schema !== undefined) return bySchema.get(schema)?.get(name);
    // Postgres looks into pg_catalog first, so this may be a catalog although a table of the same name is in the path.
    if (name.startsWith('pg_')) return undefined;
    for (const candidate of searchPath) {
      const table = bySchema.get(candidate)?.get(name);
      if (table) return table;
    }
    return undefined;
  };

  let allColumns: ReadonlySet<string> | undefined;
  const columnNames: TableIndex['columnNames'] = () => {
    allColumns ??= new Set(visible.flatMap((table) => table.columns.map((column) => column.name)));
    return allColumns;
  };

  return { find, columnNames, tables: visible };
};
