import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { LIMITS } from '../../../contracts/limits.js';
import { waitUntil } from '../../support/wait-until.js';
import { type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let key: string;
let source: { dataSourceId: string; versionId: string };

beforeAll(async () => {
  api = await startApi();
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => api.close());

beforeEach(async () => {
  api.engine.isAway = false;
  api.engine.onAnswer = async () => undefined;
  tenant = await api.createTenant();
  key = tenant.key;
  source = await api.createIndexedSource(tenant);
});

const ask = async (question: unknown, headers: Record<string, string> = {}) =>
  call('POST', '/v1/questions', {
    key,
    body: { dataSourceId: source.dataSourceId, question },
    headers,
  });

const answered = (reply: { body: { id: string; jobId: string } }, text: string) => ({
  id: reply.body.id,
  jobId: reply.body.jobId,
  ...source,
  text,
});

describe('POST /v1/questions', () => {
  test('starts one job and says where to watch it', async () => {
    const before = api.engine.answers.length;
    const reply = await ask('  How many orders?  ');
    expect(reply.status).toBe(202);
    expect(reply.headers.get('location')).toBe(`/v1/jobs/${reply.body.jobId}`);
    expect(reply.body).toMatchObject({ status: 'queued', jobId: `answer-${reply.body.id}` });
    expect(api.engine.answers.slice(before)).toEqual([
      {
        tenantId: tenant.tenantId,
        tier: 'PRO',
        jobId: reply.body.jobId,
        questionId: reply.body.id,
        dataSourceId: source.dataSourceId,
        summary: 'Answer: How many orders?',
      },
    ]);
    const question = await call('GET', reply.body.links.question, { key });
    expect(question.body).toMatchObject({ text: 'How many orders?', status: 'queued', answer: null });
    const job = await call('GET', reply.body.links.job, { key });
    expect(job.body).toMatchObject({ kind: 'answer-question', subjectId: reply.body.id, status: 'queued' });
  });

  test('with Prefer: wait replies with the answer itself when it comes in time', async () => {
    api.engine.onAnswer = async (input) => {
      await api.answer(tenant, { id: input.questionId, jobId: input.jobId, ...source, text: 'How many?' });
    };
    const reply = await ask('How many?', { prefer: 'respond-async, wait=10' });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('preference-applied')).toBe('wait=10');
    expect(reply.body).toMatchObject({ status: 'answered', answer: { sql: 'SELECT count(*) FROM orders' } });
  });

  test('with Prefer: wait is woken when the answer comes while it waits', async () => {
    let jobId = '';
    api.engine.onAnswer = async (input) => {
      jobId = input.jobId;
    };
    const waiting = ask('How many?', { prefer: 'wait=30' });
    await waitUntil('the job was started', () => jobId !== '');
    await api.answer(tenant, { id: jobId.replace('answer-', ''), jobId, ...source, text: 'How many?' });
    expect((await waiting).body).toMatchObject({ status: 'answered' });
  });

  test('with Prefer: wait replies 202 when the time is over', async () => {
    const reply = await ask('How many?', { prefer: 'wait=1' });
    expect(reply.status).toBe(202);
    expect(reply.body.status).toBe('queued');
  });

  test.each(['', '   ', '\n\t'])('refuses the empty question %j', async (question) => {
    expectProblem(await ask(question), 400, 'question_empty');
  });

  test('takes a question of the longest length and refuses a longer one', async () => {
    expect((await ask('x'.repeat(LIMITS.questionChars))).status).toBe(202);
    expectProblem(await ask('x'.repeat(LIMITS.questionChars + 1)), 400, 'question_too_long');
    expectProblem(await ask('y'.repeat(10_000)), 400, 'question_too_long');
  });

  test('refuses text that no database can hold', async () => {
    expectProblem(await ask('How\u0000 many?'), 400, 'invalid_request');
    const lone = `{"dataSourceId":"${source.dataSourceId}","question":"\\ud800"}`;
    expectProblem(await call('POST', '/v1/questions', { key, body: lone }), 400, 'invalid_request');
  });

  test.each([undefined, 7, null, ['a']])('refuses %j as a question and names the field', async (question) => {
    const reply = await ask(question);
    expectProblem(reply, 400, 'invalid_request');
    expect(reply.body.details.issues[0].field).toBe('body.question');
  });

  test('refuses fields that it does not know', async () => {
    const body = { ...source, question: 'How many?' };
    expectProblem(await call('POST', '/v1/questions', { key, body }), 400, 'invalid_request');
  });

  test.each(['nonsense', randomUUID()])('knows no data source %s', async (dataSourceId) => {
    const body = { dataSourceId, question: 'How many?' };
    expectProblem(await call('POST', '/v1/questions', { key, body }), 404, 'not_found');
  });

  test('says that a data source has to be indexed first', async () => {
    const body = { name: 'new one', connectionString: 'postgres://u:p@db/shop' };
    const created = await call('POST', '/v1/data-sources', { key, body });
    const question = { dataSourceId: created.body.id, question: 'How many?' };
    expectProblem(
      await call('POST', '/v1/questions', { key, body: question }),
      409,
      'data_source_not_indexed',
    );
  });

  test('records who asked what about which data source', async () => {
    const reply = await ask('How many?');
    const rows = await api.inTenant(tenant, async (tx) =>
      tx.query('SELECT user_id, action, subject_id FROM audit_log'),
    );
    expect(rows).toEqual([{ user_id: tenant.userId, action: 'question.asked', subject_id: reply.body.id }]);
  });
});

describe('the answer cache', () => {
  test('answers a question that was answered just now at once, without a job in the engine', async () => {
    const first = await ask('How many orders?');
    await api.answer(tenant, answered(first, 'How many orders?'), [[['42']]]);
    const before = api.engine.answers.length;
    const second = await ask(' How  many orders ');
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({
      status: 'answered',
      cachedFrom: first.body.id,
      answer: { sql: 'SELECT count(*) FROM orders' },
    });
    expect(second.body.id).not.toBe(first.body.id);
    expect(api.engine.answers.length).toBe(before);
    const rows = await call('GET', `/v1/questions/${second.body.id}/rows`, { key });
    expect(rows.body.rows).toEqual([['42']]);
    const job = await call('GET', `/v1/jobs/${second.body.jobId}`, { key });
    expect(job.body.status).toBe('succeeded');
    const events = await call('GET', `/v1/jobs/${second.body.jobId}/events`, { key });
    expect(events.body).toContain('event: job.succeeded');
  });

  test('answers again from memory: recorded, audited and said to be cached like the first time', async () => {
    const first = await ask('How many carts?');
    await api.answer(tenant, answered(first, 'How many carts?'), [[['7']]]);
    await ask('How many carts?');
    // Out of sight of whoever looks for an answer in the store.
    const find = api.answers.find;
    const found: boolean[] = [];
    api.answers.find = async (cacheKey) => {
      const cached = await find(cacheKey);
      found.push(cached !== undefined);
      return cached;
    };
    const again = await Promise.all(Array.from({ length: 12 }, () => ask('How many carts ?')));
    api.answers.find = find;
    expect(found).toEqual(Array.from({ length: 12 }, () => true));
    for (const reply of again) {
      expect(reply.status).toBe(200);
      expect(reply.body).toMatchObject({ status: 'answered', cachedFrom: first.body.id, error: null });
      const stored = await call('GET', `/v1/questions/${reply.body.id}`, { key });
      expect(stored.body).toEqual(reply.body);
      expect((await call('GET', `/v1/jobs/${reply.body.jobId}`, { key })).body.status).toBe('succeeded');
      expect((await call('GET', `/v1/questions/${reply.body.id}/rows`, { key })).body.rows).toEqual([['7']]);
    }
    const audited = await api.inTenant(tenant, async (tx) =>
      tx.query(`SELECT subject_id AS id FROM audit_log WHERE data->>'cachedFrom' = $1`, [first.body.id]),
    );
    const ids = audited.map((row) => (row as { id: string }).id);
    expect(ids).toEqual(expect.arrayContaining(again.map(({ body }) => body.id)));
  });

  test.each([
    ['mappings were edited', 'UPDATE data_sources SET mapping_version = mapping_version + 1'],
    ['the answer has become too old', `UPDATE answers SET answered_at = now() - interval '301 seconds'`],
    ['the index was replaced', 'UPDATE data_sources SET active_version_id = NULL'],
    ['the data source was deleted', 'DELETE FROM data_sources'],
  ])('what is in memory is not taken when %s behind this process’s back', async (_what, edit) => {
    const first = await ask('How many boats?');
    await api.answer(tenant, answered(first, 'How many boats?'));
    await ask('How many boats?');
    expect((await ask('How many boats?')).status).toBe(200);
    await api.inTenant(tenant, async (tx) => tx.query(edit));
    expect((await ask('How many boats?')).status).not.toBe(200);
  });

  test('takes the newest answer, also when another one is in memory', async () => {
    const first = await ask('How many cars?');
    await api.answer(tenant, answered(first, 'How many cars?'), [[['1']]]);
    await ask('How many cars?');
    const body = { dataSourceId: source.dataSourceId, question: 'How many cars?', maxAgeSeconds: 0 };
    const anew = await call('POST', '/v1/questions', { key, body });
    await api.answer(tenant, answered(anew, 'How many cars?'), [[['2']]]);
    expect((await ask('How many cars?')).body.cachedFrom).toBe(anew.body.id);
  });

  test('takes an Idempotency-Key with an answer from memory: the same request finds the same question', async () => {
    const first = await ask('How many keys?');
    await api.answer(tenant, answered(first, 'How many keys?'));
    await ask('How many keys?');
    const headers = { 'idempotency-key': randomUUID() };
    const replies = await Promise.all(Array.from({ length: 3 }, () => ask('How many keys?', headers)));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(1);
    expectProblem(await ask('How many others?', headers), 422, 'idempotency_key_reused');
  });

  test('keeps apart what may mean something else', async () => {
    const first = await ask('Orders in "New York"?');
    await api.answer(tenant, answered(first, 'Orders in "New York"?'));
    expect((await ask('Orders in "new york"?')).status).toBe(202);
    expect((await ask('Orders in "New  York"?')).status).toBe(202);
    const other = await api.createIndexedSource(tenant);
    const body = { dataSourceId: other.dataSourceId, question: 'Orders in "New York"?' };
    expect((await call('POST', '/v1/questions', { key, body })).status).toBe(202);
  });

  test('forgets when a new version of the index is switched on, and when the answer is old', async () => {
    const first = await ask('How many orders?');
    await api.answer(tenant, { ...answered(first, 'How many orders?'), versionId: randomUUID() });
    expect((await ask('How many orders?')).status).toBe(202);

    const second = await ask('How many customers?');
    await api.answer(tenant, answered(second, 'How many customers?'));
    await api.inTenant(tenant, async (tx) => {
      await tx.query(`UPDATE answers SET answered_at = now() - interval '301 seconds'`);
    });
    expect((await ask('How many customers?')).status).toBe(202);
  });
});

describe('Idempotency-Key', () => {
  test('creates one question however often the request is sent', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const before = api.engine.answers.length;
    const replies = await Promise.all([
      ask('How many?', headers),
      ask('How many?', headers),
      ask('How many?', headers),
    ]);
    expect(new Set(replies.map((reply) => reply.body.id)).size).toBe(1);
    expect(new Set(api.engine.answers.slice(before).map((input) => input.jobId)).size).toBe(1);
    const rows = await api.inTenant(tenant, async (tx) => tx.query('SELECT id FROM questions'));
    expect(rows).toHaveLength(1);
  });

  test('refuses another request with the same key', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    await ask('How many?', headers);
    expectProblem(await ask('How many others?', headers), 422, 'idempotency_key_reused');
  });

  test('is the tenant’s own', async () => {
    const headers = { 'idempotency-key': 'k-2' };
    const mine = await ask('How many?', headers);
    const other = await api.createTenant();
    const theirs = await api.createIndexedSource(other);
    const body = { dataSourceId: theirs.dataSourceId, question: 'How many?' };
    const reply = await call('POST', '/v1/questions', { key: other.key, body, headers });
    expect(reply.status).toBe(202);
    expect(reply.body.id).not.toBe(mine.body.id);
  });

  test('must be printable', async () => {
    expectProblem(await ask('How many?', { 'idempotency-key': 'a b' }), 400, 'invalid_request');
  });
});

