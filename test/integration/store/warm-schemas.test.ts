import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { SchemaCache } from '../../../activities/answers/schema-cache.js';
import { warmSchemas } from '../../../activities/answers/warm-schemas.js';
import type { Database } from '../../../db/database.js';
import { listDataSourceUses, noteDataSourceUse } from '../../../db/statements/data-source-uses.js';
import { insertTables } from '../../../db/statements/registry/schema.js';
import { activateVersion, completeVersion, openVersion } from '../../../db/statements/registry/versions.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { createJobRow, createSourceRow, registryTable } from '../../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../../support/tenants.js';

let store: TestStore;
let db: Database;
let a: TestTenant;
let b: TestTenant;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  a = await createTestTenant(db);
  b = await createTestTenant(db);
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

/** An indexed data source that says it has so many columns, last used so many minutes ago. */
async function createIndexed(tenant: TestTenant, minutesAgo: number, columns = 2) {
  const dataSourceId = await createSourceRow(db, tenant);
  const jobId = await createJobRow(db, tenant, { kind: 'index-source', subjectId: dataSourceId });
  const key = { dataSourceId, versionId: uuidv7() };
  await db.withTenant(tenant.tenantId, async (tx) => {
    await openVersion(tx, { id: key.versionId, dataSourceId, jobId });
    await insertTables(tx, key, [registryTable('public', 'orders', ['id', 'status'])]);
    await completeVersion(tx, key.versionId, { tables: 1, columns, skipped: [] });
    await activateVersion(tx, { id: key.versionId, dataSourceId, embeddingModel: 'm' });
    await noteDataSourceUse(tx, dataSourceId);
    await tx.query(
      `UPDATE data_source_uses SET used_at = now() - $2::int * interval '1 minute' WHERE data_source_id = $1`,
      [dataSourceId, minutesAgo],
    );
  });
  return { tenantId: tenant.tenantId, ...key };
}

beforeEach(async () => {
  for (const { tenantId } of [a, b])
    await db.withTenant(tenantId, (tx) => tx.query('DELETE FROM data_source_uses'));
});

/** The store may be shared with other tests, and their tenants are seen too. */
const isOurs = ({ tenantId }: { tenantId: string }): boolean => [a.tenantId, b.tenantId].includes(tenantId);

/** Which versions of our tenants were loaded, in order. */
async function warm(schemas: SchemaCache, signal = new AbortController().signal): Promise<string[]> {
  const loaded: string[] = [];
  const load = schemas.load.bind(schemas);
  schemas.load = async (key, mappings) => {
    if (isOurs(key)) loaded.push(key.versionId);
    return await load(key, mappings);
  };
  const errors: unknown[] = [];
  await warmSchemas({ db, schemas }, { signal, onError: (error) => errors.push(error) });
  expect(errors).toEqual([]);
  return loaded;
}

test('schemas of all tenants are loaded, each as its tenant, those that were used last come first', async () => {
  const old = await createIndexed(a, 30);
  const newest = await createIndexed(b, 1);
  const middle = await createIndexed(a, 10);
  const schemas = new SchemaCache(db);
  expect(await warm(schemas)).toEqual([newest, middle, old].map(({ versionId }) => versionId));
  const { schema } = await schemas.load(newest);
  expect(schema.tables.map(({ canonicalTableName }) => canonicalTableName)).toEqual(['public.orders']);
});

test('a schema that does not fit beside those before it is left to its question, a smaller one behind it is loaded', async () => {
  const first = await createIndexed(a, 1);
  await createIndexed(a, 2, 1_000_000);
  const small = await createIndexed(b, 3);
  expect(await warm(new SchemaCache(db))).toEqual([first.versionId, small.versionId]);
});

test('a data source without an index, or that was deleted, stops nothing', async () => {
  const dataSourceId = await createSourceRow(db, a);
  await db.withTenant(a.tenantId, (tx) => noteDataSourceUse(tx, dataSourceId));
  const deleted = await createIndexed(b, 5);
  await db.withTenant(b.tenantId, (tx) =>
    tx.query('DELETE FROM data_sources WHERE id = $1', [deleted.dataSourceId]),
  );
  const there = await createIndexed(b, 10);
  expect(await warm(new SchemaCache(db))).toEqual([there.versionId]);
});

test('a process that stops loads no further schema', async () => {
  await createIndexed(a, 1);
  expect(await warm(new SchemaCache(db), AbortSignal.abort())).toEqual([]);
});

test('a use within a minute of the last one writes nothing, a later one moves the data source to the front', async () => {
  const first = await createIndexed(a, 5);
  const second = await createIndexed(a, 3);
  const order = async () =>
    (await db.withDataSourceUses((tx) => listDataSourceUses(tx, 500)))
      .filter(isOurs)
      .map(({ dataSourceId }) => dataSourceId);
  expect(await order()).toEqual([second.dataSourceId, first.dataSourceId]);
  const usedAt = async () => {
    await db.withTenant(a.tenantId, (tx) => noteDataSourceUse(tx, first.dataSourceId));
    const [row] = await db.withTenant(a.tenantId, (tx) =>
      tx.query<{ at: string }>('SELECT used_at::text AS at FROM data_source_uses WHERE data_source_id = $1', [
        first.dataSourceId,
      ]),
    );
    return row?.at;
  };
  const once = await usedAt();
  expect(await order()).toEqual([first.dataSourceId, second.dataSourceId]);
  expect(await usedAt()).toBe(once);
});
