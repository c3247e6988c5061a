// What .ci/run runs once the services are installed: verify, the whole suite on the embedded store, and the integration suites
// again on a native Postgres with pgvector. Skips count as failures.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, run, tool } from './bootstrap.mjs';

ensureDependencies();
const began = Date.now();
const folder = mkdtempSync(join(tmpdir(), 'quaestor-ci-'));
const totals = { passed: 0, failed: 0, skipped: 0 };

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

const tests = (name, args, env) => {
  const file = join(folder, `${name}.json`);
  const ok = step(name, () =>
    run('npm', ['test', '--silent', '--', ...args], { ...env, QUAESTOR_TEST_TOTALS: file }),
  );
  try {
    const counted = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += counted.passed;
    totals.skipped += counted.skipped;
    // A failed run is counted once by `step`; its single tests say more.
    totals.failed += Math.max(0, counted.failed - (ok ? 0 : 1));
  } catch {
    // The run broke before it could count; `step` has said so.
  }
};

step('native Postgres with pgvector', () => run(tool('tsx'), ['scripts/install-pgvector.ts']));
step('verify', () => run('npm', ['run', '--silent', 'verify']));
tests('suite on the embedded store', [], { QUAESTOR_TEST_STORE: 'pglite' });
tests('integration on native Postgres', ['integration'], { QUAESTOR_TEST_STORE: 'native' });

rmSync(folder, { recursive: true, force: true });
if (totals.skipped > 0) {
  process.stdout.write(`\n${totals.skipped} tests were skipped: in CI that is a failure.\n`);
  totals.failed += totals.skipped;
}
process.stdout.write(
  `\nCI took ${Math.round((Date.now() - began) / 1000)} s\n${totals.passed} passed, ${totals.failed} failed\n`,
);
process.exit(totals.failed === 0 ? 0 : 1);
