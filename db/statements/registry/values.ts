import type { SampledValues } from '../../../contracts/schema-registry.js';
import type { Transaction } from '../../database.js';

/** Keeps the sampled values of columns, by canonical name; those that a repeated step brings again are replaced. */
export async function saveSampledValues(
  tx: Transaction,
  key: { dataSourceId: string; versionId: string },
  values: SampledValues,
): Promise<void> {
  const rows = Object.entries(values).map(([name, list]) => ({ name, list }));
  await tx.query(
    `INSERT INTO registry_values (tenant_id, data_source_id, version_id, canonical_column_name, sampled_values)
     SELECT $1, $2, $3, v.name, v.list FROM jsonb_to_recordset($4) AS v(name text, list text[])
     ON CONFLICT (version_id, canonical_column_name) DO UPDATE SET sampled_values = excluded.sampled_values`,
    [tx.tenantId, key.dataSourceId, key.versionId, JSON.stringify(rows)],
  );
}

/** All sampled values of a version; empty for one that was indexed before values were sampled. */
export async function loadSampledValues(tx: Transaction, versionId: string): Promise<SampledValues> {
  const rows = await tx.query<{ name: string; list: string[] }>(
    'SELECT canonical_column_name AS name, sampled_values AS list FROM registry_values WHERE version_id = $1',
    [versionId],
  );
  return Object.fromEntries(rows.map(({ name, list }) => [name, list]));
}
