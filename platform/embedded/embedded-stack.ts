import { join } from 'node:path';
import { SEARCH_ATTRIBUTES } from '../../contracts/workflows.js';
import { ENGINE_SETTINGS } from './engine-settings.js';
import { findTemporalBinary } from './find-temporal-binary.js';
import { findFreePort } from './free-port.js';
import type { LocalFolders } from './local-folders.js';
import { startPgliteServer } from './pglite-server.js';
import { startTemporalServer } from './temporal-server.js';

export interface EmbeddedStack {
  /** Settings for platform/config.ts that point at what was started. */
  env: NodeJS.ProcessEnv;
  temporalUiUrl: string | undefined;
  /** True when the store is PGlite: one Quaestor process, one connection. */
  isStoreEmbedded: boolean;
  /** Resolves with a sentence when a server has ended by itself. */
  failed: Promise<string>;
  stop(): Promise<void>;
}

export interface StartEmbeddedStackOptions {
  env: NodeJS.ProcessEnv;
  folders: LocalFolders;
  taken: Set<number>;
  onProgress: (message: string) => void;
}

interface Part {
  exited: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * The engine and the store on one machine. What the environment names already (TEMPORAL_ADDRESS, DATABASE_URL) is used as it is;
 * the rest is started as child processes that end with this one.
 */
export async function startEmbeddedStack(options: StartEmbeddedStackOptions): Promise<EmbeddedStack> {
  const { env, folders, taken, onProgress } = options;
  const parts: Part[] = [];
  const failures: Promise<string>[] = [];
  const stop = async () => {
    for (const part of parts.reverse()) await part.stop();
  };
  const keep = <Server extends Part>(name: string, server: Server): Server => {
    parts.push(server);
    failures.push(server.exited.then(() => `The ${name} has ended.`));
    return server;
  };
  const port = async (preferred: number, what: string): Promise<number> => {
    const free = await findFreePort({ preferred, taken });
    if (free !== preferred) onProgress(`Port ${preferred} is taken: the ${what} uses ${free}.`);
    return free;
  };

  try {
    const started: NodeJS.ProcessEnv = {};
    let temporalUiUrl = env['TEMPORAL_UI_URL'];
    if (!env['TEMPORAL_ADDRESS']) {
      const binary = await findTemporalBinary({ cacheDir: folders.cache, env, onProgress });
      if (binary.note) onProgress(binary.note);
      const temporal = keep(
        'Temporal server',
        await startTemporalServer({
          binary: binary.path,
          dataDir: join(folders.home, 'temporal'),
          port: await port(7233, 'Temporal server'),
          uiPort: await port(8233, 'Temporal UI'),
          searchAttributes: SEARCH_ATTRIBUTES,
          dynamicConfig: ENGINE_SETTINGS,
          logFile: join(folders.home, 'temporal.log'),
          onProgress,
        }),
      );
      started['TEMPORAL_ADDRESS'] = temporal.address;
      started['TEMPORAL_UI_URL'] = temporalUiUrl = temporal.uiUrl;
    }
    const isStoreEmbedded = !env['DATABASE_URL'];
    if (isStoreEmbedded) {
      const store = keep(
        'embedded store',
        await startPgliteServer({
          dataDir: join(folders.home, 'store'),
          port: await port(5490, 'embedded store'),
          logFile: join(folders.home, 'store.log'),
          onProgress,
        }),
      );
      started['DATABASE_URL'] = store.connectionString;
      started['DATABASE_POOL'] = '1';
    }
    return { env: started, temporalUiUrl, isStoreEmbedded, failed: Promise.race(failures), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
