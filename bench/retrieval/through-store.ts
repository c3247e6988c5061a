import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { retrieveTables } from '../../activities/answers/retrieve-tables.js';
import { SchemaCache } from '../../activities/answers/schema-cache.js';
import { createBuiltInEmbeddings } from '../../activities/model/built-in-embeddings.js';
import type { SchemaContext } from '../../contracts/schema-registry.js';
import { Database, type Transaction } from '../../db/database.js';
import { migrate } from '../../db/migrate.js';
import { insertDataSource } from '../../db/statements/data-sources.js';
import { insertJob } from '../../db/statements/jobs.js';
import { loadMappings } from '../../db/statements/mappings.js';
import { insertItems, type RegistryItem, saveEmbeddings } from '../../db/statements/registry/items.js';
import { setDimensions } from '../../db/statements/registry/plan.js';
import { insertForeignKeys, insertTables } from '../../db/statements/registry/schema.js';
import {
  activateVersion,
  completeVersion,
  getActiveVersion,
  openVersion,
} from '../../db/statements/registry/versions.js';
import { insertTenant } from '../../db/statements/tenants.js';
import { LEXICAL_EMBEDDING, lexicalEmbedding } from '../../domain/built-in-model/lexical-embedding.js';
import { familyItems, type ItemText } from '../../domain/index-items.js';
import { groupFamilies } from '../../domain/table-families.js';
import type { BenchQuestion } from './load-warehouse.js';
import { percentile } from './measure.js';

export interface StoreTimes {
  /** All that questions and searches do to find their tables, reads of the store and the built-in embedding included; milliseconds. */
  p50Ms: number;
  p95Ms: number;
  /** Of it, what this process works: on a busy machine the rest is waiting for a core. */
  cpuP50Ms: number;
  cpuP95Ms: number;
  /** The first question of a process: the schema is loaded from the store, and the words are indexed. */
  firstMs: number;
  /** What the loaded schema holds in memory, if the process was started with `--expose-gc`. */
  heapMb?: number;
  items: number;
}

/** Tables, or families of them. */
const AT_ONCE = 100;

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
    const deps = {
      schemas: new SchemaCache(db),
      embeddings: createBuiltInEmbeddings(),
      contextTokens: 6_000,
    };
    const { signal } = new AbortController();
    const timed = async (text: string): Promise<{ wallMs: number; cpuMs: number }> => {
      const cpuBefore = process.cpuUsage();
      const began = performance.now();
      const { version, mappings } = await inTenant(async (tx) => ({
        version: await getActiveVersion(tx, key.dataSourceId),
        mappings: await loadMappings(tx, key.dataSourceId),
      }));
      const { chosen } = await retrieveTables(deps, { tenantId, version, mappings, text, signal });
      if (chosen.length === 0) throw new Error(`Nothing was found for: ${text}`);
      const { user, system } = process.cpuUsage(cpuBefore);
      return { wallMs: performance.now() - began, cpuMs: (user + system) / 1_000 };
    };
    const heapBefore = usedHeapMb();
    const { wallMs: firstMs } = await timed(questions[0]!.question);
    const heapAfter = usedHeapMb();
    const times: { wallMs: number; cpuMs: number }[] = [];
    for (const { question } of questions) times.push(await timed(question));
    const wall = times.map(({ wallMs }) => wallMs);
    const cpu = times.map(({ cpuMs }) => cpuMs);
    return {
      p50Ms: percentile(wall, 0.5),
      p95Ms: percentile(wall, 0.95),
      cpuP50Ms: percentile(cpu, 0.5),
      cpuP95Ms: percentile(cpu, 0.95),
      firstMs,
      ...(heapBefore && heapAfter ? { heapMb: heapAfter - heapBefore } : {}),
      items,
    };
  } finally {
    await db.close();
  }
}

function usedHeapMb(): number | undefined {
  if (!globalThis.gc) return undefined;
  globalThis.gc();
  return process.memoryUsage().heapUsed / 1e6;
}

export async function fill(
  inTenant: <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>,
  key: { dataSourceId: string; versionId: string },
  schema: SchemaContext,
  say: (text: string) => void,
): Promise<number> {
  const jobId = `job-${key.versionId}`;
  const { name: model, dimensions } = LEXICAL_EMBEDDING;
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
    await setDimensions(tx, key.versionId, dimensions);
  });
  for (let start = 0; start < schema.tables.length; start += AT_ONCE) {
    await inTenant((tx) => insertTables(tx, key, schema.tables.slice(start, start + AT_ONCE)));
  }
  const families = groupFamilies(schema.tables);
  let items = 0;
  for (let start = 0; start < families.length; start += AT_ONCE) {
    const rows = families.slice(start, start + AT_ONCE).flatMap((family) => familyItems(family).map(toItem));
    items += rows.length;
    await inTenant(async (tx) => {
      await insertItems(tx, key, rows);
      await saveEmbeddings(
        tx,
        { dataSourceId: key.dataSourceId, model, dimensions },
        rows.map(({ content, contentHash }) => ({ contentHash, vector: lexicalEmbedding(content) })),
      );
    });
    if (start % 500 === 0) say(`${items} items in the store`);
  }
  await inTenant(async (tx) => {
    await insertForeignKeys(tx, key, schema.foreignKeys);
    await completeVersion(tx, key.versionId, { tables: schema.tables.length, columns: items, skipped: [] });
    await activateVersion(tx, { id: key.versionId, dataSourceId: key.dataSourceId, embeddingModel: model });
  });
  return items;
}

const toItem = (item: ItemText): RegistryItem => ({
  ...item,
  contentHash: createHash('sha256').update(item.content).digest(),
  batch: null,
});
