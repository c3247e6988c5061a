// What .ci/run runs once the services are installed: verify, the whole suite on the embedded store, and the integration suites
// again on a native Postgres with pgvector. Skips count as failures.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, run, tool } from './bootstrap.mjs';

ensureDependencies();
const began = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'quaestor-ci-'));
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, said once more at the end: a log of this length is often shown in part. */
const failures = [];

const step = (name, work) => {
  const started = Date.now();
  process.stdout.write(`\n=== ${name}\n`);
  const ok = work() === 0;
  process.stdout.write(
    `=== ${name}: ${ok ? 'ok' : 'FAILED'} after ${Math.round((Date.now() - started) / 1000)} s\n`,
  );
  if (!ok) totals.failed += 1;
  return ok;
};

const tests = (name, args, env, isCounted = true) => {
  const file = join(folder, `${name}.jsonl`);
  const ok = step(name, () => run('npm', [...args], { ...env, QUAESTOR_TEST_TOTALS: file }));
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

step('native Postgres with pgvector', () => run(tool('tsx'), ['scripts/install-pgvector.ts']));
// The suite below runs the same tests again: here they only say which failed.
tests('verify', ['run', '--silent', 'verify'], {}, false);
tests('suite on the embedded store', ['test', '--silent'], { QUAESTOR_TEST_STORE: 'pglite' });
tests('integration on native Postgres', ['test', '--silent', '--', 'integration'], {
  QUAESTOR_TEST_STORE: 'native',
});

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
