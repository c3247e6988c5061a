/**
 * The schema registry: the indexed schema of a data source, in versions. One version is active; a new one is built beside it
 * and switched on when complete. Canonical names are `schema.table` and `schema.table.column`, as the database spells them,
 * with parts quoted only where SQL needs it (domain/canonical-names.ts).
 */
export type RelationKind = 'table' | 'view' | 'materialized-view' | 'foreign-table' | 'partitioned-table';

export interface RegistryColumn {
  canonicalColumnName: string;
  name: string;
  position: number;
  /** As `format_type` prints it: `numeric(12,2)`, `timestamp with time zone`. */
  dataType: string;
  isNullable: boolean;
  isPrimaryKey: boolean;
  comment: string | null;
}

export interface ForeignKey {
  name: string;
  /** Canonical name of the table that has the key, and its columns in order. */
  fromTable: string;
  fromColumns: string[];
  /** Canonical name of the table pointed at, and its columns in the same order. */
  toTable: string;
  toColumns: string[];
  /** Not declared by the database but inferred from names and values, and accepted by nobody yet. */
  isInferred?: boolean;
}

export interface RegistryTable {
  canonicalTableName: string;
  schemaName: string;
  tableName: string;
  kind: RelationKind;
  comment: string | null;
  /** The planner's estimate; null where it has none. */
  estimatedRows: number | null;
  columns: RegistryColumn[];
}

/** Tables with the foreign keys among and from them: what a question is answered with. */
export interface SchemaContext {
  tables: RegistryTable[];
  foreignKeys: ForeignKey[];
}

/** Values that text columns hold, as stored, by canonical column name. Only columns with few, short values that are not about people. */
export type SampledValues = Readonly<Record<string, readonly string[]>>;
