import type { RegistryTable } from '../../contracts/schema-registry.js';

/** One thing in a FROM list. */
export interface ShapeItem {
  name: string;
  /** Absent for sub-selects, common table expressions and functions. */
  table?: RegistryTable;
  /** Sets of columns of which no two rows have the same values, as far as that is known. */
  keys: string[][];
  /** It has one row at most. */
  isSingle: boolean;
}
