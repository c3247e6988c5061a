import type { Caller, Scope, Tier } from '../../contracts/identity.js';
import type { Transaction } from '../database.js';

export async function insertTenant(tx: Transaction, tenant: { name: string; tier: Tier }): Promise<void> {
  await tx.query('INSERT INTO tenants (id, name, tier) VALUES ($1, $2, $3)', [
    tx.tenantId,
    tenant.name,
    tenant.tier,
  ]);
}

/** Whether the transaction's tenant is there. */
export const isTenant = async (tx: Transaction): Promise<boolean> =>
  (await tx.query('SELECT id FROM tenants WHERE id = $1', [tx.tenantId])).length === 1;

export async function insertUser(tx: Transaction, user: { id: string; name: string }): Promise<void> {
  await tx.query('INSERT INTO users (id, tenant_id, name) VALUES ($1, $2, $3)', [
    user.id,
    tx.tenantId,
    user.name,
  ]);
}

export interface NewApiKey {
  id: string;
  userId: string;
  name: string;
  prefix: string;
  /** SHA-256 of the key. */
  keyHash: Buffer;
  scopes: readonly Scope[];
  expiresAt: Date | null;
}

export async function insertApiKey(tx: Transaction, key: NewApiKey): Promise<void> {
  await tx.query(
    `INSERT INTO api_keys (id, tenant_id, user_id, name, prefix, key_hash, scopes, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [key.id, tx.tenantId, key.userId, key.name, key.prefix, key.keyHash, key.scopes, key.expiresAt],
  );
}

export interface ApiKeyRow {
  id: string;
  name: string;
  prefix: string;
  scopes: Scope[];
  expiresAt: string | null;
  revokedAt: string | null;
  createdAt: string;
}

export async function listApiKeys(tx: Transaction): Promise<ApiKeyRow[]> {
  const rows = await tx.query<Record<string, Date | null> & ApiKeyRow>(
    `SELECT id, name, prefix, scopes, expires_at AS "expiresAt", revoked_at AS "revokedAt", created_at AS "createdAt"
     FROM api_keys WHERE tenant_id = $1 ORDER BY created_at`,
    [tx.tenantId],
  );
  return rows.map((row) => JSON.parse(JSON.stringify(row)) as ApiKeyRow);
}

/** Revokes a key at once in the database; API processes that know it forget it within their cache time. */
export async function revokeApiKey(tx: Transaction, id: string): Promise<boolean> {
  const rows = await tx.query(
    'UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING id',
    [id],
  );
  return rows.length === 1;
}

/** Who presents this key; undefined when there is no such key, or it has expired or was revoked. Needs `withPresentedKey`. */
export async function findPresentedKey(
  tx: Transaction,
): Promise<Pick<Caller, 'tenantId' | 'userId' | 'apiKeyId' | 'scopes'> | undefined> {
  const [row] = await tx.query<{ id: string; tenant_id: string; user_id: string; scopes: Scope[] }>(
    `SELECT id, tenant_id, user_id, scopes FROM api_keys
     WHERE key_hash = decode(current_setting('quaestor.presented_key_hash'), 'hex')
       AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`,
  );
  return row && { apiKeyId: row.id, tenantId: row.tenant_id, userId: row.user_id, scopes: row.scopes };
}

export async function getTier(tx: Transaction): Promise<Tier> {
  const [row] = await tx.query<{ tier: Tier }>('SELECT tier FROM tenants WHERE id = $1', [tx.tenantId]);
  return row?.tier ?? 'FREE';
}
