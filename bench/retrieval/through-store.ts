import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { SchemaCache } from '../../activities/answers/schema-cache.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { Database, type Transaction } from '../../db/database.js';
import { migrate } from '../../db/migrate.js';
import { insertDataSource } from '../../db/statements/data-sources.js';
import { insertJob } from '../../db/statements/jobs.js';
import {
  insertItems,
  type RegistryItem,
  saveEmbeddings,
  searchItems,
} from '../../db/statements/registry/items.js';
import { insertForeignKeys, insertTables } from '../../db/statements/registry/schema.js';
import { activateVersion, completeVersion, openVersion } from '../../db/statements/registry/versions.js';
import { insertTenant } from '../../db/statements/tenants.js';
import { lexicalEmbedding } from '../../domain/built-in-model/lexical-embedding.js';
import { chooseTables } from '../../domain/ranking/choose-tables.js';
import { columnContent, tableContent } from '../../domain/schema-content.js';
import type { BenchQuestion } from './load-warehouse.js';
import { percentile } from './measure.js';

export interface StoreTimes {
  /** What retrieval takes without the model: vectors searched in the store, words, fusion, closure; milliseconds. */
  p50Ms: number;
  p95Ms: number;
  /** Of it, the search of vectors. */
  searchP50Ms: number;
  searchP95Ms: number;
  /** The first question of a process: the schema is loaded from the store. */
  firstMs: number;
  items: number;
}

const MODEL = 'bench';
const TABLES_AT_ONCE = 100;
/** As retrieve-tables.ts asks for. */
const VECTOR_HITS = 200;

/** Times retrieval as questions run it, over a store that holds the whole schema with the built-in vectors of tables and columns. */
export async function timeThroughStore(
  store: { connectionString: string; poolSize: number },
  schema: SchemaContext,
  questions: readonly BenchQuestion[],
  say: (text: string) => void,
): Promise<StoreTimes> {
  await migrate({ connectionString: store.connectionString, lock: store.poolSize > 1 });
  const db = new Database({ ...store, statementTimeoutMs: 120_000 });
  try {
    const tenantId = uuidv7();
    const key = { dataSourceId: uuidv7(), versionId: uuidv7() };
    const inTenant = <T>(work: (tx: Transaction) => Promise<T>) => db.withTenant(tenantId, work);
    const items = await fill(inTenant, key, schema, say);
    const cache = new SchemaCache(db);
    const started = performance.now();
    const { index } = await cache.load({ tenantId, versionId: key.versionId });
    const firstMs = performance.now() - started;
    const whole: number[] = [];
    const search: number[] = [];
    for (const { question } of questions) {
      const vector = lexicalEmbedding(question);
      const began = performance.now();
      const loaded = await cache.load({ tenantId, versionId: key.versionId });
      const vectorHits = await inTenant((tx) =>
        searchItems(tx, {
          versionId: key.versionId,
          model: MODEL,
          vector,
          limit: VECTOR_HITS,
          only: 'tables',
        }),
      );
      search.push(performance.now() - began);
      chooseTables({ question, schema: loaded.schema, index, vectorHits });
      whole.push(performance.now() - began);
    }
    return {
      p50Ms: percentile(whole, 0.5),
      p95Ms: percentile(whole, 0.95),
      searchP50Ms: percentile(search, 0.5),
      searchP95Ms: percentile(search, 0.95),
      firstMs,
      items,
    };
  } finally {
    await db.close();
  }
}

async function fill(
  inTenant: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
  key: { dataSourceId: string; versionId: string },
  schema: SchemaContext,
  say: (text: string) => void,
): Promise<number> {
  const jobId = `job-${key.versionId}`;
  await inTenant(async (tx) => {
    await insertTenant(tx, { name: 'bench', tier: 'PRO' });
    await insertDataSource(tx, {
      id: key.dataSourceId,
      name: 'bench',
      kind: 'postgres',
      address: 'bench',
      connectionSecret: Buffer.alloc(40),
      includeSchemas: [],
    });
    await insertJob(tx, { id: jobId, kind: 'index-source', subjectId: key.dataSourceId });
    await openVersion(tx, { id: key.versionId, dataSourceId: key.dataSourceId, jobId });
  });
  let items = 0;
  for (let start = 0; start < schema.tables.length; start += TABLES_AT_ONCE) {
    const page = schema.tables.slice(start, start + TABLES_AT_ONCE);
    const rows = page.flatMap((table): RegistryItem[] => [
      toItem(table.canonicalTableName, null, tableContent(table)),
      ...table.columns.map((column) =>
        toItem(table.canonicalTableName, column.canonicalColumnName, columnContent(table, column)),
      ),
    ]);
    items += rows.length;
    await inTenant(async (tx) => {
      await insertTables(tx, key, page);
      await insertItems(tx, key, rows);
      await saveEmbeddings(
        tx,
        { dataSourceId: key.dataSourceId, model: MODEL, dimensions: 512 },
        rows.map(({ content, contentHash }) => ({ contentHash, vector: lexicalEmbedding(content) })),
      );
    });
    if (start % 1_000 === 0) say(`${start + page.length} of ${schema.tables.length} tables in the store`);
  }
  await inTenant(async (tx) => {
    await insertForeignKeys(tx, key, schema.foreignKeys);
    await completeVersion(tx, key.versionId, { tables: schema.tables.length, columns: items, skipped: [] });
    await activateVersion(tx, { id: key.versionId, dataSourceId: key.dataSourceId, embeddingModel: MODEL });
  });
  return items;
}

const toItem = (
  canonicalTableName: string,
  canonicalColumnName: string | null,
  content: string,
): RegistryItem => ({
  canonicalTableName,
  canonicalColumnName,
  content,
  contentHash: createHash('sha256').update(content).digest(),
  batch: null,
});
