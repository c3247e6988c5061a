// Runs before anything is installed: plain JavaScript, Node built-ins only.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs the exact dependencies of the lock file when they are not there yet; quick when they are. */
export function ensureDependencies() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Quaestor needs Node 20.19 or newer; this is ${process.versions.node}.`);
  }
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const stamp = join(root, 'node_modules', '.quaestor-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing dependencies (npm ci; about a minute the first time) …\n');
  // npm is a script next to node on Windows, so it needs a shell there.
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
    env: { ...process.env, NODE_ENV: 'development' },
  });
  if (status !== 0) fail('npm ci failed; its words are above. Check the network and try again.');
  writeFileSync(stamp, lock);
}

/** Runs a command of the project to its end and returns its exit code. */
export function run(command, args, env = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return result.status ?? 1;
}

/** The path of a tool that a dependency brings. */
export const tool = (name) =>
  join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name);

/**
 * The compiler, as arguments of Node: TypeScript 7. The package `typescript` is version 6, for dependency-cruiser, which needs its API; both
 * bring a `tsc`.
 */
export const tsc = join(root, 'node_modules', 'typescript-7', 'bin', 'tsc');

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
