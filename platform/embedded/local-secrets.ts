import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Secrets and ports of an embedded Quaestor, made once and kept in its state folder (mode 600). */
export interface LocalSecrets {
  /** QUAESTOR_ENCRYPTION_KEY, base64. */
  encryptionKey: string;
  samplePassword: string;
  readerPassword: string;
}

export async function loadLocalSecrets(home: string): Promise<LocalSecrets> {
  const path = join(home, 'secrets.json');
  const known = await readJson<Partial<LocalSecrets>>(path);
  const secrets: LocalSecrets = {
    encryptionKey: known?.encryptionKey ?? randomBytes(32).toString('base64'),
    samplePassword: known?.samplePassword ?? randomBytes(18).toString('base64url'),
    readerPassword: known?.readerPassword ?? randomBytes(18).toString('base64url'),
  };
  await writeSecretJson(path, secrets);
  return secrets;
}

/** What `npm start` leaves for the command line: where the API is and with which key. */
export interface LocalCredentials {
  apiUrl: string;
  apiKey: string;
  tenantId: string;
  userId: string;
}

export const credentialsPath = (home: string): string => join(home, 'credentials.json');

export const readCredentials = (home: string): Promise<LocalCredentials | undefined> =>
  readJson<LocalCredentials>(credentialsPath(home));

export const writeCredentials = (home: string, credentials: LocalCredentials): Promise<void> =>
  writeSecretJson(credentialsPath(home), credentials);

async function readJson<Content>(path: string): Promise<Content | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const writeSecretJson = (path: string, content: object): Promise<void> =>
  writeFile(path, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
