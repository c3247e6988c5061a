// npm test: installs what is missing and runs the whole suite, or what is named: npm test -- unit, npm test -- integration -t name
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDependencies, root, run } from './bootstrap.mjs';

ensureDependencies();
const [first, ...rest] = process.argv.slice(2);
const suites = ['unit', 'replay', 'integration'];
const isNamed = suites.includes(first);
const chosen = isNamed ? [first] : suites;
const more = isNamed ? rest : process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'quaestor-results-'));
const totals = { passed: 0, failed: 0, skipped: 0 };

function jest(projects, workers) {
  const file = join(folder, `${projects[0]}.json`);
  const status = run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--selectProjects',
      ...projects,
      `--maxWorkers=${workers}`,
      '--json',
      `--outputFile=${file}`,
      ...more,
    ],
    { NODE_ENV: 'test', NODE_OPTIONS: '' },
  );
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += result.numPassedTests;
    totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    totals.skipped += result.numPendingTests + result.numTodoTests;
  } catch {
    totals.failed += 1;
  }
  return status;
}

let failed = 0;
const quick = chosen.filter((suite) => suite !== 'integration');
if (quick.length > 0) failed |= jest(quick, 2);
// One at a time: the suite owns one Temporal server and, on the embedded store, the one connection that it has.
if (chosen.includes('integration')) failed |= jest(['integration'], 1);

rmSync(folder, { recursive: true, force: true });
if (failed !== 0 && totals.failed === 0) totals.failed = 1;
if (process.env.QUAESTOR_TEST_TOTALS) writeFileSync(process.env.QUAESTOR_TEST_TOTALS, JSON.stringify(totals));
process.stdout.write(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`,
);
process.exit(failed === 0 ? 0 : 1);
