import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { workflowIds } from '../../contracts/workflows.js';
import { createTestSource, type TestSource } from '../support/databases.js';
import { startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { sharedServers } from '../support/shared-servers.js';
import { SHOP_SQL } from '../support/shop.js';
import { waitUntil } from '../support/wait-until.js';

let source: TestSource;
let quaestor: TestQuaestor;
let dataSourceId: string;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  source = await createTestSource(SHOP_SQL);
  quaestor = await startTestQuaestor();
  dataSourceId = await quaestor.connect(source.url);
  connection = await Connection.connect({ address: sharedServers().temporalAddress });
  client = new Client({ connection, namespace: quaestor.namespace });
});

afterAll(async () => {
  await connection?.close();
  await quaestor?.stop();
  await source?.drop();
});

const put = (schedule: object) =>
  quaestor.fetch(`/v1/data-sources/${dataSourceId}/schedule`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(schedule),
  });

test('a schedule indexes the data source again, as a job that users see', async () => {
  expect((await put({ everyMinutes: 60 })).status).toBeLessThan(300);
  await source.execute('CREATE TABLE refunds (id int PRIMARY KEY)');
  await client.schedule.getHandle(workflowIds.reindexSchedule(dataSourceId)).trigger();
  await waitUntil('the new table is in the index', async () => {
    const [read] = await quaestor.client.listDataSources();
    return read?.tables === 4;
  });
  const jobs = await quaestor.client.listJobs();
  expect(jobs.filter((job) => job.kind === 'index-source' && job.status === 'succeeded')).toHaveLength(2);
});

test('the schedule never runs twice at once, catches up late runs only for a while, and spreads its starts', async () => {
  expect((await put({ cron: '15 3 * * 1' })).status).toBeLessThan(300);
  const described = await client.schedule.getHandle(workflowIds.reindexSchedule(dataSourceId)).describe();
  expect(described.policies.overlap).toBe('SKIP');
  expect(described.policies.catchupWindow).toBeLessThanOrEqual(24 * 60 * 60 * 1_000);
  expect(Number(described.spec.jitter)).toBeGreaterThan(0);
});

test('a schedule that makes no sense is refused with the field’s name, and the old one stays', async () => {
  const reply = await put({ cron: 'every full moon' });
  expect(reply.status).toBe(400);
  expect(await reply.json()).toMatchObject({ code: 'invalid_request' });
  const [read] = await quaestor.client.listDataSources();
  expect(read?.schedule).toEqual({ cron: '15 3 * * 1' });
});

test('deleting the schedule ends it', async () => {
  const reply = await quaestor.fetch(`/v1/data-sources/${dataSourceId}/schedule`, { method: 'DELETE' });
  expect(reply.status).toBe(204);
  await expect(
    client.schedule.getHandle(workflowIds.reindexSchedule(dataSourceId)).describe(),
  ).rejects.toThrow();
  expect((await quaestor.client.listDataSources())[0]?.schedule).toBeNull();
});

test('operators find the workflows of a tenant and of a data source by search attributes, with a readable summary', async () => {
  const query = `QuaestorTenant = '${quaestor.tenant.tenantId}' AND QuaestorSubject = '${dataSourceId}' AND QuaestorKind = 'index-source'`;
  const found = await waitUntil('visibility has them', async () => {
    const list = [];
    for await (const workflow of client.workflow.list({ query })) list.push(workflow);
    return list.length >= 1 && list;
  });
  const described = await client.workflow.getHandle(found[0]!.workflowId).describe();
  expect(await described.staticSummary()).toMatch(/index/i);
});
