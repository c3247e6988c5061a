import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CleaningPlan, CleaningRecipe } from '../../../contracts/cleaning.js';
import type { Dataset } from '../../../contracts/dataset.js';
import { startTestQuaestor, type TestQuaestor } from '../../support/quaestor.js';
import { uploadAndRead } from '../../support/upload-file.js';
import { type RunResult, runMain } from '../../unit/cli/support/run-main.js';

let quaestor: TestQuaestor;
let folder: string;

beforeAll(async () => {
  quaestor = await startTestQuaestor();
  folder = await mkdtemp(join(tmpdir(), 'quaestor-cli-'));
}, 120_000);
afterAll(async () => {
  await quaestor?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

const clean = (...args: string[]): Promise<RunResult> =>
  runMain(['datasets', 'clean', ...args], {
    env: { QUAESTOR_API_URL: quaestor.app.url, QUAESTOR_API_KEY: quaestor.tenant.apiKey },
  });
async function printed<Body>(...args: string[]): Promise<Body> {
  const { exitCode, stdout, stderr } = await clean(...args, '--json');
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Body;
}
const file = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify(content));
  return path;
};

const CITIES = ['Berlin', 'Oslo', 'Paris', ' Berlin', 'n/a'];
const messy = (rows: number): string =>
  `city,amount\n${Array.from({ length: rows }, (_, i) => `"${CITIES[i % 5]}",${i}`).join('\n')}\n`;
const numberOf = (plan: CleaningPlan, kind: string): string =>
  String(plan.steps.findIndex(({ step }) => step.kind === kind) + 1);

test('datasets clean goes from a plan to a version and back, and its recipe cleans another file', async () => {
  await uploadAndRead(quaestor, 'messy.csv', messy(100));
  await uploadAndRead(quaestor, 'later.csv', messy(50));

  const proposed = await clean('plan', 'messy.csv', '--no-model');
  expect(proposed.exitCode).toBe(0);
  expect(proposed.stdout).toMatch(/• \d\. trim .*"columns":\["city"\]/);
  expect(proposed.stdout).toContain('changes 20 cells');
  const plan = await printed<CleaningPlan>('show', 'messy.csv');

  const extra = await file('step.json', { kind: 'rename-columns', names: [{ from: 'city', to: 'town' }] });
  const decided = await printed<CleaningPlan>(
    'decide',
    'messy.csv',
    '--accept',
    numberOf(plan, 'trim'),
    '--reject',
    numberOf(plan, 'null-words'),
    '--add',
    extra,
  );
  expect(decided.revision).toBe(2);
  expect(decided.steps.at(-1)).toMatchObject({ status: 'accepted', step: { kind: 'rename-columns' } });
  expect(decided.steps.find(({ step }) => step.kind === 'null-words')).toMatchObject({ status: 'rejected' });

  const applied = await clean('apply', 'messy.csv');
  expect(applied.stdout).toContain('messy.csv is at version 2: 100 rows, 2 columns');
  expect(applied.stdout).toMatch(/1\. trim: 20 cells changed/);
  expect((await clean('versions', 'messy.csv')).stdout).toContain('of version 1 by 2 steps');

  const recipe = await printed<CleaningRecipe>('export', 'messy.csv');
  expect(recipe.steps.map(({ kind }) => kind)).toEqual(['trim', 'rename-columns']);
  const replayed = await printed<Dataset>(
    'apply',
    'later.csv',
    '--recipe',
    await file('recipe.json', recipe),
  );
  expect(replayed.version).toMatchObject({ number: 2, rowCount: 50, columns: [{ name: 'town' }, {}] });

  expect((await clean('undo', 'messy.csv')).stdout).toContain('is at version 1: 100 rows');
  expect((await clean('switch', 'messy.csv', '2')).stdout).toContain('is at version 2');
}, 180_000);

test('datasets clean says what is wrong with its arguments, and changes nothing', async () => {
  const { id } = await uploadAndRead(quaestor, 'plain.csv', messy(30));
  await clean('plan', 'plain.csv', '--no-model');
  const wrong: [string[], number, RegExp][] = [
    [['decide', 'plain.csv', '--accept', '99'], 2, /The plan has no step 99/],
    [['switch', 'plain.csv', '7'], 2, /has no version 7/],
    [['apply', 'plain.csv', '--recipe', join(folder, 'nowhere.json')], 2, /There is no file/],
    [['undo', 'plain.csv'], 1, /version/],
    [['plan', 'nothing.csv'], 2, /There is no dataset "nothing.csv"/],
    [
      [
        'apply',
        'plain.csv',
        '--recipe',
        await file('misfit.json', {
          format: 'quaestor-cleaning-recipe',
          version: 1,
          steps: [{ kind: 'trim', columns: ['nowhere'] }],
        }),
      ],
      1,
      /nowhere/,
    ],
  ];
  for (const [args, exitCode, message] of wrong) {
    const result = await clean(...args);
    expect([args, result.exitCode]).toEqual([args, exitCode]);
    expect(result.stderr).toMatch(message);
  }
  expect((await quaestor.client.readDataset(id)).version).toMatchObject({ number: 1 });
}, 120_000);
