import type { Transaction } from '../../database.js';

/** Names of a version's tables, without their columns. */
export async function loadTableNames(
  tx: Transaction,
  versionId: string,
): Promise<{ canonicalTableName: string; schemaName: string; tableName: string }[]> {
  return await tx.query(
    `SELECT canonical_table_name AS "canonicalTableName", schema_name AS "schemaName", table_name AS "tableName"
     FROM registry_tables WHERE version_id = $1 ORDER BY canonical_table_name`,
    [versionId],
  );
}

/** Names of the columns of some tables of a version, in their order. */
export async function loadColumnNames(
  tx: Transaction,
  versionId: string,
  tables: readonly string[],
): Promise<{ canonicalTableName: string; canonicalColumnName: string; name: string }[]> {
  return await tx.query(
    `SELECT canonical_table_name AS "canonicalTableName", canonical_column_name AS "canonicalColumnName", column_name AS name
     FROM registry_columns WHERE version_id = $1 AND canonical_table_name = ANY($2) ORDER BY canonical_table_name, position`,
    [versionId, tables],
  );
}
