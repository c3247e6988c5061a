import type { RegistryTable } from '../../contracts/schema-registry.js';
import { isCryptic } from './is-cryptic.js';

/** Columns of one table that are asked for at once; those beyond come with the next job. */
const MAX_COLUMNS = 24;

/** What of a table wants words, by canonical name. */
export interface Undescribed {
  table: RegistryTable;
  /** The table itself first, where it is among them. */
  targets: string[];
}

/**
 * The table where nothing describes it, and those of its columns that nothing describes and whose names do not speak for themselves.
 * Undefined where nothing is left to say.
 * @param described canonical names that have a description, also a proposed or rejected one
 */
export function whatToDescribe(
  table: RegistryTable,
  described: ReadonlySet<string>,
): Undescribed | undefined {
  const lacks = (name: string, comment: string | null) => !comment?.trim() && !described.has(name);
  const columns = table.columns
    .filter((column) => lacks(column.canonicalColumnName, column.comment) && isCryptic(column.name))
    .slice(0, MAX_COLUMNS)
    .map((column) => column.canonicalColumnName);
  const targets = [
    ...(lacks(table.canonicalTableName, table.comment) ? [table.canonicalTableName] : []),
    ...columns,
  ];
  return targets.length > 0 ? { table, targets } : undefined;
}
