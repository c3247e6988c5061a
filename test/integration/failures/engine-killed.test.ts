import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { findTemporalBinary } from '../../../platform/embedded/find-temporal-binary.js';
import { findFreePort } from '../../../platform/embedded/free-port.js';
import { startTemporalServer, type TemporalServer } from '../../../platform/embedded/temporal-server.js';
import { sharedServers } from '../../support/shared-servers.js';

jest.setTimeout(60_000);

let folder: string;
let server: TemporalServer | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engine-killed-'));
});
afterEach(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<TemporalServer> {
  const taken = new Set<number>();
  const port = (preferred: number) => findFreePort({ preferred, taken });
  const binary = await findTemporalBinary({ cacheDir: sharedServers().cacheDir, env: process.env });
  const ports = { port: await port(29_433), uiPort: await port(29_533) };
  const logFile = join(folder, 'temporal.log');
  server = await startTemporalServer({ binary: binary.path, dataDir: folder, logFile, ...ports });
  return server;
}

async function onEngine<Result>(
  { address }: TemporalServer,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** SQLite's file format: bytes 18 and 19 are 2 where the journal is a write-ahead log. */
async function journalVersions(): Promise<number[]> {
  const file = await open(join(folder, 'temporal.db'));
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 18);
    return [...buffer];
  } finally {
    await file.close();
  }
}

test('workflows that the embedded engine took are there when it is killed and started again', async () => {
  const running = await start();
  const started = await onEngine(running, async ({ workflow }) =>
    workflow.start('answerQuestion', { workflowId: 'kept', taskQueue: 'nobody', args: ['what was asked'] }),
  );
  process.kill(running.pid, 'SIGKILL');
  await running.exited;
  expect(await journalVersions()).toEqual([2, 2]);

  const found = await onEngine(await start(), async ({ workflow }) => workflow.getHandle('kept').describe());
  expect(found.status.name).toBe('RUNNING');
  expect(found.runId).toBe(started.firstExecutionRunId);
});
