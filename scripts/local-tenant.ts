import { v7 as uuidv7 } from 'uuid';
import { SCOPES } from '../contracts/identity.js';
import type { Database } from '../db/database.js';
import { findPresentedKey, insertApiKey, insertTenant, insertUser } from '../db/statements/tenants.js';
import { createApiKey, hashApiKey } from '../platform/api-key.js';
import {
  type LocalCredentials,
  readCredentials,
  writeCredentials,
} from '../platform/embedded/local-secrets.js';

/** The tenant, user and API key of an `npm start` on this machine: made once, then found again. */
export async function ensureLocalTenant(
  db: Database,
  home: string,
  apiUrl: string,
): Promise<LocalCredentials> {
  const known = await readCredentials(home);
  if (known) {
    const presented = await db.withPresentedKey(hashApiKey(known.apiKey).toString('hex'), findPresentedKey);
    if (presented) {
      const credentials = { ...known, apiUrl };
      await writeCredentials(home, credentials);
      return credentials;
    }
  }
  const { key, prefix, keyHash } = createApiKey();
  const credentials = { apiUrl, apiKey: key, tenantId: uuidv7(), userId: uuidv7() };
  await db.withTenant(credentials.tenantId, async (tx) => {
    await insertTenant(tx, { name: 'Local', tier: 'ENTERPRISE' });
    await insertUser(tx, { id: credentials.userId, name: 'Local user' });
    await insertApiKey(tx, {
      id: uuidv7(),
      userId: credentials.userId,
      name: 'npm start',
      prefix,
      keyHash,
      scopes: SCOPES,
      expiresAt: null,
    });
  });
  await writeCredentials(home, credentials);
  return credentials;
}
