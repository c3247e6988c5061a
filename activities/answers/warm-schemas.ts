import type { Database } from '../../db/database.js';
import { listDataSourceUses } from '../../db/statements/data-source-uses.js';
import { loadMappings } from '../../db/statements/mappings.js';
import { getActiveVersion } from '../../db/statements/registry/versions.js';
import type { SchemaCache } from './schema-cache.js';

/** Data sources that are looked at; of small schemas some hundreds fit. */
const MAX_SOURCES = 500;
/** Values and vectors come to the columns, and are known only when they are loaded: as much again is left for them. */
const WEIGHT_OF_A_COLUMN = 2;

/**
 * Loads the schemas that were asked for last, of all tenants, one after the other, as far as they fit into the cache. Each is loaded
 * as its tenant.
 * @returns how many; those that fail are told to `onError` and left to the question that asks for them.
 */
export async function warmSchemas(
  { db, schemas }: { db: Database; schemas: SchemaCache },
  { onError, signal }: { onError: (error: unknown, dataSourceId: string) => void; signal: AbortSignal },
): Promise<number> {
  const uses = await db.withDataSourceUses((tx) => listDataSourceUses(tx, MAX_SOURCES));
  let loaded = 0;
  for (const { dataSourceId, tenantId } of uses) {
    if (signal.aborted) break;
    try {
      const { mappings, version } = await db.withTenant(tenantId, async (tx) => ({
        version: await getActiveVersion(tx, dataSourceId),
        mappings: await loadMappings(tx, dataSourceId),
      }));
      // A smaller one behind it may fit.
      if (!version || !schemas.hasRoomFor(version.columnCount * WEIGHT_OF_A_COLUMN)) continue;
      await schemas.load({ tenantId, versionId: version.id }, mappings);
      loaded++;
    } catch (error) {
      onError(error, dataSourceId);
    }
  }
  return loaded;
}
