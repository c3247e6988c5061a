import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Database } from '../../../db/database.js';
import { createTestStore, type TestStore } from '../../support/databases.js';
import { createTestTenant } from '../../support/tenants.js';

let store: TestStore;

beforeAll(async () => {
  store = await createTestStore();
});

afterAll(async () => {
  await store?.drop();
});

describe('a statement that is used often', () => {
  test('is prepared once in a connection, a rare one is not', async () => {
    const db = new Database({ connectionString: store.url, poolSize: 1, statementTimeoutMs: 60_000 });
    try {
      const { tenantId } = await createTestTenant(db);
      const ask = (text: string) => db.withTenant(tenantId, (tx) => tx.query(text, [1]));
      for (let n = 0; n < 10; n++) await ask('SELECT $1::int AS often');
      await ask('SELECT $1::int AS rarely');
      const prepared = await db.withTenant(tenantId, (tx) =>
        tx.query<{ statement: string }>(
          `SELECT statement FROM pg_prepared_statements WHERE statement LIKE '% AS %'`,
        ),
      );
      expect(prepared.map(({ statement }) => statement)).toEqual(['SELECT $1::int AS often']);
    } finally {
      await db.close();
    }
  });

  test('of a column that a migration gave another type is unavailable once, and then works', async () => {
    const db = new Database({ connectionString: store.url, poolSize: 1, statementTimeoutMs: 60_000 });
    const { tenantId } = await createTestTenant(db);
    const asOwner = (sql: string) =>
      db.withTenant(tenantId, async (tx) => {
        await tx.query('SET LOCAL ROLE NONE');
        await tx.query(sql);
      });
    const ask = () =>
      db.withTenant(tenantId, (tx) => tx.query('SELECT n FROM changing WHERE n::text <> $1', ['2']));
    await asOwner('CREATE TABLE changing AS SELECT 1 AS n; GRANT SELECT ON changing TO quaestor_app');
    try {
      for (let n = 0; n < 10; n++) expect(await ask()).toEqual([{ n: 1 }]);
      await asOwner('ALTER TABLE changing ALTER n TYPE text');
      await expect(ask()).rejects.toMatchObject({ code: 'store_unavailable' });
      expect(await ask()).toEqual([{ n: '1' }]);
    } finally {
      await asOwner('DROP TABLE changing');
      await db.close();
    }
  });
});
