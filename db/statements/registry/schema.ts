import { createHash } from 'node:crypto';
import type { ForeignKey, RegistryTable, SchemaContext } from '../../../contracts/schema-registry.js';
import type { Transaction } from '../../database.js';
import { toJson } from '../../to-json.js';

interface VersionKey {
  dataSourceId: string;
  versionId: string;
}

/** Writes one page of tables with their columns, set-based: two statements however many there are. */
export async function insertTables(
  tx: Transaction,
  key: VersionKey,
  tables: readonly RegistryTable[],
): Promise<void> {
  const scope = [tx.tenantId, key.dataSourceId, key.versionId];
  await tx.query(
    `INSERT INTO registry_tables (tenant_id, data_source_id, version_id, canonical_table_name, schema_name, table_name,
                                  kind, comment, estimated_rows, columns_hash, column_count)
     SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bytea[],
                                      $11::int[])`,
    [
      ...scope,
      tables.map((table) => table.canonicalTableName),
      tables.map((table) => table.schemaName),
      tables.map((table) => table.tableName),
      tables.map((table) => table.kind),
      tables.map((table) => table.comment),
      tables.map((table) => table.estimatedRows),
      tables.map(({ columns }) => hashColumns(columns)),
      tables.map(({ columns }) => columns.length),
    ],
  );
  const columns = tables.flatMap((table) =>
    table.columns.map((column) => ({ ...column, table: table.canonicalTableName })),
  );
  await tx.query(
    `INSERT INTO registry_columns (tenant_id, data_source_id, version_id, canonical_table_name, canonical_column_name,
                                   column_name, position, data_type, is_nullable, is_primary_key, comment)
     SELECT $1, $2, $3, * FROM unnest($4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::bool[], $10::bool[],
                                      $11::text[])`,
    [
      ...scope,
      columns.map((column) => column.table),
      columns.map((column) => column.canonicalColumnName),
      columns.map((column) => column.name),
      columns.map((column) => column.position),
      columns.map((column) => column.dataType),
      columns.map((column) => column.isNullable),
      columns.map((column) => column.isPrimaryKey),
      columns.map((column) => column.comment),
    ],
  );
}

/** Writes the foreign keys whose two ends are both in this version; returns how many. */
export async function insertForeignKeys(
  tx: Transaction,
  key: VersionKey,
  foreignKeys: readonly ForeignKey[],
): Promise<number> {
  const rows = await tx.query(
    `INSERT INTO registry_foreign_keys (tenant_id, data_source_id, version_id, constraint_name, from_table, from_columns,
                                        to_table, to_columns)
     SELECT $1, $2, $3, f.name, f."fromTable", f."fromColumns", f."toTable", f."toColumns"
     FROM jsonb_to_recordset($4) AS f(name text, "fromTable" text, "fromColumns" text[], "toTable" text, "toColumns" text[])
     WHERE EXISTS (SELECT FROM registry_tables t WHERE t.version_id = $3 AND t.canonical_table_name = f."toTable")
       AND EXISTS (SELECT FROM registry_tables t WHERE t.version_id = $3 AND t.canonical_table_name = f."fromTable")
     RETURNING 1`,
    [tx.tenantId, key.dataSourceId, key.versionId, toJson(foreignKeys)],
  );
  return rows.length;
}

/** The same for two tables whose columns have the same names, types and comments in the same order. */
const hashColumns = (columns: RegistryTable['columns']): Buffer =>
  createHash('sha256')
    .update(JSON.stringify(columns.map(({ name, dataType, comment }) => [name, dataType, comment])))
    .digest();

/** A table without its columns, of which only the hash and the number are told. */
export interface TableHead extends Omit<RegistryTable, 'columns'> {
  /** Hex. */
  columnsHash: string;
  columnCount: number;
}

type TableRow = Omit<RegistryTable, 'columns' | 'estimatedRows'> & { estimatedRows: string | null };
type ColumnRow = RegistryTable['columns'][number] & { table: string };

const TABLE = `canonical_table_name AS "canonicalTableName", schema_name AS "schemaName", table_name AS "tableName", kind,
  comment, estimated_rows AS "estimatedRows"`;
const COLUMN = `canonical_table_name AS "table", canonical_column_name AS "canonicalColumnName", column_name AS name, position,
  data_type AS "dataType", is_nullable AS "isNullable", is_primary_key AS "isPrimaryKey", comment`;

/** All tables of one version without their columns, in no particular order. */
export async function listTableHeads(tx: Transaction, versionId: string): Promise<TableHead[]> {
  const rows = await tx.query<TableRow & { columnsHash: string; columnCount: number }>(
    // Without a hash: read by a version of Quaestor before 0.2 while this one was being deployed.
    `SELECT ${TABLE}, coalesce(encode(columns_hash, 'hex'), canonical_table_name) AS "columnsHash",
            coalesce(column_count, 0) AS "columnCount"
     FROM registry_tables WHERE version_id = $1`,
    [versionId],
  );
  return rows.map((row) => ({ ...row, estimatedRows: toNumber(row.estimatedRows) }));
}

