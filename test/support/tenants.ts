import { v7 as uuidv7 } from 'uuid';
import { SCOPES, type Scope, type Tier } from '../../contracts/identity.js';
import type { Database } from '../../db/database.js';
import { insertApiKey, insertTenant, insertUser } from '../../db/statements/tenants.js';
import { createApiKey } from '../../platform/api-key.js';

export interface TestTenant {
  tenantId: string;
  userId: string;
  apiKey: string;
}

export async function createTestTenant(
  db: Database,
  scopes: readonly Scope[] = SCOPES,
  tier: Tier = 'PRO',
): Promise<TestTenant> {
  const { key, prefix, keyHash } = createApiKey();
  const tenant = { tenantId: uuidv7(), userId: uuidv7(), apiKey: key };
  await db.withTenant(tenant.tenantId, async (tx) => {
    await insertTenant(tx, { name: 'Test', tier });
    await insertUser(tx, { id: tenant.userId, name: 'Tester' });
    await insertApiKey(tx, {
      id: uuidv7(),
      userId: tenant.userId,
      name: 'test',
      prefix,
      keyHash,
      scopes,
      expiresAt: null,
    });
  });
  return tenant;
}
