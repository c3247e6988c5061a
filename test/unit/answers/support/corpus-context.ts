import type { RegistryColumn, SchemaContext } from '../../../../contracts/schema-registry.js';

const column = (name: string, position: number, dataType: string): RegistryColumn => ({
  canonicalColumnName: `public.orders.${name}`,
  name,
  position,
  dataType,
  isNullable: false,
  isPrimaryKey: name === 'id',
  comment: null,
});

/** One table, for tests that only need a prompt to be possible. */
export const corpusContext: SchemaContext = {
  tables: [
    {
      canonicalTableName: 'public.orders',
      schemaName: 'public',
      tableName: 'orders',
      kind: 'table',
      comment: null,
      estimatedRows: 3,
      columns: [column('id', 1, 'integer'), column('status', 2, 'text')],
    },
  ],
  foreignKeys: [],
};
