import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { putMappings } from '../../../db/statements/mappings.js';
import { listVerifiedExamples, saveVerifiedExample } from '../../../db/statements/verified-examples.js';
import { createDatasetRow } from '../../support/store-rows.js';
import { type Call, createCaller } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let key: string;
let id: string;
let versionIds: string[];

beforeAll(async () => {
  api = await startApi();
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => api.close());

beforeEach(async () => {
  api.engine.isAway = false;
  api.engine.checks.length = 0;
  tenant = await api.createTenant();
  key = tenant.key;
  ({ id, versionIds } = await api.inTenant(tenant, (tx) => createDatasetRow(tx, { ...tenant, versions: 2 })));
});

const save = async (): Promise<string> =>
  await api.inTenant(tenant, async (tx) => {
    const said = { kind: 'example', question: 'How many?', sql: 'SELECT count(*) FROM sales' } as const;
    await putMappings(tx, { datasetIds: [id] }, [said], { origin: 'answer' });
    const { question, sql } = said;
    await saveVerifiedExample(tx, {
      ground: { tables: [{ name: 'sales', datasetId: id, title: 'sales' }] },
      ...{ question, sql, questionId: uuidv7(), rowsOf: uuidv7(), userId: tenant.userId },
      ...{ columns: [{ name: 'n', type: 'int8' }], rowCount: 1 },
    });
    return (await listVerifiedExamples(tx, { datasetId: id }, 1))[0]!.id;
  });
const switchTo = (versionId = versionIds[0]) =>
  call('PUT', `/v1/datasets/${id}/active-version`, { key, body: { versionId } });
const runs = async () => (await call('GET', `/v1/datasets/${id}/examples/runs`, { key })).body.runs;

test('switching to another version starts a run over the examples; to the same one, or without examples, none', async () => {
  expect((await switchTo()).status).toBe(200);
  expect(api.engine.checks).toEqual([]);
  await save();
  expect((await switchTo()).status).toBe(200);
  expect(api.engine.checks).toEqual([]);
  expect((await switchTo(versionIds[1])).status).toBe(200);
  expect(api.engine.checks).toMatchObject([{ datasetId: id, tenantId: tenant.tenantId }]);
  expect(await runs()).toMatchObject([{ reason: 'version_changed', status: 'queued' }]);
});

test('a version is switched on while the engine is away, and the run that could not start is listed as failed', async () => {
  await save();
  api.engine.isAway = true;
  expect((await switchTo()).body.version.id).toBe(versionIds[0]);
  expect(await runs()).toMatchObject([{ reason: 'version_changed', status: 'failed' }]);
});

test('an example is deleted only through a dataset that it reads', async () => {
  const exampleId = await save();
  const other = await api.inTenant(tenant, (tx) => createDatasetRow(tx, tenant));
  const remove = (datasetId: string) =>
    call('DELETE', `/v1/datasets/${datasetId}/examples/${exampleId}`, { key });
  expect((await remove(other.id)).status).toBe(404);
  expect((await remove(id)).status).toBe(204);
  expect((await call('GET', `/v1/datasets/${id}/examples`, { key })).body.examples).toEqual([]);
});
