import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SCOPES, type Scope } from '../../../contracts/identity.js';
import { type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';
import { readDocument } from './support/openapi-document.js';

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let key: string;

beforeAll(async () => {
  api = await startApi();
  call = await createCaller(api.url);
  tenant = await api.createTenant();
  key = tenant.key;
}, 60_000);
afterAll(async () => api.close());

const id = randomUUID();
const mappingId = randomUUID();
const exampleId = randomUUID();
const planId = randomUUID();
const versionId = randomUUID();
const SCOPED: [string, string, Scope][] = [
  ['POST', '/v1/data-sources', 'data-sources:write'],
  ['GET', '/v1/data-sources', 'data-sources:read'],
  ['GET', `/v1/data-sources/${id}`, 'data-sources:read'],
  ['DELETE', `/v1/data-sources/${id}`, 'data-sources:write'],
  ['POST', `/v1/data-sources/${id}/index`, 'data-sources:write'],
  ['PUT', `/v1/data-sources/${id}/query-settings`, 'data-sources:write'],
  ['PUT', `/v1/data-sources/${id}/schedule`, 'data-sources:write'],
  ['DELETE', `/v1/data-sources/${id}/schedule`, 'data-sources:write'],
  ['POST', `/v1/data-sources/${id}/descriptions`, 'data-sources:write'],
  ['GET', `/v1/data-sources/${id}/joins`, 'data-sources:read'],
  ['PUT', `/v1/data-sources/${id}/joins`, 'data-sources:write'],
  ['GET', `/v1/data-sources/${id}/mappings`, 'data-sources:read'],
  ['PUT', `/v1/data-sources/${id}/mappings`, 'data-sources:write'],
  ['POST', `/v1/data-sources/${id}/mappings/import`, 'data-sources:write'],
  ['GET', `/v1/data-sources/${id}/mappings/${mappingId}`, 'data-sources:read'],
  ['DELETE', `/v1/data-sources/${id}/mappings/${mappingId}`, 'data-sources:write'],
  ['PUT', `/v1/data-sources/${id}/mappings/${mappingId}/status`, 'data-sources:write'],
  ['GET', `/v1/data-sources/${id}/examples`, 'data-sources:read'],
  ['POST', `/v1/data-sources/${id}/examples/runs`, 'data-sources:write'],
  ['GET', `/v1/data-sources/${id}/examples/runs`, 'data-sources:read'],
  ['DELETE', `/v1/data-sources/${id}/examples/${exampleId}`, 'data-sources:write'],
  ['GET', `/v1/datasets/${id}/examples`, 'data-sources:read'],
  ['POST', `/v1/datasets/${id}/examples/runs`, 'data-sources:write'],
  ['GET', `/v1/datasets/${id}/examples/runs`, 'data-sources:read'],
  ['DELETE', `/v1/datasets/${id}/examples/${exampleId}`, 'data-sources:write'],
  ['POST', `/v1/questions/${id}/example`, 'data-sources:write'],
  ['PUT', `/v1/questions/${id}/schedule`, 'questions:ask'],
  ['GET', `/v1/questions/${id}/schedule`, 'questions:ask'],
  ['DELETE', `/v1/questions/${id}/schedule`, 'questions:ask'],
  ['POST', `/v1/data-sources/${id}/search`, 'questions:ask'],
  ['POST', '/v1/datasets', 'data-sources:write'],
  ['GET', '/v1/datasets', 'data-sources:read'],
  ['GET', `/v1/datasets/${id}`, 'data-sources:read'],
  ['DELETE', `/v1/datasets/${id}`, 'data-sources:write'],
  ['GET', `/v1/datasets/${id}/rows`, 'data-sources:read'],
  ['GET', `/v1/datasets/${id}/rejects`, 'data-sources:read'],
  ['POST', `/v1/datasets/${id}/read`, 'data-sources:write'],
  ['POST', `/v1/datasets/${id}/profile`, 'data-sources:write'],
  ['GET', `/v1/datasets/${id}/profile`, 'data-sources:read'],
  ['GET', `/v1/datasets/${id}/profile.html`, 'data-sources:read'],
  ['POST', `/v1/datasets/${id}/cleaning-plans`, 'data-sources:write'],
  ['GET', `/v1/datasets/${id}/cleaning-plans/newest`, 'data-sources:read'],
  ['GET', `/v1/datasets/${id}/cleaning-plans/${planId}`, 'data-sources:read'],
  ['PUT', `/v1/datasets/${id}/cleaning-plans/${planId}/steps`, 'data-sources:write'],
  ['POST', `/v1/datasets/${id}/clean`, 'data-sources:write'],
  ['GET', `/v1/datasets/${id}/versions`, 'data-sources:read'],
  ['GET', `/v1/datasets/${id}/versions/${versionId}/recipe`, 'data-sources:read'],
  ['PUT', `/v1/datasets/${id}/active-version`, 'data-sources:write'],
  ['POST', `/v1/datasets/${id}/undo-cleaning`, 'data-sources:write'],
  ['POST', '/v1/questions', 'questions:ask'],
  ['GET', `/v1/questions/${id}`, 'questions:ask'],
  ['GET', `/v1/questions/${id}/rows`, 'questions:ask'],
  ['POST', `/v1/questions/${id}/reply`, 'questions:ask'],
  ['GET', `/v1/questions/${id}/chart.svg`, 'questions:ask'],
  ['POST', `/v1/questions/${id}/exports`, 'questions:ask'],
  ['GET', `/v1/exports/${id}`, 'questions:ask'],
  ['GET', `/v1/exports/${id}/file`, 'questions:ask'],
  ['POST', `/v1/questions/${id}/runs`, 'questions:ask'],
  ['GET', `/v1/questions/${id}/runs`, 'questions:ask'],
  ['GET', '/v1/conversations', 'questions:ask'],
  ['GET', `/v1/conversations/${id}`, 'questions:ask'],
  ['GET', '/v1/jobs', 'jobs:read'],
  ['GET', '/v1/jobs/some-job', 'jobs:read'],
  ['GET', '/v1/jobs/some-job/events', 'jobs:read'],
  ['DELETE', '/v1/jobs/some-job', 'jobs:cancel'],
  ['POST', '/v1/api-keys', 'api-keys:write'],
  ['GET', '/v1/api-keys', 'api-keys:write'],
  ['DELETE', `/v1/api-keys/${id}`, 'api-keys:write'],
  ['POST', '/v1/uploads', 'data-sources:write'],
  ['GET', `/v1/uploads/${id}`, 'data-sources:write'],
  ['PATCH', `/v1/uploads/${id}`, 'data-sources:write'],
  ['DELETE', `/v1/uploads/${id}`, 'data-sources:write'],
];
describe('authentication', () => {
  test.each(SCOPED)('%s %s needs a key, and one with its scope', async (method, path, scope) => {
    expectProblem(await call(method, path), 401, 'unauthorized');
    const others = await api.createKey(tenant, { scopes: SCOPES.filter((other) => other !== scope) });
    const refused = await call(method, path, { key: others });
    expectProblem(refused, 403, 'forbidden');
    expect(refused.body.details).toEqual({ scope });
    const fitting = await api.createKey(tenant, { scopes: [scope] });
    expect([401, 403]).not.toContain((await call(method, path, { key: fitting })).status);
  });

  test('the table above has every route that needs a key', async () => {
    const { paths } = await readDocument(call);
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, operation]) => operation.security.length > 0)
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    const tested = SCOPED.map(
      ([method, path]) =>
        `${method} ${path.replace(mappingId, '{mappingId}').replace(exampleId, '{exampleId}').replace(planId, '{planId}').replace(versionId, '{versionId}').replace(id, '{id}').replace('some-job', '{id}')}`,
    );
    expect(documented.sort()).toEqual(tested.sort());
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Basic dTpw',
    'Bearer qsk_unknown',
    `Bearer ${'x'.repeat(300)}`,
    'Bearer a b',
  ])('refuses the header %j', async (authorization) => {
    const reply = await call('GET', '/v1/jobs', { headers: { authorization } });
    expectProblem(reply, 401, 'unauthorized');
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  test('refuses a key that has expired', async () => {
    const expired = await api.createKey(tenant, { expiresAt: new Date(Date.now() - 1_000) });
    expectProblem(await call('GET', '/v1/jobs', { key: expired }), 401, 'unauthorized');
  });
});

