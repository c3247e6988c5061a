import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Transaction } from '../database.js';

/**
 * Claims an Idempotency-Key for a new resource, or returns the resource of the first request with this key.
 * @throws QuaestorError `idempotency_key_reused` when that request was another one.
 */
export async function claimIdempotencyKey(
  tx: Transaction,
  claim: { key: string; requestHash: Buffer; resourceId: string; ttlMs: number },
): Promise<{ resourceId: string; isNew: boolean }> {
  await tx.query(
    `DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2 AND created_at < now() - $3 * interval '1 millisecond'`,
    [tx.tenantId, claim.key, claim.ttlMs],
  );
  const inserted = await tx.query(
    `INSERT INTO idempotency_keys (tenant_id, key, request_hash, resource_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT DO NOTHING RETURNING key`,
    [tx.tenantId, claim.key, claim.requestHash, claim.resourceId],
  );
  if (inserted.length === 1) return { resourceId: claim.resourceId, isNew: true };
  const [row] = await tx.query<{ request_hash: Buffer; resource_id: string }>(
    'SELECT request_hash, resource_id FROM idempotency_keys WHERE tenant_id = $1 AND key = $2',
    [tx.tenantId, claim.key],
  );
  if (!row?.request_hash.equals(claim.requestHash)) {
    throw new QuaestorError(
      'idempotency_key_reused',
      'This Idempotency-Key came with another request before.',
    );
  }
  return { resourceId: row.resource_id, isNew: false };
}

/** Forgets a key whose request came to nothing, so that the same request may be sent again. */
export async function releaseIdempotencyKey(tx: Transaction, key: string): Promise<void> {
  await tx.query('DELETE FROM idempotency_keys WHERE tenant_id = $1 AND key = $2', [tx.tenantId, key]);
}
