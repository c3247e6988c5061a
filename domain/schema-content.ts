import type { RegistryColumn, RegistryTable } from '../contracts/schema-registry.js';

/** Column names told in a table's own text; further ones are found by their own items. */
const TABLE_COLUMNS = 40;
/** Longest comment that is embedded, in UTF-16 code units. */
const COMMENT_CHARS = 1_000;

const described = (comment: string | null): string => (comment ? `: ${comment.slice(0, COMMENT_CHARS)}` : '');

/**
 * What is embedded for a table: its name, comment and columns. The same schema gives the same text. `label` stands for the table's
 * name where it is one of a family.
 */
export function tableContent(table: RegistryTable, label = table.tableName): string {
  const names = table.columns.slice(0, TABLE_COLUMNS).map((column) => column.name);
  return `${table.schemaName}.${label}${described(table.comment)} (${names.join(', ')})`;
}

/** What is embedded for a column: table (or `label`, as above), name, type and comment. */
export function columnContent(table: RegistryTable, column: RegistryColumn, label = table.tableName): string {
  return `${table.schemaName}.${label}.${column.name} ${column.dataType}${described(column.comment)}`;
}
