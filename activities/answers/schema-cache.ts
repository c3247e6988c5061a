import { LRUCache } from 'lru-cache';
import type { InferredJoin } from '../../contracts/schema-joins.js';
import type { MappingSet } from '../../contracts/schema-mapping.js';
import type { SampledValues, SchemaContext } from '../../contracts/schema-registry.js';
import type { Database, Transaction } from '../../db/database.js';
import { loadInferredJoins } from '../../db/statements/registry/inferred-joins.js';
import { loadTableVectors, type TableVector } from '../../db/statements/registry/items.js';
import { loadSchemaInPages } from '../../db/statements/registry/schema.js';
import { loadSampledValues } from '../../db/statements/registry/values.js';
import { indexTablesInSteps, type TableIndex, withMappings } from '../../domain/ranking/table-index.js';
import { createValueIndex, type ValueIndex } from '../../domain/values/value-index.js';
import { inSlices } from './in-slices.js';

export interface IndexedSchema {
  schema: SchemaContext;
  index: TableIndex;
  values: SampledValues;
  /** Joins that no key declares. */
  inferred: InferredJoin[];
  valueIndex: ValueIndex;
  /** Of tables, by the model that the version was made with. */
  vectors: TableVector[];
}

interface VersionKey {
  tenantId: string;
  versionId: string;
}

/** Indexes with mappings that are kept: an edit makes a new one, and the old ones are used no more. */
const MAX_MAPPED = 20;
/** Columns of all kept schemas together: some 90 MB, as 212,270 of them with their index held 56 MB. A larger schema is loaded for each use. */
const MAX_COLUMNS = 300_000;

/** Numbers of a vector that take as much memory as a column. */
const NUMBERS_OF_A_COLUMN = 60;

/** Schemas by version, and by edition of the mappings. Neither ever changes, so what is kept cannot be stale. */
export class SchemaCache {
  readonly #schemas: LRUCache<string, IndexedSchema, VersionKey>;
  readonly #mapped = new LRUCache<string, { base: TableIndex; index: TableIndex }>({ max: MAX_MAPPED });

  constructor(db: Database) {
    this.#schemas = new LRUCache<string, IndexedSchema, VersionKey>({
      maxSize: MAX_COLUMNS,
      // A list of values weighs about as much as a column's description, and so do some sixty numbers of a vector.
      sizeCalculation: ({ schema, values, vectors }) =>
        1 +
        schema.tables.reduce((sum, table) => sum + table.columns.length, 0) +
        Object.keys(values).length +
        Math.ceil(vectors.reduce((sum, { vector }) => sum + vector.length, 0) / NUMBERS_OF_A_COLUMN),
      // Callers who miss at once share one load.
      fetchMethod: async (_key, _stale, { context }) => {
        const { tenantId, versionId } = context;
        const inTenant = <Result>(work: (tx: Transaction) => Promise<Result>) =>
          db.withTenant(tenantId, work);
        const schema = await loadSchemaInPages(inTenant, versionId);
        const { inferred, values, vectors } = await inTenant(async (tx) => ({
          values: await loadSampledValues(tx, versionId),
          inferred: await loadInferredJoins(tx, versionId),
          vectors: await loadTableVectors(tx, versionId),
        }));
        const index = await inSlices(indexTablesInSteps(schema));
        return {
          ...{ schema, index, values, inferred, vectors },
          valueIndex: createValueIndex(schema.tables, values),
        };
      },
    });
  }

  /** Whether this many columns more are kept without dropping others. */
  hasRoomFor(columns: number): boolean {
    return this.#schemas.calculatedSize + columns <= MAX_COLUMNS;
  }

  /** The tenant is part of the key: a version's id alone must not open another tenant's schema. */
  async load(key: VersionKey, mappings?: MappingSet): Promise<IndexedSchema> {
    const name = `${key.tenantId}:${key.versionId}`;
    const loaded = await this.#schemas.forceFetch(name, { context: key });
    if (!mappings || mappings.entries.length === 0) return loaded;
    const mappedName = `${name}:${mappings.version}`;
    let mapped = this.#mapped.get(mappedName);
    // One that was made of a schema that was dropped meanwhile would keep that schema in memory.
    if (mapped?.base !== loaded.index) {
      mapped = { base: loaded.index, index: withMappings(loaded.index, mappings.entries) };
      this.#mapped.set(mappedName, mapped);
    }
    return { ...loaded, index: mapped.index };
  }
}