describe('API keys', () => {
  test('a key is shown once, works, is listed without itself, and stops working when revoked', async () => {
    const expiresAt = new Date(Date.now() + 60_000).toISOString();
    const body = { name: 'for a script', scopes: ['jobs:read'], expiresAt };
    const made = await call('POST', '/v1/api-keys', { key, body });
    expect(made.status).toBe(201);
    expect(made.body.key).toMatch(/^qsk_[\w-]{43}$/);
    expect(made.body.key.startsWith(made.body.prefix)).toBe(true);
    expect((await call('GET', '/v1/jobs', { key: made.body.key })).status).toBe(200);

    const list = await call('GET', '/v1/api-keys', { key });
    expect(list.body.apiKeys).toContainEqual(
      expect.objectContaining({
        id: made.body.id,
        name: 'for a script',
        scopes: ['jobs:read'],
        expiresAt,
        revokedAt: null,
      }),
    );
    expect(JSON.stringify(list.body)).not.toContain(made.body.key);
    const rows = await api.inTenant(tenant, async (tx) => tx.query('SELECT * FROM api_keys'));
    expect(JSON.stringify(rows)).not.toContain(made.body.key.slice(10));
    expect(api.logs()).not.toContain(made.body.key);

    expect((await call('DELETE', `/v1/api-keys/${made.body.id}`, { key })).status).toBe(204);
    expectProblem(await call('GET', '/v1/jobs', { key: made.body.key }), 401, 'unauthorized');
  });

  test('a key cannot give away what it does not have', async () => {
    const small = await api.createKey(tenant, { scopes: ['api-keys:write'] });
    const body = { name: 'more', scopes: ['questions:ask', 'api-keys:write'] };
    expectProblem(await call('POST', '/v1/api-keys', { key: small, body }), 403, 'forbidden');
  });

  test.each([
    { name: '', scopes: ['jobs:read'] },
    { name: 'x', scopes: [] },
    { name: 'x', scopes: ['everything'] },
    { name: 'x', scopes: ['jobs:read'], expiresAt: '2020-01-01T00:00:00Z' },
    { name: 'x', scopes: ['jobs:read'], expiresAt: 'tomorrow' },
  ])('refuses %j', async (body) => {
    expectProblem(await call('POST', '/v1/api-keys', { key, body }), 400, 'invalid_request');
  });

  test('another tenant’s key is not there', async () => {
    const other = await api.createTenant();
    const { body } = await call('GET', '/v1/api-keys', { key: other.key });
    expect(body.apiKeys).toHaveLength(1);
    expectProblem(await call('DELETE', `/v1/api-keys/${body.apiKeys[0].id}`, { key }), 404, 'not_found');
    expect((await call('GET', '/v1/jobs', { key: other.key })).status).toBe(200);
  });
});
