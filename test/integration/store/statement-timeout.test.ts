import { expect, test } from '@jest/globals';
import { Database } from '../../../db/database.js';
import { createTestStore } from '../../support/databases.js';
import { sharedServers } from '../../support/shared-servers.js';

test('every connection asks for the statement timeout; a native Postgres keeps it, and the connection lives on', async () => {
  const store = await createTestStore();
  const db = new Database({ connectionString: store.url, poolSize: 1, statementTimeoutMs: 200 });
  const tenantId = '00000000-0000-7000-8000-000000000000';
  try {
    const [setting] = await db.withTenant(tenantId, (tx) => tx.query('SHOW statement_timeout'));
    expect(setting).toEqual({ statement_timeout: '200ms' });
    // PGlite has no clock that could interrupt a statement.
    if (sharedServers().storeKind === 'native') {
      const endless = db.withTenant(tenantId, (tx) =>
        tx.query('SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b'),
      );
      await expect(endless).rejects.toMatchObject({ code: '57014' });
    }
    await db.ping();
  } finally {
    await db.close();
    await store.drop();
  }
});
