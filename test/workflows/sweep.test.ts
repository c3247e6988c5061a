import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { type SweepResult, WORKFLOWS, workflowIds } from '../../contracts/workflows.js';
import { insertJob } from '../../db/statements/jobs.js';
import { createTestSource, type TestSource } from '../support/databases.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { sharedServers } from '../support/shared-servers.js';
import { SHOP_SQL } from '../support/shop.js';

let model: ModelServer;
let source: TestSource;
let quaestor: TestQuaestor;
let connection: Connection;
let client: Client;
let dataSourceId: string;

beforeAll(async () => {
  model = await startModelServer();
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor({ OPENAI_BASE_URL: model.baseUrl });
  connection = await Connection.connect({ address: sharedServers().temporalAddress });
  client = new Client({ connection, namespace: quaestor.namespace });
  dataSourceId = await quaestor.connect(source.url);
}, 120_000);

afterAll(async () => {
  await connection?.close();
  await quaestor?.stop();
  await source?.drop();
  await model?.close();
}, 60_000);

const sweep = (): Promise<SweepResult> =>
  client.workflow.execute(WORKFLOWS.sweep, {
    workflowId: `sweep-${randomUUID()}`,
    taskQueue: 'orchestration',
    args: [{}],
  });

/** As if it had been made so long ago that it would have reached the engine. */
const age = async (jobId: string): Promise<void> =>
  await quaestor.app.db.withTenant(quaestor.tenant.tenantId, async (tx) => {
    await tx.query(`UPDATE jobs SET created_at = now() - interval '1 hour' WHERE id = $1`, [jobId]);
  });
const readJob = async (jobId: string) => {
  const jobs = await quaestor.app.db.withTenant(quaestor.tenant.tenantId, (tx) =>
    tx.query<{ status: string; error: { code: string } | null }>(
      'SELECT status, error FROM jobs WHERE id = $1',
      [jobId],
    ),
  );
  return jobs[0]!;
};

/** A question whose model does not answer. */
async function askInVain(): Promise<{ jobId: string; questionId: string }> {
  const calls = model.stats.byEndpoint.chat;
  model.script('chat', { kind: 'hang' });
  const reply = await quaestor.client.askQuestion({
    dataSourceId,
    question: `How many orders of each status? ${randomUUID()}`,
  });
  if (reply.answered) throw new Error('must not be cached');
  await model.waitUntil((stats) => stats.byEndpoint.chat > calls);
  return reply;
}

test('a schedule of the engine sweeps by itself', async () => {
  const { spec, action } = await client.schedule.getHandle(workflowIds.sweep()).describe();
  expect(spec.intervals).toMatchObject([{ every: 300_000 }]);
  expect(action).toMatchObject({ workflowType: WORKFLOWS.sweep });
});

test('a job whose workflow was terminated is ended with the reason, though nobody reads it; one that runs is left alone', async () => {
  const lost = await askInVain();
  const running = await askInVain();
  for (const { jobId } of [lost, running]) await age(jobId);
  await client.workflow.getHandle(lost.jobId).terminate('by a test');
  await sweep();
  expect(await readJob(lost.jobId)).toMatchObject({ status: 'failed', error: { code: 'job_lost' } });
  expect(await readJob(running.jobId)).toMatchObject({ status: 'running', error: null });
  expect(await quaestor.client.readQuestion(lost.questionId)).toMatchObject({ status: 'failed' });
  await quaestor.client.cancelJob(running.jobId);
});

test('jobs that never reached the engine are found on every page, of any tenant', async () => {
  const ids = Array.from({ length: 230 }, (_, n) => `export-lost-${String(n).padStart(3, '0')}`);
  await quaestor.app.db.withTenant(quaestor.tenant.tenantId, async (tx) => {
    for (const id of ids) await insertJob(tx, { id, kind: 'export-result', subjectId: randomUUID() });
    await tx.query(`UPDATE jobs SET created_at = now() - interval '1 hour' WHERE id LIKE 'export-lost-%'`);
  });
  // The embedded store is shared by the whole run: other tests may have left lost jobs too.
  expect((await sweep()).endedJobs).toBeGreaterThanOrEqual(ids.length);
  for (const id of ids) {
    expect(await readJob(id)).toMatchObject({ status: 'failed', error: { code: 'job_lost' } });
  }
});
