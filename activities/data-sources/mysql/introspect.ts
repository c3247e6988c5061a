import type { Readable } from 'node:stream';
import type { ForeignKey, RegistryTable, RelationKind } from '../../../contracts/schema-registry.js';
import { canonicalColumnName, canonicalTableName } from '../../../domain/canonical-names.js';
import type { Session } from './session.js';

/** Tables of one page. */
const PAGE_TABLES = 500;
/** A longer list of an ENUM or SET is left out of the type. */
const MAX_TYPE_CHARS = 200;

/** Databases of the server itself. */
const SYSTEM = "('information_schema', 'mysql', 'performance_schema', 'sys')";
/** Engines whose rows are elsewhere. */
const FOREIGN = /^(FEDERATED|FEDERATEDX|CONNECT|SPIDER|S3|OQGRAPH)$/i;

const scope = (column: string, includeSchemas: readonly string[]): string =>
  `${column} NOT IN ${SYSTEM}${includeSchemas.length > 0 ? ` AND ${column} IN (?)` : ''}`;

const relationsSql = (includeSchemas: readonly string[]): string => `
  SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, TABLE_TYPE AS type, ENGINE AS engine,
         TABLE_COMMENT AS comment, TABLE_ROWS AS estimated_rows, CREATE_OPTIONS LIKE '%partitioned%' AS is_partitioned
  FROM information_schema.TABLES
  WHERE ${scope('TABLE_SCHEMA', includeSchemas)} AND TABLE_TYPE IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
  ORDER BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY)`;

/** Columns that the user may read. Sorted by bytes, since names that differ in case only are two tables on most servers. */
const columnsSql = (includeSchemas: readonly string[]): string => `
  SELECT TABLE_SCHEMA AS schema_name, TABLE_NAME AS table_name, COLUMN_NAME AS name, ORDINAL_POSITION AS position,
         COLUMN_TYPE AS type, DATA_TYPE AS short_type, IS_NULLABLE = 'YES' AS is_nullable, COLUMN_KEY = 'PRI' AS is_primary_key,
         COLUMN_COMMENT AS comment
  FROM information_schema.COLUMNS
  WHERE ${scope('TABLE_SCHEMA', includeSchemas)} AND FIND_IN_SET('select', LOWER(PRIVILEGES)) > 0
  ORDER BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY), ORDINAL_POSITION`;

const foreignKeysSql = (includeSchemas: readonly string[]): string => `
  SELECT CONSTRAINT_NAME AS name, TABLE_SCHEMA AS from_schema, TABLE_NAME AS from_table, COLUMN_NAME AS from_column,
         REFERENCED_TABLE_SCHEMA AS to_schema, REFERENCED_TABLE_NAME AS to_table, REFERENCED_COLUMN_NAME AS to_column
  FROM information_schema.KEY_COLUMN_USAGE
  WHERE ${scope('TABLE_SCHEMA', includeSchemas)} AND REFERENCED_TABLE_NAME IS NOT NULL
  ORDER BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY), CAST(CONSTRAINT_NAME AS BINARY), ORDINAL_POSITION`;

interface RelationRow {
  schema_name: string;
  table_name: string;
  type: string;
  engine: string | null;
  comment: string | null;
  estimated_rows: string | number | null;
  is_partitioned: number | null;
}

interface ColumnRow {
  schema_name: string;
  table_name: string;
  name: string;
  position: string | number;
  type: string;
  short_type: string;
  is_nullable: number;
  is_primary_key: number;
  comment: string | null;
}

interface ForeignKeyRow {
  name: string;
  from_schema: string;
  from_table: string;
  from_column: string;
  to_schema: string;
  to_table: string;
  to_column: string;
}

/**
 * Schemas that were asked for but show nothing to this user. The server hides them altogether, so that those which do not exist
 * look the same.
 */
export async function findSkippedSchemas(
  session: Session,
  includeSchemas: readonly string[],
): Promise<string[]> {
  if (includeSchemas.length === 0) return [];
  const visible = await session.rows<{ name: string }>(
    'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA',
  );
  const names = new Set(visible.map(({ name }) => name));
  return includeSchemas.filter((name) => !names.has(name)).sort();
}

/**
 * Tables and views that the user may read, with their columns, in pages by name: one statement for the tables and one for all
 * columns, which is streamed, since the server gathers each answer of its catalog anew. Views that are broken have no columns
 * and are left out. `readable` is filled with the canonical names of the columns.
 */