/** Columns of the named tables of one version, by position, by canonical table name. */
export async function loadColumns(
  tx: Transaction,
  versionId: string,
  canonicalTableNames: readonly string[],
): Promise<Map<string, RegistryTable['columns']>> {
  const rows = await tx.query<ColumnRow>(
    `SELECT ${COLUMN} FROM registry_columns WHERE version_id = $1 AND canonical_table_name = ANY($2)
     ORDER BY canonical_table_name, position`,
    [versionId, canonicalTableNames],
  );
  return byTable(rows);
}

/** Names of the columns of each primary key of one version, by canonical table name. */
export async function loadPrimaryKeys(tx: Transaction, versionId: string): Promise<Map<string, string[]>> {
  const rows = await tx.query<{ table: string; columns: string[] }>(
    `SELECT canonical_table_name AS "table", array_agg(column_name ORDER BY position) AS columns
     FROM registry_columns WHERE version_id = $1 AND is_primary_key GROUP BY canonical_table_name`,
    [versionId],
  );
  return new Map(rows.map(({ table, columns }) => [table, columns]));
}

/** The foreign keys that a version's database declares. */
export async function loadForeignKeys(tx: Transaction, versionId: string): Promise<ForeignKey[]> {
  return await tx.query<ForeignKey>(
    `SELECT constraint_name AS name, from_table AS "fromTable", from_columns AS "fromColumns", to_table AS "toTable",
            to_columns AS "toColumns"
     FROM registry_foreign_keys WHERE version_id = $1 ORDER BY from_table, constraint_name`,
    [versionId],
  );
}

/** Tables of a page of a schema: some ten thousand columns of usual tables, decoded within some twenty milliseconds. */
const SCHEMA_PAGE = 150;

/** The whole schema of one version, tables by name and columns by position. */
export async function loadSchema(tx: Transaction, versionId: string): Promise<SchemaContext> {
  const tables: RegistryTable[] = [];
  const texts = new Map<string, string>();
  for (const page of pagesOf(await loadTablesWithoutColumns(tx, versionId)))
    tables.push(...(await withColumns(tx, versionId, page, texts)));
  return { tables, foreignKeys: await loadForeignKeys(tx, versionId) };
}

/**
 * The same, a transaction for each page, so that neither the event loop nor a store with one connection is kept from others for long. A
 * version never changes once it is complete.
 */
export async function loadSchemaInPages(
  inTransaction: <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>,
  versionId: string,
): Promise<SchemaContext> {
  const tables: RegistryTable[] = [];
  const texts = new Map<string, string>();
  for (const page of pagesOf(await inTransaction((tx) => loadTablesWithoutColumns(tx, versionId))))
    tables.push(...(await inTransaction((tx) => withColumns(tx, versionId, page, texts))));
  return { tables, foreignKeys: await inTransaction((tx) => loadForeignKeys(tx, versionId)) };
}

type BareTable = Omit<RegistryTable, 'columns'>;

function* pagesOf(tables: readonly BareTable[]): Generator<readonly BareTable[]> {
  for (let start = 0; start < tables.length; start += SCHEMA_PAGE)
    yield tables.slice(start, start + SCHEMA_PAGE);
}

async function loadTablesWithoutColumns(tx: Transaction, versionId: string): Promise<BareTable[]> {
  const rows = await tx.query<TableRow>(
    `SELECT ${TABLE} FROM registry_tables WHERE version_id = $1 ORDER BY canonical_table_name`,
    [versionId],
  );
  return rows.map((row) => ({ ...row, estimatedRows: toNumber(row.estimatedRows) }));
}

type ColumnValues = [string, string, number, string, boolean, boolean, string | null];

/**
 * Tables with their columns, in one row a table: for 212,270 columns a third of the work of a row each, in the client. Names, types and
 * comments come back in many tables; each different one is kept once, by `texts`.
 */
async function withColumns(
  tx: Transaction,
  versionId: string,
  tables: readonly BareTable[],
  texts: Map<string, string>,
): Promise<RegistryTable[]> {
  const rows = await tx.query<{ table: string; columns: string }>(
    `SELECT canonical_table_name AS "table",
            json_agg(json_build_array(canonical_column_name, column_name, position, data_type, is_nullable, is_primary_key, comment)
                     ORDER BY position)::text AS columns
     FROM registry_columns WHERE version_id = $1 AND canonical_table_name = ANY($2) GROUP BY canonical_table_name`,
    [versionId, tables.map(({ canonicalTableName }) => canonicalTableName)],
  );
  const once = (text: string): string => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, text);
    return text;
  };
  const columns = new Map(
    rows.map(({ table, columns }) => [
      table,
      (JSON.parse(columns) as ColumnValues[]).map(
        ([canonicalColumnName, name, position, dataType, isNullable, isPrimaryKey, comment]) => ({
          canonicalColumnName,
          name: once(name),
          position,
          dataType: once(dataType),
          isNullable,
          isPrimaryKey,
          comment: comment === null ? null : once(comment),
        }),
      ),
    ]),
  );
  return tables.map((table) => ({ ...table, columns: columns.get(table.canonicalTableName) ?? [] }));
}

const toNumber = (text: string | null): number | null => (text === null ? null : Number(text));

function byTable(rows: readonly ColumnRow[]): Map<string, RegistryTable['columns']> {
  const lists = new Map<string, RegistryTable['columns']>();
  for (const { table, ...column } of rows) {
    const list = lists.get(table);
    if (list) list.push(column);
    else lists.set(table, [column]);
  }
  return lists;
}
