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
});
