import type { DatasetColumn } from '../../contracts/dataset.js';
import type { RegistryColumn, RegistryTable } from '../../contracts/schema-registry.js';
import { duckDbIdentifier } from '../duckdb-identifier.js';
import { columnTypeName } from '../duckdb-types.js';

/** The number of the record in the file; every version has it. */
export const ROW_COLUMN = '__row';

export interface AskedRelation {
  /** As the SQL calls it. */
  name: string;
  title: string;
  rowCount: number;
  columns: readonly {
    name: string;
    type: string;
    comment: string | null;
    /** Only where it is known to have empty cells. Default false. */
    isNullable?: boolean;
  }[];
}

/** Readings that say no more than the type. */
const PLAIN_READING =
  /^(|text|whole numbers|numbers with \d+ decimals|numbers with exponents|as in the file)$/;

/** Columns of a dataset, with their readings where they say more than the type. */
export const datasetColumns = (columns: readonly DatasetColumn[]): AskedRelation['columns'] =>
  columns.map(({ name, type, reading, rejected, empty = 0 }) => ({
    name,
    type: columnTypeName(type),
    isNullable: rejected > 0 || empty > 0,
    comment:
      [
        ...(PLAIN_READING.test(reading) ? [] : [`in the file: ${reading}`]),
        ...(rejected > 0 ? [`${rejected} cells could not be read and are NULL`] : []),
      ].join('; ') || null,
  }));

/** The tables of a question as the registry would have them. */
export const questionTables = (relations: readonly AskedRelation[]): RegistryTable[] =>
  relations.map(({ columns, name, rowCount, title }): RegistryTable => {
    const table = duckDbIdentifier(name);
    return {
      canonicalTableName: table,
      schemaName: 'main',
      tableName: name,
      kind: 'table',
      comment: title === name ? null : title,
      estimatedRows: rowCount,
      columns: columns.map(
        (column, index): RegistryColumn => ({
          canonicalColumnName: `${table}.${duckDbIdentifier(column.name)}`,
          name: column.name,
          position: index + 1,
          dataType: column.type,
          isNullable: column.isNullable ?? false,
          isPrimaryKey: false,
          comment: column.comment,
        }),
      ),
    };
  });

/** The same with what only people and guards need to know: the number of the record. */
export const withRowColumn = (table: RegistryTable): RegistryTable => ({
  ...table,
  columns: [
    ...table.columns,
    {
      canonicalColumnName: `${table.canonicalTableName}.${ROW_COLUMN}`,
      name: ROW_COLUMN,
      position: table.columns.length + 1,
      dataType: 'bigint',
      isNullable: false,
      isPrimaryKey: false,
      comment: null,
    },
  ],
});
