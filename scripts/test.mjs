// npm test: installs what is missing and runs the whole suite, or what is named: npm test -- unit, npm test -- integration -t name
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureDependencies, root, run } from './bootstrap.mjs';

ensureDependencies();
const [first, ...rest] = process.argv.slice(2);
const suites = ['unit', 'replay', 'component', 'integration'];
const isNamed = suites.includes(first);
const chosen = isNamed ? [first] : suites;
const more = isNamed ? rest : process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'quaestor-results-'));
const totals = { passed: 0, failed: 0, skipped: 0, failures: [] };

function jest(projects, workers) {
  const file = join(folder, `${projects[0]}.json`);
  const status = run(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      // Parsers come as large WebAssembly modules: compiled to the last, they keep a worker from ending in time.
      '--liftoff-only',
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      '--selectProjects',
      ...projects,
      `--maxWorkers=${workers}`,
      '--json',
      `--outputFile=${file}`,
      ...more,
    ],
    // The last as platform/config.ts says: some tests load the SDK of buckets by themselves.
    {
      NODE_ENV: 'test',
      NODE_OPTIONS: '',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  );
  try {
    const result = JSON.parse(readFileSync(file, 'utf8'));
    totals.passed += result.numPassedTests;
    totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    totals.skipped += result.numPendingTests + result.numTodoTests;
    totals.failures.push(...failuresOf(result));
  } catch {
    totals.failed += 1;
  }
  return status;
}

/** `file: name of the test`, and files that did not run at all. */
function failuresOf(result) {
  return result.testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, assertionResults }) => {
      const file = relative(root, name);
      const tests = assertionResults.filter(({ status }) => status === 'failed');
      return tests.length === 0 ? [file] : tests.map(({ fullName }) => `${file}: ${fullName}`);
    });
}

let failed = 0;
const quick = chosen.filter((suite) => suite !== 'integration');
if (quick.length > 0) failed |= jest(quick, 2);
// One at a time: the suite owns one Temporal server and, on the embedded store, the one connection that it has.
if (chosen.includes('integration')) failed |= jest(['integration'], 1);

rmSync(folder, { recursive: true, force: true });
if (failed !== 0 && totals.failed === 0) totals.failed = 1;
// A line for each run: `npm run verify` makes two.
if (process.env.QUAESTOR_TEST_TOTALS) {
  appendFileSync(process.env.QUAESTOR_TEST_TOTALS, `${JSON.stringify(totals)}\n`);
}
for (const failure of totals.failures) process.stdout.write(`failed: ${failure}\n`);
process.stdout.write(
  `${totals.passed} passed, ${totals.failed} failed${totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''}\n`,
);
process.exit(failed === 0 ? 0 : 1);
