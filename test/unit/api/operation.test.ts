import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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
    const id = randomUUID();
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