describe('when the engine is away', () => {
  test('a question gets a clear 503, is recorded as failed, and can be asked again with the same key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    api.engine.isAway = true;
    const refused = await ask('How many?', headers);
    expectProblem(refused, 503, 'engine_unavailable');
    expect(refused.body.retryable).toBe(true);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const jobs = await call('GET', '/v1/jobs', { key });
    expect(jobs.body.jobs).toMatchObject([{ status: 'failed', error: { code: 'engine_unavailable' } }]);
    const failed = await call('GET', `/v1/questions/${jobs.body.jobs[0].subjectId}`, { key });
    expect(failed.body).toMatchObject({ status: 'failed', error: { code: 'engine_unavailable' } });

    api.engine.isAway = false;
    const again = await ask('How many?', headers);
    expect(again.status).toBe(202);
    expect(again.body.id).not.toBe(failed.body.id);
  });

  test('a question that waits already stays as it is', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await ask('How many?', headers);
    api.engine.isAway = true;
    const again = await ask('How many?', headers);
    expect(again.status).toBe(202);
    expect(again.body).toEqual(first.body);
  });
});

describe('GET /v1/questions/{id}/rows', () => {
  const pages = [[['1'], ['2']], [['3'], ['4']], [['5']]];

  test('gives all rows in order, page by page', async () => {
    const asked = await ask('All?');
    await api.answer(tenant, answered(asked, 'All?'), pages);
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
      const page = await call('GET', `/v1/questions/${asked.body.id}/rows${query}`, { key });
      expect(page.status).toBe(200);
      expect(page.body.columns).toEqual([{ name: 'count', type: 'int8' }]);
      seen.push(...page.body.rows);
      cursor = page.body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(pages.flat());
  });

  test('an answer without rows has one empty page', async () => {
    const asked = await ask('None?');
    await api.answer(tenant, answered(asked, 'None?'), []);
    const page = await call('GET', `/v1/questions/${asked.body.id}/rows`, { key });
    expect(page.body).toEqual({ columns: [{ name: 'count', type: 'int8' }], rows: [] });
  });

  test('refuses a cursor that was not made for this question', async () => {
    const one = await ask('One?');
    await api.answer(tenant, answered(one, 'One?'), pages);
    const two = await ask('Two?');
    await api.answer(tenant, answered(two, 'Two?'), pages);
    const { body } = await call('GET', `/v1/questions/${one.body.id}/rows`, { key });
    for (const cursor of [body.nextCursor, 'x', '%00', Buffer.from('[1,-1]').toString('base64url')]) {
      expectProblem(
        await call('GET', `/v1/questions/${two.body.id}/rows?cursor=${cursor}`, { key }),
        400,
        'invalid_cursor',
      );
    }
  });

  test('says that a question without an answer has no rows', async () => {
    const asked = await ask('Later?');
    expectProblem(await call('GET', `/v1/questions/${asked.body.id}/rows`, { key }), 409, 'conflict');
  });
});

test('another tenant’s question is not there, in every way of asking', async () => {
  const asked = await ask('Mine?');
  await api.answer(tenant, answered(asked, 'Mine?'));
  const other = await api.createTenant();
  for (const path of [`/v1/questions/${asked.body.id}`, `/v1/questions/${asked.body.id}/rows`]) {
    expectProblem(await call('GET', path, { key: other.key }), 404, 'not_found');
  }
  const body = { dataSourceId: source.dataSourceId, question: 'Mine?' };
  expectProblem(await call('POST', '/v1/questions', { key: other.key, body }), 404, 'not_found');
});
