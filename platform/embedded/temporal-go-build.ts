import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath } from '../find-on-path.js';
import { runCommand } from './run-command.js';
import {
  adoptTemporalBinary,
  seconds,
  TEMPORAL_CLI_VERSION,
  temporalExecutable,
} from './temporal-release.js';

const MODULE = 'github.com/temporalio/cli/cmd/temporal';

export interface TemporalGoBuildOptions {
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  onProgress?: (message: string) => void;
  /** Time between two lines of life. Default 10 s. */
  heartbeatMs?: number;
}

/** Builds the server with the Go that is on the PATH (about four minutes on two cores, 3 GB of caches); resolves to its path. */
export async function buildTemporalWithGo(options: TemporalGoBuildOptions): Promise<string> {
  const { cacheDir, env, onProgress, heartbeatMs = 10_000 } = options;
  const go = await findOnPath('go', env);
  if (!go) throw new Error('Go is not on the PATH');
  const parent = join(cacheDir, 'temporal');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, '.go-'));
  const ownCaches = join(cacheDir, 'go');
  // Go says what it downloads and nothing while it compiles: a line that stays is no news.
  let told = '';
  const news = (line: string | undefined): string => {
    const text = line && line !== told ? line.slice(0, 80) : 'compiling';
    told = line ?? '';
    return text;
  };
  try {
    onProgress?.(
      `Building the Temporal server with Go (${MODULE}@v${TEMPORAL_CLI_VERSION}); this takes about four minutes on two cores, once`,
    );
    await runCommand(go, ['install', `${MODULE}@v${TEMPORAL_CLI_VERSION}`], {
      env: { ...env, ...(await goFolders(env, ownCaches)), GOBIN: folder, CGO_ENABLED: '0' },
      timeoutMs: 30 * 60_000,
      heartbeatMs,
      onHeartbeat: (elapsedMs, lastLine) =>
        onProgress?.(
          `Building the Temporal server with Go: ${seconds(elapsedMs)} so far (${news(lastLine)})`,
        ),
    });
    return await adoptTemporalBinary(join(folder, temporalExecutable), cacheDir, TEMPORAL_CLI_VERSION);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rm(ownCaches, { recursive: true, force: true });
  }
}

/**
 * Go wants folders for modules and objects and derives them from HOME. Without a HOME that can be written,
 * they go into the cache, writable so that they can be deleted (Go makes its modules read-only by default).
 */
async function goFolders(env: NodeJS.ProcessEnv, ownCaches: string): Promise<Record<string, string>> {
  const home = process.platform === 'win32' ? env['USERPROFILE'] : env['HOME'];
  const homeWorks = home ? await isWritable(home) : false;
  if (homeWorks) return {};
  return {
    GOPATH: env['GOPATH'] || join(ownCaches, 'path'),
    GOMODCACHE: env['GOMODCACHE'] || join(ownCaches, 'modules'),
    GOCACHE: env['GOCACHE'] || join(ownCaches, 'objects'),
    GOENV: 'off',
    GOFLAGS: `${env['GOFLAGS'] ?? ''} -modcacherw`.trim(),
  };
}

async function isWritable(folder: string): Promise<boolean> {
  try {
    await access(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
