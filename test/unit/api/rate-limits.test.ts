import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { RATE_LIMITS } from '../../../contracts/rate-limits.js';
import { type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi } from './support/api-fixture.js';

let api: ApiFixture;
let call: Call;
beforeAll(async () => {
  api = await startApi({ rateLimits: RATE_LIMITS });
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => api.close());

const arrange = async (tier: 'FREE' | 'ENTERPRISE') => {
  const tenant = await api.createTenant(tier);
  const { dataSourceId } = await api.createIndexedSource(tenant);
  let asked = 0;
  return (body: unknown = { dataSourceId, question: `Question ${asked++}?` }) =>
    call('POST', '/v1/questions', { key: tenant.key, body });
};

test('a user’s budget of questions is what the tier says; the next one is refused, is told when to come back, and starts nothing', async () => {
  const ask = await arrange('FREE');
  for (let left = 9; left >= 0; left--) {
    const reply = await ask();
    expect(reply.status).toBe(202);
    expect(reply.headers.get('ratelimit-policy')).toBe('"questions";q=10;w=60');
    expect(reply.headers.get('ratelimit')).toMatch(new RegExp(`^"questions";r=${left};t=\\d+$`));
  }
  const started = api.engine.answers.length;
  const refused = await ask();
  expectProblem(refused, 429, 'rate_limited');
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(6);
  expect(refused.headers.get('ratelimit')).toMatch(/^"questions";r=0;t=\d+$/);
  expect(refused.body.details).toEqual({ action: 'questions', perMinute: 10, tier: 'FREE' });
  expect(api.engine.answers).toHaveLength(started);
});

test('a user who has used up a budget does not hold up another user, nor another action', async () => {
  const [one, other] = [await api.createTenant('FREE'), await api.createTenant('FREE')];
  const sources = [await api.createIndexedSource(one), await api.createIndexedSource(other)];
  const ask = (index: 0 | 1, question: string) =>
    call('POST', '/v1/questions', {
      key: [one, other][index]!.key,
      body: { dataSourceId: sources[index]!.dataSourceId, question },
    });
  for (let count = 0; count < 10; count++) await ask(0, `Question ${count}?`);
  expect((await ask(0, 'One more?')).status).toBe(429);
  expect((await ask(1, 'The first?')).status).toBe(202);
  const indexing = await call('POST', `/v1/data-sources/${sources[0]!.dataSourceId}/index`, { key: one.key });
  expect(indexing.status).toBe(202);
});

test('a request that is not well formed takes nothing from the budget', async () => {
  const ask = await arrange('FREE');
  for (let count = 0; count < 12; count++) expect((await ask({ question: 7 })).status).toBe(400);
  const reply = await ask();
  expect(reply.status).toBe(202);
  expect(reply.headers.get('ratelimit')).toContain('r=9;');
});

test('a higher tier has a larger budget', async () => {
  const ask = await arrange('ENTERPRISE');
  const reply = await ask();
  expect(reply.headers.get('ratelimit-policy')).toBe('"questions";q=600;w=60');
});
