import type { PoolClient } from 'pg';
import type { ForeignKey, RegistryTable, RelationKind } from '../../../contracts/schema-registry.js';
import { canonicalColumnName, canonicalTableName } from '../../../domain/canonical-names.js';

/** A page has at most so many tables, and no more of them once they have so many columns: dropped columns count, too. */
const PAGE_TABLES = 500;
const PAGE_COLUMNS = 5_000;

const KINDS: Record<string, RelationKind> = {
  r: 'table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
  p: 'partitioned-table',
};

/** Schemas with tables that were left out because the user may not use them. */
const SKIPPED_SCHEMAS = `
  SELECT n.nspname AS name FROM pg_namespace n
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND (cardinality($1::text[]) = 0 OR n.nspname = ANY($1))
    AND NOT has_schema_privilege(n.oid, 'USAGE')
    AND EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'm', 'f', 'p'))
  ORDER BY 1`;

/** Relations that the user may read, at least in part; partitions are reached by their parent. */
const RELATIONS = `
  SELECT c.oid::int8 AS oid, n.nspname AS schema_name, c.relname AS table_name, c.relkind AS kind, c.relnatts AS columns,
         obj_description(c.oid, 'pg_class') AS comment,
         CASE WHEN c.relkind IN ('r', 'm', 'p', 'f') AND c.reltuples >= 0 THEN c.reltuples::int8
              -- autovacuum never analyses the parent of partitions
              WHEN c.relkind = 'p' THEN (
                SELECT sum(l.reltuples)::int8 FROM pg_partition_tree(c.oid) p JOIN pg_class l ON l.oid = p.relid
                WHERE p.isleaf AND l.reltuples >= 0)
         END AS estimated_rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p') AND NOT c.relispartition
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND (cardinality($1::text[]) = 0 OR n.nspname = ANY($1))
    AND has_schema_privilege(n.oid, 'USAGE')
    AND (has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT'))
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY n.nspname, c.relname`;

const COLUMNS = `
  SELECT a.attrelid::int8 AS oid, a.attname AS name, a.attnum AS position, format_type(a.atttypid, a.atttypmod) AS data_type,
         NOT a.attnotnull AS is_nullable,
         coalesce(a.attnum = ANY(p.conkey), false) AS is_primary_key,
         col_description(a.attrelid, a.attnum) AS comment
  FROM pg_attribute a LEFT JOIN pg_constraint p ON p.conrelid = a.attrelid AND p.contype = 'p'
  WHERE a.attrelid = ANY($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
    AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
  ORDER BY a.attrelid, a.attnum`;

/** Foreign keys between columns that the user may read. */
const FOREIGN_KEYS = `
  SELECT k.conname AS name, fn.nspname AS from_schema, f.relname AS from_table, tn.nspname AS to_schema, t.relname AS to_table,
         (SELECT array_agg(a.attname::text ORDER BY u.i) FROM unnest(k.conkey) WITH ORDINALITY u(n, i)
          JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n) AS from_columns,
         (SELECT array_agg(a.attname::text ORDER BY u.i) FROM unnest(k.confkey) WITH ORDINALITY u(n, i)
          JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n) AS to_columns
  FROM pg_constraint k
  JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
  JOIN pg_class t ON t.oid = k.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
  WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT f.relispartition
    AND fn.nspname !~ '^pg_' AND (cardinality($1::text[]) = 0 OR fn.nspname = ANY($1))
    AND NOT EXISTS (SELECT FROM unnest(k.conkey) n WHERE NOT has_column_privilege(k.conrelid, n, 'SELECT'))
    AND NOT EXISTS (SELECT FROM unnest(k.confkey) n WHERE NOT has_column_privilege(k.confrelid, n, 'SELECT'))
  ORDER BY fn.nspname, f.relname, k.conname`;

interface RelationRow {
  oid: string;
  schema_name: string;
  table_name: string;
  kind: string;
  columns: number;
  comment: string | null;
  estimated_rows: string | null;
}

interface ColumnRow {
  oid: string;
  name: string;
  position: number;
  data_type: string;
  is_nullable: boolean;
  is_primary_key: boolean;
  comment: string | null;
}

interface ForeignKeyRow {
  name: string;
  from_schema: string;
  from_table: string;
  to_schema: string;
  to_table: string;
  from_columns: string[];
  to_columns: string[];
}

/** Schemas that hold tables but are closed to this user. */
export async function findSkippedSchemas(
  client: PoolClient,
  includeSchemas: readonly string[],
): Promise<string[]> {
  return (await client.query<{ name: string }>(SKIPPED_SCHEMAS, [includeSchemas])).rows.map(
    (row) => row.name,
  );
}

/** Tables and views that the user may read, with their columns, in pages; a fixed number of queries for each page. */
export async function* readTables(
  client: PoolClient,
  includeSchemas: readonly string[],
): AsyncGenerator<RegistryTable[]> {
  const relations = (await client.query<RelationRow>(RELATIONS, [includeSchemas])).rows;
  for (const page of pagesOf(relations)) {
    const columns = await client.query<ColumnRow>(COLUMNS, [page.map((relation) => relation.oid)]);
    const byTable = new Map<string, ColumnRow[]>();
    for (const column of columns.rows) {
      const list = byTable.get(column.oid);
      if (list) list.push(column);
      else byTable.set(column.oid, [column]);
    }
    yield page.map((relation) => toRegistryTable(relation, byTable.get(relation.oid) ?? []));
  }
}

function* pagesOf(relations: readonly RelationRow[]): Generator<RelationRow[]> {
  let page: RelationRow[] = [];
  let columns = 0;
  for (const relation of relations) {
    page.push(relation);
    columns += relation.columns;
    if (page.length < PAGE_TABLES && columns < PAGE_COLUMNS) continue;
    yield page;
    page = [];
    columns = 0;
  }
  if (page.length > 0) yield page;
}

function toRegistryTable(relation: RelationRow, columns: readonly ColumnRow[]): RegistryTable {
  const { schema_name: schemaName, table_name: tableName } = relation;
  return {
    canonicalTableName: canonicalTableName(schemaName, tableName),
    schemaName,
    tableName,
    kind: KINDS[relation.kind] ?? 'table',
    comment: relation.comment,
    estimatedRows: relation.estimated_rows === null ? null : Number(relation.estimated_rows),
    columns: columns.map((column) => ({
      canonicalColumnName: canonicalColumnName(schemaName, tableName, column.name),
      name: column.name,
      position: column.position,
      dataType: column.data_type,
      isNullable: column.is_nullable,
      isPrimaryKey: column.is_primary_key,
      comment: column.comment,
    })),
  };
}

export async function readForeignKeys(
  client: PoolClient,
  includeSchemas: readonly string[],
): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKeyRow>(FOREIGN_KEYS, [includeSchemas]);
  return rows.map((row) => ({
    name: row.name,
    fromTable: canonicalTableName(row.from_schema, row.from_table),
    fromColumns: row.from_columns,
    toTable: canonicalTableName(row.to_schema, row.to_table),
    toColumns: row.to_columns,
  }));
}
