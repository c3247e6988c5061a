import type { DataSourceKind, QuerySettings } from '../../contracts/data-source.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { getDataSourceConnection } from '../../db/statements/data-sources.js';
import { decryptSecret } from '../../platform/encryption.js';
import type { TenantStore } from '../patient-store.js';
import type { Connector, Connectors } from './connector.js';

export interface SourceConnection {
  kind: DataSourceKind;
  connector: Connector;
  connectionString: string;
  includeSchemas: string[];
  querySettings: QuerySettings;
}

/** Opens the stored connection string of a data source. @throws QuaestorError `not_found` when it was deleted. */
export async function loadSourceConnection(
  deps: { db: TenantStore; connectors: Connectors; encryptionKey: Buffer },
  tenantId: string,
  dataSourceId: string,
): Promise<SourceConnection> {
  const row = await deps.db.withTenantAtOnce(tenantId, (tx) => getDataSourceConnection(tx, dataSourceId));
  if (!row) throw new QuaestorError('not_found', 'The data source was deleted.');
  return {
    kind: row.kind,
    connector: deps.connectors[row.kind],
    connectionString: decryptSecret(deps.encryptionKey, `${tenantId}:${dataSourceId}`, row.connectionSecret),
    includeSchemas: row.includeSchemas,
    querySettings: row.querySettings,
  };
}
