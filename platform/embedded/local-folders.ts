import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface LocalFolders {
  /** All state of this checkout; deleting it starts afresh. QUAESTOR_HOME, default `.quaestor`. */
  home: string;
  /** Fetched programs, shared by all checkouts of this user; in `home` when the user has no writable home folder. */
  cache: string;
}

export function findLocalFolders(env: NodeJS.ProcessEnv, cwd: string): LocalFolders {
  const home = resolve(cwd, env['QUAESTOR_HOME'] || '.quaestor');
  mkdirSync(home, { recursive: true, mode: 0o755 });
  return { home, cache: userCache(env) ?? join(home, 'cache') };
}

function userCache(env: NodeJS.ProcessEnv): string | undefined {
  const base =
    env['XDG_CACHE_HOME'] ||
    (process.platform === 'win32' && env['LOCALAPPDATA']) ||
    join(env['HOME'] || homedir(), process.platform === 'darwin' ? 'Library/Caches' : '.cache');
  const cache = join(base, 'quaestor');
  try {
    mkdirSync(cache, { recursive: true });
    accessSync(cache, constants.W_OK);
    return cache;
  } catch {
    return undefined;
  }
}
