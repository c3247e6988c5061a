import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { keepChoice, requestChoice, takeChoice } from '../../../db/statements/choices.js';
import { type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let question: { id: string; jobId: string };

beforeAll(async () => {
  api = await startApi();
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => api.close());

beforeEach(async () => {
  api.engine.isAway = false;
  tenant = await api.createTenant();
  const { dataSourceId } = await api.createIndexedSource(tenant);
  const asked = await call('POST', '/v1/questions', {
    key: tenant.key,
    body: { dataSourceId, question: 'How much revenue?' },
  });
  question = asked.body;
});

const readings = ['net revenue', 'gross revenue'];
const wait = async () => api.inTenant(tenant, (tx) => requestChoice(tx, question.id, { round: 1, readings }));
const reply = async (body: unknown, key = tenant.key) =>
  call('POST', `/v1/questions/${question.id}/reply`, { key, body });

describe('POST /v1/questions/{id}/reply', () => {
  test('keeps the choice, wakes the job and says where to watch it', async () => {
    await wait();
    const read = await call('GET', `/v1/questions/${question.id}`, { key: tenant.key });
    expect(read.body).toMatchObject({ status: 'waiting', choice: { round: 1, readings, chosen: null } });
    const replied = await reply({ choice: 2 });
    expect(replied.status).toBe(202);
    expect(replied.body).toMatchObject({ status: 'running', choice: { chosen: 'gross revenue' } });
    expect(api.engine.choices).toContainEqual({ jobId: question.jobId, round: 1 });
  });

  test('while the engine is away it says so, and the same reply sent again is taken', async () => {
    await wait();
    api.engine.isAway = true;
    expectProblem(await reply({ choice: 1 }), 503, 'engine_unavailable');
    api.engine.isAway = false;
    expect((await reply({ choice: 1 })).status).toBe(202);
    expect(api.engine.choices).toContainEqual({ jobId: question.jobId, round: 1 });
    expectProblem(await reply({ choice: 2 }), 409, 'conflict');
  });

  test.each([
    ['no reading has the number', { choice: 3 }],
    ['nothing is chosen', {}],
    ['two things are said', { choice: 1, text: 'net' }],
    ['the text is empty', { text: '' }],
  ])('is refused when %s', async (_, body) => {
    await wait();
    expectProblem(await reply(body), 400, 'invalid_request');
  });

  test('is a conflict when the question does not wait', async () => {
    expectProblem(await reply({ choice: 1 }), 409, 'conflict');
  });

  test('is not found for another tenant', async () => {
    await wait();
    expectProblem(await reply({ choice: 1 }, (await api.createTenant()).key), 404, 'not_found');
  });
});

describe('the rows of a choice', () => {
  test('steps that are repeated ask once and take the same reply', async () => {
    await wait();
    expect(await wait()).toBe(false);
    await api.inTenant(tenant, async (tx) => {
      expect(await takeChoice(tx, question.id, 1)).toBeUndefined();
      expect(await keepChoice(tx, question.id, 'net revenue')).toBe(1);
      expect(await keepChoice(tx, question.id, 'gross revenue')).toBeUndefined();
      expect(await takeChoice(tx, question.id, 1)).toBe('net revenue');
      expect(await takeChoice(tx, question.id, 1)).toBe('net revenue');
    });
  });
});
