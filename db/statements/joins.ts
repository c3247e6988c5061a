import type { JoinDecision, JoinEnds } from '../../contracts/schema-joins.js';
import type { Transaction } from '../database.js';
import { toJson } from '../to-json.js';

const ENDS = `from_table AS "fromTable", from_columns AS "fromColumns", to_table AS "toTable", to_columns AS "toColumns"`;

export interface DecidedJoin extends JoinEnds {
  decision: JoinDecision;
}

/** Writes what is decided about joins; a decision of null is taken back. Returns how many rows changed. */
export async function putJoinDecisions(
  tx: Transaction,
  dataSourceId: string,
  joins: readonly (JoinEnds & { decision: JoinDecision | null })[],
  origin: 'person' | 'dbt',
): Promise<number> {
  const given = toJson(joins);
  const recordset = `jsonb_to_recordset($2) AS j("fromTable" text, "fromColumns" text[], "toTable" text, "toColumns" text[], decision text)`;
  const removed = await tx.query(
    `DELETE FROM join_decisions d USING ${recordset}
     WHERE d.data_source_id = $1 AND j.decision IS NULL AND d.from_table = j."fromTable" AND d.from_columns = j."fromColumns"
       AND d.to_table = j."toTable" AND d.to_columns = j."toColumns" RETURNING 1`,
    [dataSourceId, given],
  );
  // What a person decided is not changed by an import.
  const written = await tx.query(
    `INSERT INTO join_decisions AS d (tenant_id, data_source_id, from_table, from_columns, to_table, to_columns, decision, origin)
     SELECT DISTINCT ON (j."fromTable", j."fromColumns", j."toTable", j."toColumns")
            $3::uuid, $1::uuid, j."fromTable", j."fromColumns", j."toTable", j."toColumns", j.decision, $4
     FROM ${recordset} WHERE j.decision IS NOT NULL
     ON CONFLICT (data_source_id, from_table, from_columns, to_table, to_columns) DO UPDATE
       SET decision = excluded.decision, origin = excluded.origin, decided_at = now()
       WHERE d.decision <> excluded.decision AND (excluded.origin = 'person' OR d.origin <> 'person')
     RETURNING 1`,
    [dataSourceId, given, tx.tenantId, origin],
  );
  const changed = removed.length + written.length;
  if (changed > 0)
    await tx.query('UPDATE data_sources SET mapping_version = mapping_version + 1 WHERE id = $1', [
      dataSourceId,
    ]);
  return changed;
}

/** All that was decided about the joins of a data source. */
export async function loadJoinDecisions(tx: Transaction, dataSourceId: string): Promise<DecidedJoin[]> {
  return await tx.query(
    `SELECT ${ENDS}, decision FROM join_decisions WHERE data_source_id = $1
     ORDER BY from_table, from_columns, to_table, to_columns`,
    [dataSourceId],
  );
}
