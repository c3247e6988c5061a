// npm run verify: everything that can be checked without servers, in under two minutes.
import { spawn } from 'node:child_process';
import { ensureDependencies, root, tool, tsc } from './bootstrap.mjs';

ensureDependencies();

// The longest first.
const checks = [
  ['unit and replay tests', process.execPath, ['scripts/test.mjs', 'unit'], ['scripts/test.mjs', 'replay']],
  ['format and lint', tool('biome'), ['ci', '--colors=off', '.']],
  ['types', process.execPath, [tsc, '-p', 'tsconfig.json']],
  ['typed lint', tool('oxlint'), ['--max-warnings=0']],
  [
    'import rules',
    tool('depcruise'),
    [
      '--config',
      '.dependency-cruiser.cjs',
      'contracts',
      'domain',
      'workflows',
      'activities',
      'workers',
      'api',
      'db',
      'platform',
      'cli',
      'scripts',
      'examples',
      'bench',
      'test',
    ],
  ],
  ['dead code', tool('knip'), []],
  ['workflow bundle', tool('tsx'), ['scripts/check-workflow-bundle.ts']],
];

const started = Date.now();
const run = (command, args) =>
  new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { cwd: root, env: { ...process.env, FORCE_COLOR: '0' } });
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code, output }));
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
  });

// Two at a time: there are two cores on the smallest machine that this is meant for.
const queue = [...checks];
let failed = 0;
let passed = 0;
const lane = async () => {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const [name, command, ...argLists] = check;
    const began = Date.now();
    for (const args of argLists) {
      const { code, output } = await run(command, args);
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      if (code === 0) {
        passed += 1;
        console.log(`ok      ${name} (${seconds} s)`);
      } else {
        failed += 1;
        console.log(`FAILED  ${name} (${seconds} s)\n${output}`);
      }
    }
  }
};
await Promise.all([lane(), lane()]);
console.log(`verify: ${passed} passed, ${failed} failed in ${((Date.now() - started) / 1000).toFixed(0)} s`);
process.exit(failed === 0 ? 0 : 1);
