import type { RegistryColumn, RegistryTable } from '../contracts/schema-registry.js';

/** Column names told in a table's own text; further ones are found by their own items. */
const TABLE_COLUMNS = 40;
/** Longest comment that is embedded, in UTF-16 code units. */
const COMMENT_CHARS = 1_000;

const described = (comment: string | null): string => (comment ? `: ${comment.slice(0, COMMENT_CHARS)}` : '');

/** What is embedded for a table: its name, comment and columns. The same schema gives the same text. */
export function tableContent(table: RegistryTable): string {
  const names = table.columns.slice(0, TABLE_COLUMNS).map((column) => column.name);
  return `${table.schemaName}.${table.tableName}${described(table.comment)} (${names.join(', ')})`;
}

/** What is embedded for a column: table, name, type and comment. */
export function columnContent(table: RegistryTable, column: RegistryColumn): string {
  return `${table.schemaName}.${table.tableName}.${column.name} ${column.dataType}${described(column.comment)}`;
}
