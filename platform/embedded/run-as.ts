import { createHash } from 'node:crypto';
import { chown, cp, lstat, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { runCommand } from './run-command.js';

/** An account without privileges; undefined stands for "as we are". */
export interface RunAs {
  name: string;
  uid: number;
  gid: number;
}

/** Postgres refuses to run as root: for root an account of the system that exists everywhere, else undefined. */
export async function unprivilegedAccount(): Promise<RunAs | undefined> {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const uid = Number((await runCommand('id', ['-u', name])).output);
      const gid = Number((await runCommand('id', ['-g', name])).output);
      if (uid > 0) return { name, uid, gid };
    } catch {
      // Not on this system.
    }
  }
  throw new QuaestorError(
    'embedded_server_failed',
    'Postgres does not run as root, and this system has neither a user "postgres" nor "nobody". Start Quaestor as an ordinary user.',
  );
}

/** The spawn options for an account. */
export const asUser = (account: RunAs | undefined): { uid?: number; gid?: number } =>
  account ? { uid: account.uid, gid: account.gid } : {};

/** Whether the account may pass through every folder above the path, and read the path if it is there. */
export async function isReachable(path: string, account: RunAs | undefined): Promise<boolean> {
  if (!account) return true;
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    if (!(await mayRead(folder, account, 0o1))) return false;
    if (folder === dirname(folder)) break;
  }
  return mayRead(path, account, 0o4);
}

async function mayRead(path: string, account: RunAs, bit: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return true;
  const shift = found.uid === account.uid ? 6 : found.gid === account.gid ? 3 : 0;
  return (found.mode & (bit << shift)) !== 0;
}

/**
 * A folder for the account's own data: the wanted one if the account can get there, else one below the temporary folder. The wanted folder
 * then holds a note with a token that the other must hold too: when the wanted folder was deleted, what the other
 * holds counts as deleted as well.
 */
export async function folderFor(
  wanted: string,
  account: RunAs | undefined,
  onProgress?: (message: string) => void,
): Promise<string> {
  const path = resolve(wanted);
  await mkdir(path, { recursive: true });
  if (!account) return path;
  if (await isReachable(join(path, 'x'), account)) return path;

  const note = join(path, 'moved.json');
  const elsewhere = join(tmpdir(), `quaestor-${hash(path)}`);
  await ownFolder(elsewhere);
  if (!(await isReachable(join(elsewhere, 'x'), account))) {
    throw new QuaestorError(
      'embedded_server_failed',
      `Postgres runs as "${account.name}", who can enter neither ${path} nor ${tmpdir()}. Use a state folder that others may pass through, or start Quaestor as an ordinary user.`,
    );
  }
  const tokenFile = join(elsewhere, 'token');
  const expected = await readFile(note, 'utf8')
    .then((text) => (JSON.parse(text) as { token: string }).token)
    .catch(() => undefined);
  const token = await readFile(tokenFile, 'utf8').catch(() => undefined);
  if (expected === undefined || token !== expected) {
    const fresh = crypto.randomUUID();
    await rm(elsewhere, { recursive: true, force: true });
    await ownFolder(elsewhere);
    await writeFile(tokenFile, fresh);
    await writeFile(note, JSON.stringify({ movedTo: elsewhere, token: fresh }, null, 2));
  }
  onProgress?.(
    `Postgres runs as "${account.name}", who cannot enter ${path}; its files are in ${elsewhere} instead`,
  );
  return elsewhere;
}

/** Makes a folder that belongs to the account alone. */
export async function giveFolder(path: string, account: RunAs | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if (account) await chown(path, account.uid, account.gid);
}

/** A folder of program files where the account can read it: in place, or a copy below the temporary folder (kept for the next start). */
export async function reachableCopy(
  folder: string,
  account: RunAs | undefined,
  onProgress?: (message: string) => void,
): Promise<string> {
  if (await isReachable(join(folder, 'x'), account)) return folder;
  const { mtimeMs } = await stat(folder);
  const copy = join(tmpdir(), `quaestor-programs-${hash(`${resolve(folder)} ${mtimeMs}`)}`);
  const done = join(copy, 'complete');
  if (await isOurs(copy)) {
    if (await stat(done).catch(() => undefined)) return copy;
    await rm(copy, { recursive: true, force: true });
  } else if (await lstat(copy).catch(() => undefined)) {
    throw new QuaestorError(
      'embedded_server_failed',
      `${copy} belongs to somebody else; remove it and start again.`,
    );
  }
  onProgress?.(`Copying the Postgres programs to ${copy}, where "${account?.name}" can read them`);
  const making = `${copy}.${process.pid}`;
  await cp(folder, making, { recursive: true, verbatimSymlinks: true });
  await writeFile(join(making, 'complete'), '');
  await rename(making, copy);
  return copy;
}

/** A folder in the temporary folder that only we can write: nobody else may have put it there before us. */
async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { mode: 0o755 }).catch(() => {});
  if (!(await isOurs(path))) {
    throw new QuaestorError(
      'embedded_server_failed',
      `${path} belongs to somebody else; remove it and start again.`,
    );
  }
}

async function isOurs(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);
