// Over 400 lines: one table of every route with what it asks of its caller.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { SCOPES, type Scope } from '../../../contracts/identity.js';
import { waitUntil } from '../../support/wait-until.js';
import { type Answered, type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';
import { readEvents } from './support/event-reader.js';

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let key: string;

beforeAll(async () => {
  api = await startApi({ streams: { pollMs: 50, heartbeatMs: 60 } });
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

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; security: unknown[]; parameters?: { name: string; in: string }[] }>
  >;
}
const readDocument = async (): Promise<Document> => (await call('GET', '/openapi.json')).body as Document;

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
    const { paths } = await readDocument();
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

describe('requests that cannot be understood', () => {
  const post = async (body: string | undefined, headers: Record<string, string> = {}): Promise<Answered> =>
    call('POST', '/v1/questions', { key, body, headers });

  test.each(['{', '"text"', '[]', 'null', '{"a":1}}'])('%s is no JSON object', async (body) => {
    expectProblem(await post(body), 400, 'invalid_request');
  });

  test('a body is needed, of JSON, of at most 1 MB, in UTF-8', async () => {
    expectProblem(await post(undefined), 400, 'invalid_request');
    expectProblem(await post('a=1', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
    expectProblem(
      await post('{}', { 'content-type': 'application/json; charset=latin1' }),
      415,
      'unsupported_media_type',
    );
    expectProblem(await post('{}', { 'content-encoding': 'zstd' }), 415, 'unsupported_media_type');
    expectProblem(await post(JSON.stringify({ question: 'x'.repeat(1_048_577) })), 413, 'body_too_large');
  });

  test('unknown paths, other methods and broken escapes are problems too', async () => {
    expectProblem(await call('GET', '/v1/nonsense', { key }), 404, 'not_found');
    expectProblem(await call('GET', '/V1/jobs', { key }), 404, 'not_found');
    const other = await call('PATCH', '/v1/jobs', { key });
    expectProblem(other, 405, 'method_not_allowed');
    expect(other.headers.get('allow')).toBe('GET, HEAD');
    expectProblem(await call('GET', '/v1/jobs/%E0%A4%A', { key }), 404, 'not_found');
  });

  test('a request id is taken over when it is a decent one, else made', async () => {
    const reply = await call('GET', '/v1/nonsense', { headers: { 'x-request-id': 'abc-1.2:3' } });
    expect(reply.headers.get('x-request-id')).toBe('abc-1.2:3');
    expect(reply.body.requestId).toBe('abc-1.2:3');
    const made = await call('GET', '/v1/nonsense', { headers: { 'x-request-id': 'a b<' } });
    expect(made.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(api.logs()).toContain('"requestId":"abc-1.2:3"');
  });

  test('what nobody foresaw is told with a request id and nothing else', async () => {
    const start = api.engine.startIndexSource;
    const source = await api.createIndexedSource(tenant);
    api.engine.startIndexSource = async () => {
      throw new Error('a secret detail');
    };
    const reply = await call('POST', `/v1/data-sources/${source.dataSourceId}/index`, { key });
    api.engine.startIndexSource = start;
    expect(reply.status).toBe(500);
    expect(reply.body.code).toBe('internal_error');
    expect(JSON.stringify(reply.body)).not.toContain('secret detail');
    expect(api.logs()).toContain('a secret detail');
  });
});

describe('documentation', () => {
  test('the OpenAPI document is 3.1, whole, and names each operation once', async () => {
    const document = await readDocument();
    expect(document.openapi).toBe('3.1.0');
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, ...operation })),
    );
    const ids = operations.map((operation) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, parameters = [] } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(
        parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
      ).toEqual(inPath);
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(references.length).toBeGreaterThan(0);
    for (const reference of new Set(references)) {
      const target = reference
        .split('/')
        .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document);
      expect({ reference, isThere: target !== undefined }).toEqual({ reference, isThere: true });
    }
  });

  test('every route of the issue is documented', async () => {
    const { paths } = await readDocument();
    expect(Object.keys(paths).sort()).toEqual([
      '/health',
      '/health/live',
      '/health/ready',
      '/metrics',
      '/v1/api-keys',
      '/v1/api-keys/{id}',
      '/v1/conversations',
      '/v1/conversations/{id}',
      '/v1/data-sources',
      '/v1/data-sources/{id}',
      '/v1/data-sources/{id}/descriptions',
      '/v1/data-sources/{id}/examples',
      '/v1/data-sources/{id}/examples/runs',
      '/v1/data-sources/{id}/examples/{exampleId}',
      '/v1/data-sources/{id}/index',
      '/v1/data-sources/{id}/joins',
      '/v1/data-sources/{id}/mappings',
      '/v1/data-sources/{id}/mappings/import',
      '/v1/data-sources/{id}/mappings/{mappingId}',
      '/v1/data-sources/{id}/mappings/{mappingId}/status',
      '/v1/data-sources/{id}/query-settings',
      '/v1/data-sources/{id}/schedule',
      '/v1/data-sources/{id}/search',
      '/v1/datasets',
      '/v1/datasets/{id}',
      '/v1/datasets/{id}/active-version',
      '/v1/datasets/{id}/clean',
      '/v1/datasets/{id}/cleaning-plans',
      '/v1/datasets/{id}/cleaning-plans/newest',
      '/v1/datasets/{id}/cleaning-plans/{planId}',
      '/v1/datasets/{id}/cleaning-plans/{planId}/steps',
      '/v1/datasets/{id}/examples',
      '/v1/datasets/{id}/examples/runs',
      '/v1/datasets/{id}/examples/{exampleId}',
      '/v1/datasets/{id}/profile',
      '/v1/datasets/{id}/profile.html',
      '/v1/datasets/{id}/read',
      '/v1/datasets/{id}/rejects',
      '/v1/datasets/{id}/rows',
      '/v1/datasets/{id}/undo-cleaning',
      '/v1/datasets/{id}/versions',
      '/v1/datasets/{id}/versions/{versionId}/recipe',
      '/v1/exports/{id}',
      '/v1/exports/{id}/file',
      '/v1/jobs',
      '/v1/jobs/{id}',
      '/v1/jobs/{id}/events',
      '/v1/questions',
      '/v1/questions/{id}',
      '/v1/questions/{id}/chart.svg',
      '/v1/questions/{id}/example',
      '/v1/questions/{id}/exports',
      '/v1/questions/{id}/reply',
      '/v1/questions/{id}/rows',
      '/v1/questions/{id}/runs',
      '/v1/questions/{id}/schedule',
      '/v1/uploads',
      '/v1/uploads/{id}',
    ]);
  });

  test('the page and all that it loads come from here, and its policy allows no other place', async () => {
    const home = await call('GET', '/');
    expect(home.headers.get('location')).toBe('/docs');
    const page = await call('GET', '/docs');
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    const loaded = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      (match: string[]) => match[1] ?? '',
    );
    expect(loaded.length).toBeGreaterThan(2);
    for (const path of loaded) {
      expect(path).toMatch(/^\/docs\//);
      expect((await call('GET', path)).status).toBe(200);
    }
    expect(page.body).not.toMatch(/<script>/);
  });

  test('the type of a problem leads to its explanation', async () => {
    const { body } = await call('GET', '/v1/nonsense');
    const [path, code] = body.type.split('#');
    const page = await call('GET', path);
    expect(page.body).toContain(`id="${code}"`);
  });
});

