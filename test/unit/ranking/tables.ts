import type { RegistryTable } from '../../../contracts/schema-registry.js';
import { canonicalColumnName, canonicalTableName } from '../../../domain/canonical-names.js';

/** `schema.table`, and its columns: `name` or `name: comment`. */
export function table(
  name: string,
  columns: readonly string[],
  comment: string | null = null,
): RegistryTable {
  const [schemaName, tableName] = name.split('.') as [string, string];
  return {
    canonicalTableName: canonicalTableName(schemaName, tableName),
    schemaName,
    tableName,
    kind: 'table',
    comment,
    estimatedRows: null,
    columns: columns.map((text, index) => {
      const [column, ...note] = text.split(': ');
      return {
        canonicalColumnName: canonicalColumnName(schemaName, tableName, column!),
        name: column!,
        position: index + 1,
        dataType: 'text',
        isNullable: true,
        isPrimaryKey: false,
        comment: note.length > 0 ? note.join(': ') : null,
      };
    }),
  };
}
