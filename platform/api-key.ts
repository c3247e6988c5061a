import { createHash, randomBytes } from 'node:crypto';

/** How much of a key is kept readable, so that people can tell their keys apart. */
const PREFIX_CHARS = 10;

/** SHA-256 is enough here: a key is 256 random bits, so there is nothing to guess. */
export const hashApiKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** A new API key: `qsk_` and 32 random bytes in base64url. It is shown once; only prefix and hash are kept. */
export function createApiKey(): { key: string; prefix: string; keyHash: Buffer } {
  const key = `qsk_${randomBytes(32).toString('base64url')}`;
  return { key, prefix: key.slice(0, PREFIX_CHARS), keyHash: hashApiKey(key) };
}
