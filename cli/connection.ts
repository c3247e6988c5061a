import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './cli-error.js';

export interface Connection {
  apiUrl: string;
  apiKey: string;
}

export interface FindConnectionOptions {
  /** `--api`. */
  apiOption?: string | undefined;
  env: NodeJS.ProcessEnv;
  /** Folders that may hold `.quaestor/credentials.json`, first wins: the current one, the project's. */
  folders: string[];
}

const DEFAULT_API_URL = 'http://127.0.0.1:8080';

/**
 * Finds address and key: the option, the environment, then `credentials.json` as `npm start` writes it (in QUAESTOR_HOME, or in a
 * `.quaestor` folder). The file's key is sent only to the file's own address.
 * @throws UsageError when there is no key, or the address is not an http(s) URL.
 */
export function findConnection({ apiOption, env, folders }: FindConnectionOptions): Connection {
  const homes = env['QUAESTOR_HOME']
    ? [env['QUAESTOR_HOME']]
    : folders.map((folder) => join(folder, '.quaestor'));
  const file = homes.map(readCredentials).find((found) => found !== undefined);
  const asked = apiOption || env['QUAESTOR_API_URL'] || undefined;
  const apiUrl = asked ?? file?.apiUrl ?? DEFAULT_API_URL;
  const origin = originOf(apiUrl);
  const fileKey = file && originOf(file.apiUrl) === origin ? file.apiKey : undefined;
  const apiKey = env['QUAESTOR_API_KEY'] || fileKey;
  if (!apiKey) {
    throw new UsageError(
      `There is no API key for ${origin}. Set QUAESTOR_API_KEY, or start Quaestor with "npm start", which writes one to .quaestor/credentials.json.`,
    );
  }
  return { apiUrl, apiKey };
}

function originOf(apiUrl: string): string {
  const url = tryUrl(apiUrl);
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`The API address must be an http or https URL, not "${apiUrl}".`);
  }
  return url.origin;
}

function tryUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function readCredentials(folder: string): Connection | undefined {
  const path = join(folder, 'credentials.json');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { apiUrl, apiKey } = JSON.parse(text) as Partial<Connection>;
    if (typeof apiUrl === 'string' && typeof apiKey === 'string') return { apiUrl, apiKey };
  } catch {
    // Told below.
  }
  throw new UsageError(`${path} is not what "npm start" writes; delete it and start again.`);
}
