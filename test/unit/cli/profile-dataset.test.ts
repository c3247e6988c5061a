import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type CannedApi, events, json, startCannedApi } from './support/canned-api.js';
import { runMain } from './support/run-main.js';

let api: CannedApi;
let env: NodeJS.ProcessEnv;
let folder: string;
beforeEach(async () => {
  api = await startCannedApi();
  env = { QUAESTOR_API_URL: api.url, QUAESTOR_API_KEY: 'qsk_1' };
  folder = await mkdtemp(join(tmpdir(), 'quaestor-cli-'));
  api.on('GET /v1/datasets', json({ datasets: [{ id: 'd1', name: 'sales.csv' }] }));
});
afterEach(async () => {
  await api.close();
  await rm(folder, { recursive: true });
});

const column = {
  name: 'mail',
  type: 'VARCHAR',
  kind: 'text',
  nulls: 2,
  distinct: 40,
  min: 'a@x.org',
  max: 'z@x.org',
};
const profile = {
  status: 'succeeded',
  jobId: 'profile-d1',
  finishedAt: '2026-01-01T00:00:00Z',
  profile: {
    rows: 42,
    columns: [{ ...column, semantic: { type: 'email', share: 1, personal: true } }],
    findings: [
      {
        level: 'warning',
        kind: 'duplicate-rows',
        message: '3 rows repeat an earlier row.',
        count: 3,
        rows: [4, 9],
      },
    ],
  },
};

test('datasets profile shows columns and warnings, keeps personal values back, and writes the page', async () => {
  api.on('POST /v1/datasets/d1/profile', json({ profile: { ...profile, finishedAt: null } }, 202));
  api.on('GET /v1/jobs/profile-d1/events', events([{ seq: 1, kind: 'job.succeeded' }]));
  api.on('GET /v1/datasets/d1/profile', json(profile));
  api.on('GET /v1/datasets/d1/profile.html', json('<page>'));
  const path = join(folder, 'page.html');
  const { exitCode, stdout } = await runMain(['datasets', 'profile', 'sales.csv', '--html', path], { env });
  expect(exitCode).toBe(0);
  expect(stdout).toContain('42 rows, 1 column');
  expect(stdout).toMatch(/mail.*email.*2.*40/);
  expect(stdout).not.toContain('a@x.org');
  expect(stdout).toContain('duplicate-rows: 3 rows repeat an earlier row. Rows 4, 9.');
  expect(await readFile(path, 'utf8')).toContain('<page>');
});

test('datasets profile with a name that is not there says which there are', async () => {
  const { exitCode, stderr } = await runMain(['datasets', 'profile', 'other'], { env });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('There are: sales.csv.');
});
