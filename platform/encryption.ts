import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;

/**
 * Encrypts a secret for a row: AES-256-GCM (NIST SP 800-38D), laid out as version, nonce, tag, text.
 * @param binding what the secret belongs to (tenant and row id): it is authenticated, so a secret copied to another row does not open.
 */
export function encryptSecret(key: Buffer, binding: string, secret: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(binding));
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), text]);
}

/** Opens what `encryptSecret` made. @throws Error when key or binding are others, or the bytes were changed. */
export function decryptSecret(key: Buffer, binding: string, sealed: Buffer): string {
  if (sealed[0] !== VERSION) throw new Error(`Unknown version ${sealed[0]} of an encrypted secret`);
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(binding))
    .setAuthTag(tag);
  return Buffer.concat([
    decipher.update(sealed.subarray(1 + NONCE_BYTES + TAG_BYTES)),
    decipher.final(),
  ]).toString('utf8');
}
