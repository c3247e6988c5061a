import type { JoinEnds } from '../../contracts/schema-joins.js';
import type { RegistryColumn, RegistryTable } from '../../contracts/schema-registry.js';

/** What of a column and of a table the search looks at. */
export type JoinColumn = Pick<RegistryColumn, 'name' | 'dataType' | 'isPrimaryKey'>;
export interface JoinTable extends Pick<RegistryTable, 'canonicalTableName' | 'schemaName' | 'tableName'> {
  columns: readonly JoinColumn[];
}

/** A join that names and types suggest, to be held against the data where it can be. */
export interface JoinCandidate extends JoinEnds {
  /** 0 to 1, by names and types alone. */
  nameScore: number;
  evidence: string[];
  /** The far column is no declared key: only the data can tell whether it is one. */
  needsUnique: boolean;
  /** The names say so little that the data must say much. */
  isWeak?: boolean;
  /** Weak, and of whole numbers: small ones are in every table, so that it matters how far they reach. */
  needsReach?: boolean;
}
