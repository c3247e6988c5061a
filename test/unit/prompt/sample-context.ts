import type { ChosenTable } from '../../../contracts/question.js';
import type { ForeignKey, RegistryColumn, RegistryTable } from '../../../contracts/schema-registry.js';

/** `id bigint pk`, `note text null`: name, type, and marks. */
export const table = (
  canonicalTableName: string,
  columns: readonly string[],
  more: Partial<RegistryTable> = {},
): RegistryTable => {
  const [schemaName = '', tableName = ''] = canonicalTableName.split('.');
  return {
    canonicalTableName,
    schemaName,
    tableName,
    kind: 'table',
    comment: null,
    estimatedRows: null,
    columns: columns.map((text, index): RegistryColumn => {
      const [name = '', dataType = 'text', ...marks] = text.split(' ');
      return {
        canonicalColumnName: `${canonicalTableName}.${name}`,
        name,
        position: index + 1,
        dataType,
        isNullable: marks.includes('null'),
        isPrimaryKey: marks.includes('pk'),
        comment: null,
      };
    }),
    ...more,
  };
};

/** `sales.orders.customer_id = sales.customers.id` */
export const foreignKey = (text: string): ForeignKey => {
  const [from = '', to = ''] = text.split(' = ');
  const part = (name: string): [string, string] => {
    const dot = name.lastIndexOf('.');
    return [name.slice(0, dot), name.slice(dot + 1)];
  };
  const [fromTable, fromColumn] = part(from);
  const [toTable, toColumn] = part(to);
  return { name: text, fromTable, fromColumns: [fromColumn], toTable, toColumns: [toColumn] };
};

export const choose = (...names: string[]): ChosenTable[] =>
  names.map((canonicalTableName, index) => ({
    canonicalTableName,
    rank: index + 1,
    score: 1 / (index + 1),
    reasons: [],
  }));
