import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type CannedApi, events, json, startCannedApi } from './support/canned-api.js';
import { answered, job, rows, source } from './support/fixtures.js';

const BIN = fileURLToPath(new URL('../../../bin/quaestor.mjs', import.meta.url));

let api: CannedApi;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  api = await startCannedApi();
  const { PATH, HOME } = process.env;
  env = { PATH, HOME, QUAESTOR_API_URL: api.url, QUAESTOR_API_KEY: 'qsk_1' };
});
afterEach(async () => {
  await api.close();
});

interface Running {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  exitCode: Promise<number | null>;
}

function start(args: string[], bin = BIN): Running {
  // Without jest's own NODE_OPTIONS, as a person would start it.
  const child = spawn(process.execPath, [bin, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => stdout, stderr: () => stderr, exitCode };
}

describe('the program', () => {
  test('--help lists the commands and exits with 0', async () => {
    const run = start(['--help']);
    expect(await run.exitCode).toBe(0);
    for (const word of ['ask', 'sources', 'jobs', '130 interrupted']) expect(run.stdout()).toContain(word);
  });

  test('asks, and prints nothing but JSON on standard output', async () => {
    api.on('GET /v1/data-sources', json({ dataSources: [source] }));
    api.on('POST /v1/questions', json(answered));
    api.on('GET /v1/questions/q1', json(answered));
    api.on('GET /v1/questions/q1/rows', json({ columns: [], rows }));
    const run = start(['ask', 'revenue', 'by', 'region', '--json']);
    expect(await run.exitCode).toBe(0);
    expect(JSON.parse(run.stdout())).toEqual({ question: answered, rows });
  });

  test('exits with 4 when nothing answers', async () => {
    await api.close();
    const run = start(['jobs', 'list']);
    expect(await run.exitCode).toBe(4);
    expect(run.stdout()).toBe('');
    expect(run.stderr()).toContain('npm start');
  });

  test('Ctrl-C while watching exits with 130, asks the API nothing and says how to go on', async () => {
    api.on('GET /v1/jobs/j1', json({ ...job, id: 'j1', status: 'running' }));
    api.on('GET /v1/jobs/j1/events', events([{ seq: 1, kind: 'job.started' }], 'stay'));
    const run = start(['jobs', 'watch', 'j1']);
    while (!run.stderr().includes('started')) await once(run.child.stderr!, 'data');
    const before = api.seen.length;
    run.child.kill('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(run.stderr()).toContain('quaestor jobs cancel j1');
    expect(api.seen).toHaveLength(before);
  });

  test('without its packages it says so instead of a stack trace', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'quaestor-bin-'));
    try {
      mkdirSync(join(folder, 'bin'));
      cpSync(BIN, join(folder, 'bin', 'quaestor.mjs'));
      const run = start(['--help'], join(folder, 'bin', 'quaestor.mjs'));
      expect(await run.exitCode).toBe(1);
      expect(run.stderr()).toMatch(/^quaestor: its packages are not installed yet\. Run "npm ci"/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
