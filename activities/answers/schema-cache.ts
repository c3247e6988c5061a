import { LRUCache } from 'lru-cache';
import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import type { Database } from '../../db/database.js';
import { loadSchema } from '../../db/statements/registry/schema.js';
import { loadSampledValues } from '../../db/statements/registry/values.js';
import { createTableIndex, type TableIndex } from '../../domain/ranking/table-index.js';

export interface IndexedSchema {
  schema: SchemaContext;
  index: TableIndex;
  values: SampledValues;
}

interface VersionKey {
  tenantId: string;
  versionId: string;
}

/** Columns of all kept schemas together: some 150 MB. A larger schema is loaded for each use. */
const MAX_COLUMNS = 300_000;

/** Schemas by version. A version never changes once it is complete, so what is kept cannot be stale. */
export class SchemaCache {
  readonly #schemas: LRUCache<string, IndexedSchema, VersionKey>;

  constructor(db: Database) {
    this.#schemas = new LRUCache<string, IndexedSchema, VersionKey>({
      maxSize: MAX_COLUMNS,
      // A list of values weighs about as much as a column's description.
      sizeCalculation: ({ schema, values }) =>
        1 + schema.tables.reduce((sum, table) => sum + table.columns.length, 0) + Object.keys(values).length,
      // Callers who miss at once share one load.
      fetchMethod: async (_key, _stale, { context }) => {
        return await db.withTenant(context.tenantId, async (tx) => {
          const schema = await loadSchema(tx, context.versionId);
          const values = await loadSampledValues(tx, context.versionId);
          return { schema, index: createTableIndex(schema), values };
        });
      },
    });
  }

  /** The tenant is part of the key: a version's id alone must not open another tenant's schema. */
  async load(key: VersionKey): Promise<IndexedSchema> {
    return await this.#schemas.forceFetch(`${key.tenantId}:${key.versionId}`, { context: key });
  }
}
