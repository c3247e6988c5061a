import type { InferredJoin } from '../../../contracts/schema-joins.js';
import type { Transaction } from '../../database.js';
import { toJson } from '../../to-json.js';

/** Keeps the joins inferred for a version, in place of those that an earlier attempt of the same step kept. */
export async function saveInferredJoins(
  tx: Transaction,
  key: { dataSourceId: string; versionId: string },
  joins: readonly InferredJoin[],
): Promise<void> {
  await tx.query('DELETE FROM registry_inferred_joins WHERE version_id = $1', [key.versionId]);
  await tx.query(
    `INSERT INTO registry_inferred_joins (tenant_id, data_source_id, version_id, from_table, from_columns, to_table, to_columns,
                                          confidence, evidence)
     SELECT $1, $2, $3, j."fromTable", j."fromColumns", j."toTable", j."toColumns", j.confidence, j.evidence
     FROM jsonb_to_recordset($4) AS j("fromTable" text, "fromColumns" text[], "toTable" text, "toColumns" text[],
                                      confidence real, evidence text[])`,
    [tx.tenantId, key.dataSourceId, key.versionId, toJson(joins)],
  );
}

/** The joins inferred for a version, surest first. */
export async function loadInferredJoins(tx: Transaction, versionId: string): Promise<InferredJoin[]> {
  return await tx.query(
    `SELECT from_table AS "fromTable", from_columns AS "fromColumns", to_table AS "toTable", to_columns AS "toColumns",
            confidence, evidence
     FROM registry_inferred_joins WHERE version_id = $1 ORDER BY confidence DESC, from_table, from_columns, to_table, to_columns`,
    [versionId],
  );
}
