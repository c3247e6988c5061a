import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  type SupervisedProcess,
  startSupervised,
  untilReady,
} from '../../../platform/embedded/supervised-process.js';
import { startTemporalServer } from '../../../platform/embedded/temporal-server.js';
import { until } from './until.js';

let folder: string;
let running: SupervisedProcess[];
let owners: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'supervised-'));
  running = [];
  owners = [];
});
afterEach(async () => {
  for (const owner of owners) owner.kill('SIGKILL');
  for (const server of running) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const MARKER = 'quaestor-test-server';
/** A server that writes down how it was asked to end. */
const ORDERLY = `process.on('SIGTERM', () => { require('node:fs').writeFileSync('ended', 'orderly'); process.exit(0); }); console.log('ready'); setInterval(() => {}, 1000)`;
const DEAF = `process.on('SIGTERM', () => {}); console.log('ready'); setInterval(() => {}, 1000)`;
const spec = (script: string, more: object = {}) => ({
  name: 'test server',
  command: process.execPath,
  args: ['-e', script, MARKER],
  env: {},
  cwd: folder,
  logFile: join(folder, 'server.log'),
  pidFile: join(folder, 'server.pid'),
  marker: MARKER,
  ...more,
});
const start = async (script: string, more: object = {}) => {
  const server = await startSupervised(spec(script, more));
  running.push(server);
  await until(() => readFileSync(join(folder, 'server.log'), 'utf8').includes('ready'));
  return server;
};

/** Another process that owns a server, as `npm start` does. */
async function startOwner(script: string): Promise<{ owner: ChildProcess; serverPid: number }> {
  const module = fileURLToPath(new URL('../../../platform/embedded/supervised-process.ts', import.meta.url));
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  writeFileSync(
    join(folder, 'owner.mjs'),
    `import { startSupervised } from ${JSON.stringify(pathToFileURL(module).href)};
     const server = await startSupervised(${JSON.stringify(spec(script))});
     process.send(server.pid);
     setInterval(() => {}, 1000);`,
  );
  const owner = spawn(process.execPath, ['--import', tsx, join(folder, 'owner.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'] },
  });
  owners.push(owner);
  const serverPid = await new Promise<number>((resolve, reject) => {
    owner.once('message', (pid) => resolve(pid as number));
    owner.once('exit', () => reject(new Error('the owner ended')));
  });
  await until(() => readFileSync(join(folder, 'server.log'), 'utf8').includes('ready'));
  return { owner, serverPid };
}

test('stop asks the server to end in order and waits for it', async () => {
  const server = await start(ORDERLY);
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('orderly');
  expect(existsSync(join(folder, 'server.pid'))).toBe(false);
  await expect(server.exited).resolves.toEqual({ code: 0, signal: null });
  await server.stop();
});

test('a server that does not listen is killed', async () => {
  const server = await start(DEAF, { killAfterMs: 50 });
  await server.stop();
  await expect(server.exited).resolves.toMatchObject({ signal: 'SIGKILL' });
});

test('kill -9 of the owner ends its server in order', async () => {
  const { owner, serverPid } = await startOwner(ORDERLY);
  expect(isAlive(serverPid)).toBe(true);
  owner.kill('SIGKILL');
  await until(() => !isAlive(serverPid));
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('orderly');
});

test('the server is in a process group of its own, so that Ctrl-C reaches only the owner', async () => {
  const { owner, serverPid } = await startOwner(ORDERLY);
  const groupOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2];
  if (process.platform === 'linux') expect(groupOf(serverPid)).not.toBe(groupOf(owner.pid as number));
});

test('a folder that another living owner uses is refused', async () => {
  const { serverPid } = await startOwner(ORDERLY);
  await expect(startSupervised(spec(ORDERLY))).rejects.toMatchObject({
    code: 'embedded_server_failed',
    message: expect.stringContaining(`in use by another Quaestor (process ${serverPid})`),
  });
  expect(isAlive(serverPid)).toBe(true);
});

test('a server whose supervisor was killed as well is ended by the next start', async () => {
  const { owner, serverPid } = await startOwner(ORDERLY);
  const { supervisorPid } = JSON.parse(readFileSync(join(folder, 'server.pid'), 'utf8')) as {
    supervisorPid: number;
  };
  process.kill(supervisorPid, 'SIGKILL');
  await until(() => !isAlive(supervisorPid));
  owner.kill('SIGKILL');
  const next = await start(ORDERLY);
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('orderly');
  expect(next.pid).not.toBe(serverPid);
  expect(isAlive(next.pid)).toBe(true);
});

test('a pid file whose number now belongs to another program is ignored', async () => {
  writeFileSync(
    join(folder, 'server.pid'),
    JSON.stringify({
      pid: process.pid,
      supervisorPid: process.pid,
      state: 'running',
      marker: 'something-else-entirely',
    }),
  );
  await start(ORDERLY);
});

test('a server that ends while starting is reported with the end of its own log', async () => {
  writeFileSync(join(folder, 'server.log'), 'a line of an earlier run\n');
  const script = `console.error('the disk is made of cheese'); process.exit(3)`;
  const process_ = await startSupervised(spec(script));
  const ready = untilReady({
    process: process_,
    name: 'test server',
    logFile: join(folder, 'server.log'),
    attempt: () => Promise.reject(new Error('not yet')),
  });
  await expect(ready).rejects.toMatchObject({
    code: 'embedded_server_failed',
    message: expect.stringMatching(/ended while starting \(code 3\).*the disk is made of cheese/s),
  });
  await expect(ready).rejects.not.toThrow(/earlier run/);
});

test('a program that is not there is an error, not a crash', async () => {
  await expect(startSupervised(spec('', { command: join(folder, 'missing') }))).rejects.toMatchObject({
    code: 'embedded_server_failed',
    message: expect.stringContaining('ENOENT'),
  });
});

test('a Temporal binary that cannot serve is reported with what it said', async () => {
  const binary = join(folder, 'temporal');
  writeFileSync(binary, '#!/bin/sh\necho "unknown flag: --search-attribute" >&2\nexit 1\n', { mode: 0o755 });
  await expect(
    startTemporalServer({
      binary,
      dataDir: folder,
      port: 1,
      uiPort: 1,
      logFile: join(folder, 'temporal.log'),
    }),
  ).rejects.toMatchObject({
    code: 'embedded_server_failed',
    message: expect.stringContaining('unknown flag: --search-attribute'),
  });
});
