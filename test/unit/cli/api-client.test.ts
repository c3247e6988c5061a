import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiClient, retryAfterMs } from '../../../cli/api-client.js';
import { ApiProblemError, ApiUnreachableError } from '../../../cli/cli-error.js';
import { type CannedApi, json, problem, startCannedApi } from './support/canned-api.js';
import { answered, source } from './support/fixtures.js';

let api: CannedApi;
beforeEach(async () => {
  api = await startCannedApi();
});
afterEach(async () => {
  await api.close();
});

const away = problem(
  { title: 'The workflow engine is not available', status: 503, code: 'engine_unavailable' },
  { 'retry-after': '0' },
);

describe('the API client', () => {
  test('sends the key as a bearer token', async () => {
    api.on('GET /v1/data-sources', json({ dataSources: [source] }));
    const client = createApiClient({ baseUrl: `${api.url}/`, apiKey: 'qsk_1' });
    expect(await client.listDataSources()).toEqual([source]);
    expect(api.seen[0]?.headers.authorization).toBe('Bearer qsk_1');
  });

  test('a 503 with Retry-After is tried again, with the same idempotency key', async () => {
    api.on('POST /v1/questions', away, away, json({ id: 'q1', jobId: 'answer-q1', status: 'queued' }, 202));
    const waits: number[] = [];
    const client = createApiClient({ baseUrl: api.url, onRetry: (_, waitMs) => waits.push(waitMs) });
    const reply = await client.askQuestion({ dataSourceId: 'd', question: 'how many orders' });
    expect(reply).toEqual({ answered: false, questionId: 'q1', jobId: 'answer-q1' });
    const keys = api.seen.map((request) => request.headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(waits).toEqual([0, 0]);
  });

  test('retries are bounded in number', async () => {
    api.on('GET /v1/jobs', away);
    const client = createApiClient({ baseUrl: api.url, retries: 2 });
    await expect(client.listJobs()).rejects.toMatchObject({ problem: { code: 'engine_unavailable' } });
    expect(api.seen).toHaveLength(3);
  });

  test.each([
    ['without a Retry-After', {}],
    ['with one that is too long to wait for', { 'retry-after': '3600' }],
  ])('a 503 %s is told at once', async (_, headers) => {
    api.on('GET /v1/jobs', problem({ title: 'Away', status: 503 }, headers as Record<string, string>));
    await expect(createApiClient({ baseUrl: api.url }).listJobs()).rejects.toBeInstanceOf(ApiProblemError);
    expect(api.seen).toHaveLength(1);
  });

  test('an answer from the cache is known as such', async () => {
    api.on('POST /v1/questions', json(answered));
    const reply = await createApiClient({ baseUrl: api.url }).askQuestion({
      dataSourceId: 'd',
      question: 'x',
    });
    expect(reply).toEqual({ answered: true, question: answered });
  });

  test('a reply that is no problem document becomes one', async () => {
    api.on('GET /v1/jobs', (_, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
    });
    await expect(createApiClient({ baseUrl: api.url }).listJobs()).rejects.toMatchObject({
      problem: { status: 502, detail: '<h1>Bad gateway</h1>' },
    });
  });

  test('an address where nothing listens is told with its reason', async () => {
    await api.close();
    const failed = createApiClient({ baseUrl: api.url }).listJobs();
    await expect(failed).rejects.toBeInstanceOf(ApiUnreachableError);
    await expect(failed).rejects.toThrow('ECONNREFUSED');
  });

  test('an id cannot leave its place in the path', async () => {
    api.on('GET /v1/jobs/..%2Fsecret%3Fx', json({ id: 'x' }));
    await expect(createApiClient({ baseUrl: api.url }).readJob('../secret?x')).resolves.toEqual({ id: 'x' });
  });

  test('Retry-After is read as seconds and as a date', () => {
    const at = (value: string) => retryAfterMs(new Response(null, { headers: { 'retry-after': value } }));
    expect(at('7')).toBe(7_000);
    expect(at('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(0);
    expect(at('soon')).toBeUndefined();
    expect(retryAfterMs(new Response(null))).toBeUndefined();
  });
});