export async function* readTables(
  session: Session,
  includeSchemas: readonly string[],
  readable: Set<string>,
): AsyncGenerator<RegistryTable[]> {
  const values = includeSchemas.length > 0 ? [includeSchemas] : [];
  const relations = new Map<string, RelationRow>();
  for (const row of await session.rows<RelationRow>(relationsSql(includeSchemas), values))
    relations.set(canonicalTableName(row.schema_name, row.table_name), row);
  const columns = session.connection
    .query(columnsSql(includeSchemas), values)
    .stream({ highWaterMark: 1_000 });
  let page: RegistryTable[] = [];
  let table: RegistryTable | undefined;
  try {
    for await (const row of columns as Readable & AsyncIterable<ColumnRow>) {
      const name = canonicalTableName(row.schema_name, row.table_name);
      if (table?.canonicalTableName !== name) {
        const relation = relations.get(name);
        if (!relation) continue;
        if (page.length === PAGE_TABLES) {
          yield page;
          page = [];
        }
        table = toRegistryTable(name, relation);
        page.push(table);
      }
      const canonicalName = canonicalColumnName(row.schema_name, row.table_name, row.name);
      readable.add(canonicalName);
      table.columns.push({
        canonicalColumnName: canonicalName,
        name: row.name,
        position: Number(row.position),
        dataType: row.type.length <= MAX_TYPE_CHARS ? row.type : row.short_type,
        isNullable: Number(row.is_nullable) === 1,
        isPrimaryKey: Number(row.is_primary_key) === 1,
        comment: row.comment || null,
      });
    }
    if (page.length > 0) yield page;
  } catch (error) {
    // What is left of the rows is still on the wire.
    session.isSpent = true;
    throw error;
  }
}

function toRegistryTable(canonicalName: string, row: RelationRow): RegistryTable {
  return {
    canonicalTableName: canonicalName,
    schemaName: row.schema_name,
    tableName: row.table_name,
    kind: relationKind(row),
    // The server's own word for a view, and for one that is broken, stands where a comment would.
    comment: row.type === 'VIEW' ? null : row.comment || null,
    estimatedRows: row.type === 'VIEW' || row.estimated_rows === null ? null : Number(row.estimated_rows),
    columns: [],
  };
}

function relationKind({ type, engine, is_partitioned: isPartitioned }: RelationRow): RelationKind {
  if (type === 'VIEW') return 'view';
  if (FOREIGN.test(engine ?? '')) return 'foreign-table';
  return Number(isPartitioned) === 1 ? 'partitioned-table' : 'table';
}

/** @param readable canonical names of the columns that the user may read; keys with others are left out */
export async function readForeignKeys(
  session: Session,
  includeSchemas: readonly string[],
  readable: ReadonlySet<string>,
): Promise<ForeignKey[]> {
  const values = includeSchemas.length > 0 ? [includeSchemas] : [];
  const keys = new Map<string, ForeignKey & { isClosed?: boolean }>();
  for (const row of await session.rows<ForeignKeyRow>(foreignKeysSql(includeSchemas), values)) {
    const fromTable = canonicalTableName(row.from_schema, row.from_table);
    const id = `${fromTable} ${row.name}`;
    const key = keys.get(id) ?? {
      name: row.name,
      fromTable,
      fromColumns: [],
      toTable: canonicalTableName(row.to_schema, row.to_table),
      toColumns: [],
    };
    keys.set(id, key);
    key.fromColumns.push(row.from_column);
    key.toColumns.push(row.to_column);
    const from = canonicalColumnName(row.from_schema, row.from_table, row.from_column);
    const to = canonicalColumnName(row.to_schema, row.to_table, row.to_column);
    // The schema of a key's other end may not have been asked for; whether it is in the index is seen when it is used.
    const isOutside = includeSchemas.length > 0 && !includeSchemas.includes(row.to_schema);
    key.isClosed ||= !readable.has(from) || !(readable.has(to) || isOutside);
  }
  return [...keys.values()]
    .filter(({ isClosed }) => !isClosed)
    .map(({ name, fromTable, fromColumns, toTable, toColumns }) => ({
      name,
      fromTable,
      fromColumns,
      toTable,
      toColumns,
    }));
}
