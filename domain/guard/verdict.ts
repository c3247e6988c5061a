import type { ErrorRecord } from '../../contracts/quaestor-error.js';
import type { RegistryColumn, RegistryTable } from '../../contracts/schema-registry.js';

/** What the guard thinks of one SQL text. */
export type GuardVerdict =
  | {
      accepted: true;
      /** The one statement as it was written, without semicolons, and without what stands before and after them. */
      sql: string;
      /** The same, limited from outside to one row more than is kept. */
      limitedSql: string;
      /** Canonical names of the tables read, sorted. */
      tables: string[];
      /** Canonical names of the columns read that could be told, sorted; `*` counts as all columns of its tables. */
      columns: string[];
    }
  | { accepted: false; error: ErrorRecord };

/** A table as far as the guard needs to know it; a `RegistryTable` is one. */
export type GuardTable = Pick<RegistryTable, 'canonicalTableName' | 'schemaName' | 'tableName'> & {
  columns: readonly Pick<RegistryColumn, 'canonicalColumnName' | 'name' | 'position'>[];
};

/** Unknown names that one refusal tells of; more would only fill the record. */
export const MAX_UNKNOWN_NAMES = 20;

/** One entry of `details.unknown` in the error of an unknown name. */
export interface UnknownName {
  kind: 'table' | 'column' | 'function';
  /** As the SQL has it. */
  name: string;
  /** The nearest valid names, best first, at most three; canonical names for tables and columns. */
  suggestions: string[];
}
