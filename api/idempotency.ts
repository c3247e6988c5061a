import { createHmac } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { LIMITS } from '../contracts/limits.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Transaction } from '../db/database.js';
import { claimIdempotencyKey } from '../db/statements/idempotency.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** For the documentation of routes that take the header. */
export const idempotencyHeader = z.object({
  'Idempotency-Key': z.string().regex(KEY).optional().meta({
    description:
      'Sending the same request again with the same key returns the first outcome and creates nothing. Kept for 24 h.',
  }),
});

export interface Idempotency {
  key: string;
  /** Says whether a later request is the same one. Keyed, because the body may hold a password. */
  requestHash: Buffer;
}

/** @throws QuaestorError `invalid_request` for a key that is empty, too long or not printable. */
export function idempotencyOf(req: Request, body: unknown, secret: Buffer): Idempotency | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined) return undefined;
  if (!KEY.test(key)) {
    throw new QuaestorError(
      'invalid_request',
      'Idempotency-Key: must be 1 to 255 printable ASCII characters.',
    );
  }
  const requestHash = createHmac('sha256', secret)
    .update(JSON.stringify([req.method, req.path, body]))
    .digest();
  return { key, requestHash };
}

/**
 * The id of the thing that an earlier request with this key made, or undefined when this request is the first (or has no key)
 * and is to make `resourceId`.
 */
export async function findEarlier(
  tx: Transaction,
  idempotency: Idempotency | undefined,
  resourceId: string,
): Promise<string | undefined> {
  if (!idempotency) return undefined;
  const claim = await claimIdempotencyKey(tx, { ...idempotency, resourceId, ttlMs: LIMITS.idempotencyTtlMs });
  return claim.isNew ? undefined : claim.resourceId;
}
