import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../../db/database.js';
import { insertTables } from '../../../db/statements/registry/schema.js';
import { openVersion } from '../../../db/statements/registry/versions.js';
import { createTestStore, openTestDatabase, type TestStore } from '../../support/databases.js';
import { createJobRow, createSourceRow, registryTable } from '../../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../../support/tenants.js';

let store: TestStore;
let db: Database;
let tenant: TestTenant;
let dataSourceId: string;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  tenant = await createTestTenant(db);
  for (let n = 0; n < 3; n++) {
    dataSourceId = await createSourceRow(db, tenant);
    const jobId = await createJobRow(db, tenant, { kind: 'index-source', subjectId: dataSourceId });
    const key = { dataSourceId, versionId: uuidv7() };
    const tables = Array.from({ length: 500 }, (_, index) =>
      registryTable('public', `table_${index}`, ['id', 'name', 'note']),
    );
    await db.withTenant(tenant.tenantId, async (tx) => {
      await openVersion(tx, { id: key.versionId, dataSourceId, jobId });
      await insertTables(tx, key, tables);
    });
  }
  await db.withTenant(tenant.tenantId, async (tx) => {
    await tx.query('SET LOCAL ROLE NONE');
    for (const table of ['registry_tables', 'registry_columns', 'job_events', 'answers'])
      await tx.query(`ANALYZE ${table}`);
  });
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

/** Indexes that a statement uses, as the application's role, with row level security; a scan of a whole table by its name. */
async function indexesOf(text: string, values: unknown[]): Promise<string[]> {
  const explain = (tx: Transaction) =>
    tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
  const [row] = await db.withTenant(tenant.tenantId, explain);
  const used: string[] = [];
  const visit = (node: PlanNode): void => {
    if (node['Node Type'] === 'Seq Scan') used.push(`all of ${node['Relation Name']}`);
    if (node['Index Name']) used.push(node['Index Name']);
    node.Plans?.forEach(visit);
  };
  visit(row!['QUERY PLAN'][0].Plan);
  return used;
}

test('a table is looked up by data source and canonical name through their composite index', async () => {
  const used = await indexesOf(
    'SELECT comment FROM registry_tables WHERE data_source_id = $1 AND canonical_table_name = $2',
    [dataSourceId, 'public.table_7'],
  );
  expect(used).toEqual(['registry_tables_name']);
});

test('a column is looked up by data source and canonical name through their composite index', async () => {
  const used = await indexesOf(
    'SELECT comment FROM registry_columns WHERE data_source_id = $1 AND canonical_column_name = $2',
    [dataSourceId, 'public.table_7.name'],
  );
  expect(used).toEqual(['registry_columns_name']);
});

test('many names at once are looked up through the same index', async () => {
  const used = await indexesOf(
    'SELECT comment FROM registry_tables WHERE data_source_id = $1 AND canonical_table_name = ANY($2)',
    [dataSourceId, ['public.table_7', 'public.table_8']],
  );
  expect(used).toEqual(['registry_tables_name']);
});
