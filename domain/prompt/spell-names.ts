import type { QueryDialect } from '../../contracts/data-source.js';
import type { ChosenTable } from '../../contracts/question.js';
import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import { spelledForMysql } from '../mysql-identifier.js';

export interface NamedContext {
  context: SchemaContext;
  chosen: readonly ChosenTable[];
  values: SampledValues;
}

/**
 * The same with every name as the SQL of `dialect` needs it, so that a model may copy it. Canonical names are Postgres' own
 * spelling; in MySQL what they quote would be a text.
 */
export function spellNames(named: NamedContext, dialect: QueryDialect): NamedContext {
  // Those of datasets are DuckDB's own spelling already.
  if (dialect !== 'mysql') return named;
  const { chosen, context, values } = named;
  return {
    context: {
      tables: context.tables.map((table) => ({
        ...table,
        canonicalTableName: spelledForMysql(table.canonicalTableName),
        columns: table.columns.map((column) => ({
          ...column,
          canonicalColumnName: spelledForMysql(column.canonicalColumnName),
        })),
      })),
      foreignKeys: context.foreignKeys.map((key) => ({
        ...key,
        fromTable: spelledForMysql(key.fromTable),
        toTable: spelledForMysql(key.toTable),
      })),
    },
    chosen: chosen.map((table) => ({
      ...table,
      canonicalTableName: spelledForMysql(table.canonicalTableName),
    })),
    values: Object.fromEntries(Object.entries(values).map(([name, list]) => [spelledForMysql(name), list])),
  };
}