describe('operation', () => {
  test('health names each part; live and ready are told apart', async () => {
    api.engine.isAway = false;
    expect((await call('GET', '/health')).body).toEqual({
      status: 'ok',
      live: true,
      ready: true,
      parts: {
        store: { status: 'ok' },
        engine: { status: 'ok' },
        model: { status: 'ok', detail: 'built-in' },
        bus: { status: 'ok', detail: 'in-process' },
      },
    });
    api.engine.isAway = true;
    const degraded = await call('GET', '/health');
    expect(degraded.status).toBe(200);
    expect(degraded.body).toMatchObject({
      status: 'degraded',
      ready: true,
      parts: { engine: { status: 'down' } },
    });
    api.engine.isAway = false;
    expect((await call('GET', '/health/live')).body).toEqual({ live: true });
    expect((await call('GET', '/health/ready')).body).toEqual({ ready: true });
  });

  test('metrics count requests by route, never by id', async () => {
    await call('GET', `/v1/questions/${id}`, { key });
    const { body, headers } = await call('GET', '/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain/);
    expect(body).toContain(
      'quaestor_http_requests_total{method="GET",route="/v1/questions/{id}",status="404"}',
    );
    expect(body).not.toContain(id);
  });
});

// Last: it takes the store away for good.
test('without the store every route says so with a 503, streams stay open, and the process lives', async () => {
  const { dataSourceId } = await api.createIndexedSource(tenant);
  const asked = await call('POST', '/v1/questions', { key, body: { dataSourceId, question: 'How many?' } });
  const reader = await readEvents(`${api.url}/v1/jobs/${asked.body.jobId}/events`, { key });
  await reader.until(1);
  await api.stopStore();

  const refused = await call('GET', '/v1/jobs', { key });
  expectProblem(refused, 503, 'store_unavailable');
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expectProblem(await call('GET', '/v1/jobs', { key: 'qsk_not-cached' }), 503, 'store_unavailable');
  const body = { dataSourceId, question: 'How many?' };
  expectProblem(await call('POST', '/v1/questions', { key, body }), 503, 'store_unavailable');
  expectProblem(await call('GET', `/v1/jobs/${asked.body.jobId}/events`, { key }), 503, 'store_unavailable');

  const health = await call('GET', '/health');
  expect(health.status).toBe(503);
  expect(health.body).toMatchObject({ status: 'down', ready: false, parts: { store: { status: 'down' } } });
  expect((await call('GET', '/health/ready')).status).toBe(503);
  expect((await call('GET', '/health/live')).status).toBe(200);

  const before = reader.comments.length;
  await waitUntil('the stream is kept alive', () => reader.comments.length > before);
  reader.leave();
  await reader.ended;
});
