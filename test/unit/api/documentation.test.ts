import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Call, createCaller } from './support/api-caller.js';
import { type ApiFixture, startApi } from './support/api-fixture.js';
import { readDocument } from './support/openapi-document.js';

let api: ApiFixture;
let call: Call;

beforeAll(async () => {
  api = await startApi();
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => api.close());

describe('documentation', () => {
  test('the OpenAPI document is 3.1, whole, and names each operation once', async () => {
    const document = await readDocument(call);
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
    const { paths } = await readDocument(call);
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
