import { LRUCache } from 'lru-cache';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import type { Database } from '../db/database.js';
import { findPresentedKey, getTier } from '../db/statements/tenants.js';
import { hashApiKey } from '../platform/api-key.js';

/** How long a key is believed without asking the store: a key revoked elsewhere works for at most this long. */
const CACHE_TTL_MS = 15_000;
const CACHE_ENTRIES = 10_000;

const BEARER = /^Bearer +([\x21-\x7e]{1,200})$/i;

export interface Authenticator {
  /** @throws QuaestorError `unauthorized`, or `store_unavailable` when a key that is not cached cannot be looked up. */
  authenticate(authorization: string | undefined): Promise<Caller>;
  /** Forgets a revoked key in this process. */
  forget(apiKeyId: string): void;
}

/** Finds who presents an API key; callers at once for one key share one look-up. Only valid keys are cached. */
export function createAuthenticator(db: Database): Authenticator {
  const callers = new LRUCache<string, Caller>({
    max: CACHE_ENTRIES,
    ttl: CACHE_TTL_MS,
    fetchMethod: async (keyHash) => findCaller(db, keyHash),
  });
  return {
    async authenticate(authorization) {
      const key = authorization === undefined ? undefined : BEARER.exec(authorization)?.[1];
      if (key === undefined) {
        throw new QuaestorError('unauthorized', 'The request has no "Authorization: Bearer …" header.');
      }
      const caller = await callers.fetch(hashApiKey(key).toString('hex'));
      if (!caller)
        throw new QuaestorError('unauthorized', 'The API key is unknown, has expired or was revoked.');
      return caller;
    },
    forget(apiKeyId) {
      for (const [keyHash, caller] of callers.entries()) {
        if (caller.apiKeyId === apiKeyId) callers.delete(keyHash);
      }
    },
  };
}

async function findCaller(db: Database, keyHash: string): Promise<Caller | undefined> {
  const presented = await db.withPresentedKey(keyHash, findPresentedKey);
  return presented && { ...presented, tier: await db.withTenant(presented.tenantId, getTier) };
}
