// What .ci/run runs once the services are installed: verify, then the whole suite on the embedded store beside the integration
// suites on a native Postgres with pgvector: most of both is waiting. Skips count as failures.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, root, tool } from './bootstrap.mjs';

ensureDependencies();
const began = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'quaestor-ci-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, said once more at the end: a log of this length is often shown in part. */
const failures = [];

/** Runs a command; its words go to `log`, or to this process's own output. Resolves with the exit code. */
const start = (command, args, env = {}, log = undefined) =>
  new Promise((resolve) => {
    const stdio = ['ignore', log ? 'pipe' : 'inherit', log ? 'pipe' : 'inherit'];
    const child = spawn(command, args, { cwd: root, env: { ...process.env, ...env }, stdio });
    const file = log && createWriteStream(log);
    if (file) {
      child.stdout.pipe(file, { end: false });
      child.stderr.pipe(file, { end: false });
    }
    child.on('error', () => resolve(1));
    child.on('close', (code) => {
      // The log is read next: to its end.
      if (file) file.end(() => resolve(code ?? 1));
      else resolve(code ?? 1);
    });
  });

const step = async (name, work) => {
  const started = Date.now();
  process.stdout.write(`\n=== ${name}\n`);
  const ok = (await work()) === 0;
  process.stdout.write(
    `=== ${name}: ${ok ? 'ok' : 'FAILED'} after ${Math.round((Date.now() - started) / 1000)} s\n`,
  );
  if (!ok) totals.failed += 1;
  return ok;
};

const tests = async (name, args, { env = {}, isCounted = true, log } = {}) => {
  const file = join(folder, `${name}.jsonl`);
  const ok = await step(name, () => start('npm', args, { ...env, QUAESTOR_TEST_TOTALS: file }, log));
  const runs = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  for (const line of runs) {
    const counted = JSON.parse(line);
    failures.push(...counted.failures.map((failure) => `${name}: ${failure}`));
    if (!isCounted) continue;
    totals.passed += counted.passed;
    totals.skipped += counted.skipped;
    // A failed run is counted once by `step`; its single tests say more.
    totals.failed += Math.max(0, counted.failed - (ok ? 0 : 1));
  }
};

await step('native Postgres with pgvector', () => start(tool('tsx'), ['scripts/install-pgvector.ts']));
// The suite below runs the same tests again: here they only say which failed.
await tests('verify', ['run', '--silent', 'verify'], { isCounted: false });
const nativeLog = join(folder, 'native.log');
await Promise.all([
  tests('suite on the embedded store', ['test', '--silent'], { env: { QUAESTOR_TEST_STORE: 'pglite' } }),
  tests('integration on native Postgres', ['test', '--silent', '--', 'integration'], {
    env: { QUAESTOR_TEST_STORE: 'native' },
    log: nativeLog,
  }),
]);
process.stdout.write(`\n=== what the run on native Postgres said\n${readFileSync(nativeLog, 'utf8')}\n`);

rmSync(folder, { recursive: true, force: true });
if (totals.skipped > 0) {
  process.stdout.write(`\n${totals.skipped} tests were skipped: in CI that is a failure.\n`);
  totals.failed += totals.skipped;
}
for (const failure of failures) process.stdout.write(`failed: ${failure}\n`);
process.stdout.write(
  `\nCI took ${Math.round((Date.now() - began) / 1000)} s\n${totals.passed} passed, ${totals.failed} failed\n`,
);
process.exit(totals.failed === 0 ? 0 : 1);
