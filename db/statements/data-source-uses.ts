import type { Transaction } from '../database.js';

/** Remembers that a data source is asked or searched now. Within a minute of the last time it writes and locks nothing. */
export async function noteDataSourceUse(tx: Transaction, dataSourceId: string): Promise<void> {
  await tx.query(
    `INSERT INTO data_source_uses (data_source_id, tenant_id, used_at)
     SELECT d.id, d.tenant_id, now() FROM data_sources d WHERE d.id = $1 AND NOT EXISTS (
       SELECT FROM data_source_uses u WHERE u.data_source_id = $1 AND u.used_at > now() - interval '1 minute')
     ON CONFLICT (data_source_id) DO UPDATE SET used_at = excluded.used_at`,
    [dataSourceId],
  );
}

/** Data sources of every tenant, those that were used last come first. In `withDataSourceUses` only. */
export async function listDataSourceUses(
  tx: Transaction,
  limit: number,
): Promise<{ tenantId: string; dataSourceId: string }[]> {
  return await tx.query(
    `SELECT tenant_id AS "tenantId", data_source_id AS "dataSourceId" FROM data_source_uses
     ORDER BY used_at DESC, data_source_id LIMIT $1`,
    [limit],
  );
}
