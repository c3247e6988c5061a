import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Client, ConnectionLike } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { TASK_QUEUES } from '../../../contracts/task-queues.js';
import { workflowIds } from '../../../contracts/workflows.js';
import type { TemporalConfig } from '../../../platform/config.js';
import { createTemporalJobEngine, type JobEngine } from '../../../platform/job-engine.js';
import {
  connectTemporal,
  createTemporalClient,
  temporalConnectionOptions,
} from '../../../platform/temporal-client.js';
import { createTestNamespace } from '../../support/namespaces.js';
import { sharedServers } from '../../support/shared-servers.js';

const configOf = (address: string, namespace: string): TemporalConfig => ({
  address,
  namespace,
  apiKey: undefined,
  tls: false,
  tlsPaths: { cert: undefined, key: undefined, ca: undefined },
  uiUrl: undefined,
});

// The plain connection and the worker's native one report errors in different forms; the engine must read both.
describe.each(['plain', 'native'])('over the %s connection', (kind) => {
  let connection: ConnectionLike;
  let client: Client;
  let engine: JobEngine;
  const tenantId = randomUUID();

  beforeAll(async () => {
    const { temporalAddress } = sharedServers();
    const config = configOf(temporalAddress, await createTestNamespace(temporalAddress));
    connection =
      kind === 'plain'
        ? (await connectTemporal(config)).connection
        : await NativeConnection.connect(await temporalConnectionOptions(config));
    client = createTemporalClient({ connection, namespace: config.namespace });
    engine = createTemporalJobEngine({ client, queues: TASK_QUEUES, eager: true });
  }, 60_000);
  afterAll(async () => await connection.close());

  const newJob = () => {
    const questionId = randomUUID();
    const jobId = workflowIds.answerQuestion(questionId);
    return { tenantId, dataSourceId: randomUUID(), questionId, jobId };
  };
  const info = { tier: 'ENTERPRISE' as const, summary: 'Answer: how\nmany?' };

  test('starting a job twice is starting it once, also after it has ended', async () => {
    const job = newJob();
    expect(await engine.describe(job.jobId)).toBe('not_found');
    await engine.startAnswerQuestion({ ...job, ...info });
    const { runId } = await client.workflow.getHandle(job.jobId).describe();
    await engine.startAnswerQuestion({ ...job, ...info });
    await client.workflow.getHandle(job.jobId).terminate();
    await engine.startAnswerQuestion({ ...job, ...info });
    expect((await client.workflow.getHandle(job.jobId).describe()).runId).toBe(runId);
    expect(await engine.describe(job.jobId)).toBe('terminated');
  });

  test('operators see what a job is about and whose it is', async () => {
    const job = newJob();
    await engine.startAnswerQuestion({ ...job, ...info });
    const described = await client.workflow.getHandle(job.jobId).describe();
    expect(await described.staticSummary()).toBe('Answer: how many?');
    expect(await described.staticDetails()).toContain(job.dataSourceId);
    expect(described.searchAttributes).toMatchObject({
      QuaestorTenant: [tenantId],
      QuaestorKind: ['answer-question'],
      QuaestorSubject: [job.questionId],
    });
    expect(described.priority).toMatchObject({ priorityKey: 1, fairnessKey: tenantId });
  });

  test('cancelling says whether there was something to cancel', async () => {
    const job = newJob();
    expect(await engine.cancel(job.jobId)).toBe(false);
    await engine.startIndexSource({ ...job, ...info });
    expect(await engine.cancel(job.jobId)).toBe(true);
  });

  test('a schedule is made, changed and deleted, and a senseless one is refused with the reason', async () => {
    const dataSourceId = randomUUID();
    const put = async (schedule: { cron?: string; everyMinutes?: number }) => {
      await engine.putReindexSchedule({ tenantId, dataSourceId, dataSourceName: 'Shop', schedule });
    };
    const handle = client.schedule.getHandle(workflowIds.reindexSchedule(dataSourceId));
    await put({ cron: '30 3 * * *' });
    expect((await handle.describe()).spec.calendars).toMatchObject([
      { hour: [{ start: 3 }], minute: [{ start: 30 }] },
    ]);
    await put({ everyMinutes: 90 });
    const described = await handle.describe();
    expect(described.spec).toMatchObject({ intervals: [{ every: 90 * 60_000 }], calendars: [] });
    expect(described.policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 600_000 });
    expect(described.action).toMatchObject({
      workflowType: 'reindexSchedule',
      taskQueue: 'orchestration',
      args: [{ tenantId, dataSourceId }],
    });
    await expect(put({ cron: '0 99 * * *' })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('Hour is not in range'),
    });
    await engine.deleteReindexSchedule(dataSourceId);
    await engine.deleteReindexSchedule(dataSourceId);
    await expect(handle.describe()).rejects.toThrow();
  });

  test('the engine is reachable', async () => {
    expect(await engine.isReachable(1_000)).toBe(true);
  });
});

test('without a server every call ends soon with engine_unavailable', async () => {
  const { connection, client } = await connectTemporal(configOf('127.0.0.1:1', 'default'));
  const engine = createTemporalJobEngine({ client, queues: TASK_QUEUES });
  const job = {
    tenantId: randomUUID(),
    dataSourceId: randomUUID(),
    questionId: randomUUID(),
    jobId: 'answer-x',
  };
  const calls = [
    engine.startAnswerQuestion({ ...job, tier: 'FREE', summary: 'x' }),
    engine.cancel(job.jobId),
    engine.describe(job.jobId),
    engine.deleteReindexSchedule(job.dataSourceId),
  ];
  const results = await Promise.allSettled(calls);
  for (const result of results) expect(result).toMatchObject({ reason: { code: 'engine_unavailable' } });
  expect(await engine.isReachable(500)).toBe(false);
  await connection.close();
}, 30_000);
