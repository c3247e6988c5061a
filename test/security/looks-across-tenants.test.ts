import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import type { Database, Transaction } from '../../db/database.js';
import { insertJob, markJobFinished } from '../../db/statements/jobs.js';
import { hashApiKey } from '../../platform/api-key.js';
import { createTestStore, openTestDatabase, type TestStore } from '../support/databases.js';
import { fillTenant, hashOf } from '../support/store-rows.js';
import { createTestTenant, type TestTenant } from '../support/tenants.js';
import { listTables, PERMISSION_DENIED, refusal, runAsOwner } from './support/tenant-tables.js';

let store: TestStore;
let db: Database;
let a: TestTenant;
let b: TestTenant;

beforeAll(async () => {
  store = await createTestStore();
  db = openTestDatabase(store);
  a = await createTestTenant(db);
  b = await createTestTenant(db);
  await fillTenant(db, a);
  await fillTenant(db, b);
});

afterAll(async () => {
  await db.close();
  await store.drop();
});

const asOwner = <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> =>
  runAsOwner(db, a.tenantId, work);

describe('the sweeper', () => {
  test('sees the jobs that have not ended, whoever’s they are, and nothing else in any table', async () => {
    await db.withTenant(b.tenantId, async (tx) => {
      await insertJob(tx, { id: 'sweep-queued', kind: 'export-result', subjectId: uuidv7() });
      await insertJob(tx, { id: 'sweep-ended', kind: 'export-result', subjectId: uuidv7() });
      await markJobFinished(tx, 'sweep-ended', 'cancelled');
    });
    for (const { name } of await asOwner(listTables)) {
      const rows = await db.withUnfinishedJobs((tx) =>
        tx.query<{ row: { id: string; status: string } }>(`SELECT to_jsonb(t) AS row FROM ${name} t`),
      );
      if (name === 'jobs') {
        const ids = rows.map(({ row }) => row.id);
        expect(ids).toContain('sweep-queued');
        expect(ids).not.toContain('sweep-ended');
        expect(rows.every(({ row }) => ['queued', 'running'].includes(row.status))).toBe(true);
      } else {
        expect({ name, rows }).toEqual({ name, rows: [] });
      }
    }
    await db.withTenant(b.tenantId, (tx) => markJobFinished(tx, 'sweep-queued', 'cancelled'));
  });

  test('changes nothing', async () => {
    const run = (sql: string) => db.withUnfinishedJobs((tx) => tx.query(sql));
    expect(await run(`UPDATE jobs SET status = 'failed' RETURNING id`)).toEqual([]);
    expect(await run('DELETE FROM jobs RETURNING id')).toEqual([]);
  });
});

describe('the warm-up of schemas', () => {
  test('sees which data sources were used, whoever’s they are, and nothing else in any table', async () => {
    for (const { name } of await asOwner(listTables)) {
      const rows = await db.withDataSourceUses((tx) =>
        tx.query<{ row: Record<string, string> }>(`SELECT to_jsonb(t) AS row FROM ${name} t`),
      );
      if (name === 'data_source_uses') {
        const tenants = rows.map(({ row }) => row['tenant_id']);
        expect(tenants).toEqual(expect.arrayContaining([a.tenantId, b.tenantId]));
        for (const { row } of rows)
          expect(Object.keys(row).sort()).toEqual(['data_source_id', 'tenant_id', 'used_at']);
      } else {
        expect({ name, rows }).toEqual({ name, rows: [] });
      }
    }
  });

  test('changes nothing', async () => {
    const run = (sql: string) => db.withDataSourceUses((tx) => tx.query(sql));
    expect(await run('UPDATE data_source_uses SET used_at = now() RETURNING 1')).toEqual([]);
    expect(await run('DELETE FROM data_source_uses RETURNING 1')).toEqual([]);
  });
});

describe('a presented key', () => {
  test('shows itself, and nothing else in any table', async () => {
    const hash = hashApiKey(b.apiKey);
    for (const { name } of await asOwner(listTables)) {
      const rows = await db.withPresentedKey(hash.toString('hex'), (tx) =>
        tx.query<{ row: { key_hash?: string; tenant_id: string } }>(
          `SELECT to_jsonb(t) AS row FROM ${name} t`,
        ),
      );
      if (name === 'api_keys') {
        expect(rows).toHaveLength(1);
        expect(rows[0]!.row).toMatchObject({
          tenant_id: b.tenantId,
          key_hash: `\\x${hash.toString('hex')}`,
        });
      } else {
        expect({ name, rows }).toEqual({ name, rows: [] });
      }
    }
  });

  test('cannot be changed, removed or joined by another', async () => {
    const hash = hashApiKey(b.apiKey).toString('hex');
    const run = (sql: string, values: unknown[] = []) =>
      db.withPresentedKey(hash, (tx) => tx.query(sql, values));
    expect(await run(`UPDATE api_keys SET scopes = '{}' RETURNING id`)).toEqual([]);
    expect(await run('DELETE FROM api_keys RETURNING id')).toEqual([]);
    const insert = run(
      `INSERT INTO api_keys (id, tenant_id, user_id, name, prefix, key_hash, scopes)
       SELECT $1, tenant_id, user_id, 'mine', 'p', $2, scopes FROM api_keys`,
      [uuidv7(), hashOf('mine')],
    );
    expect(await refusal(insert)).toBe(PERMISSION_DENIED);
  });
});
