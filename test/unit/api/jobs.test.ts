import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { appendEvent } from '../../../db/statements/events.js';
import { markJobFinished, markJobStarted } from '../../../db/statements/jobs.js';
import type { EngineJobStatus } from '../../../platform/job-engine.js';
import { waitUntil } from '../../support/wait-until.js';
import { type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';
import { type EventReader, readEvents } from './support/event-reader.js';

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let key: string;
let questionId: string;
let jobId: string;
const readers: EventReader[] = [];
const stopping = new AbortController();

beforeAll(async () => {
  api = await startApi({
    streams: { pollMs: 50, heartbeatMs: 60, reconcileMs: 50 },
    stopping: stopping.signal,
  });
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => {
  for (const reader of readers) reader.leave();
  await api.close();
});

beforeEach(async () => {
  api.engine.isAway = false;
  tenant = await api.createTenant();
  key = tenant.key;
  const { dataSourceId } = await api.createIndexedSource(tenant);
  const asked = await call('POST', '/v1/questions', { key, body: { dataSourceId, question: 'How many?' } });
  ({ id: questionId, jobId } = asked.body);
});

const append = async (
  kind: 'job.started' | 'sql.generated' | 'job.succeeded',
  data: object = {},
): Promise<void> => {
  await api.inTenant(tenant, async (tx) => {
    if (kind === 'job.started') await markJobStarted(tx, jobId);
    if (kind === 'job.succeeded') await markJobFinished(tx, jobId, 'succeeded');
    await appendEvent(tx, jobId, kind, data as never);
  });
};
const makeOld = async (): Promise<void> => {
  await api.inTenant(tenant, async (tx) => {
    await tx.query(`UPDATE jobs SET created_at = now() - interval '11 seconds' WHERE id = $1`, [jobId]);
  });
};
const follow = async (lastEventId?: number | string, query = ''): Promise<EventReader> => {
  const reader = await readEvents(`${api.url}/v1/jobs/${jobId}/events${query}`, { key, lastEventId });
  readers.push(reader);
  return reader;
};

describe('GET /v1/jobs/{id}/events', () => {
  test('tells every event from the first, each as it happens, and ends after the last', async () => {
    const reader = await follow();
    expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(reader.headers.get('cache-control')).toContain('no-transform');
    await reader.until(1);
    await append('job.started');
    api.bus.publish(jobId);
    await reader.until(2);
    await append('sql.generated', { sql: 'SELECT 1\nFROM x', model: 'm', attempt: 1, durationMs: 1 });
    // Nobody is told of this one: polling finds it.
    await reader.until(3);
    await append('job.succeeded', { questionId });
    await reader.ended;
    expect(reader.seen).toEqual(['1 job.queued', '2 job.started', '3 sql.generated', '4 job.succeeded']);
    expect(JSON.parse(reader.messages[2]?.data ?? '')).toMatchObject({ sql: 'SELECT 1\nFROM x' });
  });

  test('goes on after Last-Event-ID, or after ?after=, and the header goes first', async () => {
    await append('job.started');
    await append('sql.generated');
    await append('job.succeeded');
    for (const reader of [
      await follow(2),
      await follow(undefined, '?after=2'),
      await follow(2, '?after=3'),
    ]) {
      await reader.ended;
      expect(reader.seen).toEqual(['3 sql.generated', '4 job.succeeded']);
    }
  });

  test('a reader who leaves in the middle and comes back misses nothing and sees nothing twice', async () => {
    const first = await follow();
    await first.until(1);
    await append('job.started');
    await first.until(2);
    first.leave();
    await first.ended;
    await append('sql.generated');
    await append('job.succeeded');
    const second = await follow(first.messages.at(-1)?.id);
    await second.ended;
    expect([...first.seen, ...second.seen]).toEqual([
      '1 job.queued',
      '2 job.started',
      '3 sql.generated',
      '4 job.succeeded',
    ]);
  });

  test('replies 204 when the job has ended and all is known, so that EventSource stops', async () => {
    await append('job.succeeded');
    const reader = await follow(2);
    await reader.ended;
    expect(reader.status).toBe(204);
  });

  test('a thousand events come in order', async () => {
    await api.inTenant(tenant, async (tx) => {
      await tx.query(
        `INSERT INTO job_events (tenant_id, job_id, seq, kind, data)
         SELECT $1, $2, n, 'batch.embedded', '{}' FROM generate_series(2, 1201) n`,
        [tenant.tenantId, jobId],
      );
      await tx.query('UPDATE jobs SET last_event_seq = 1201 WHERE id = $1', [jobId]);
    });
    await append('job.succeeded');
    const reader = await follow();
    await reader.ended;
    expect(reader.messages.map((message) => Number(message.id))).toEqual(
      Array.from({ length: 1202 }, (_, i) => i + 1),
    );
  });

  test('a quiet stream is kept alive by comments', async () => {
    const reader = await follow();
    await reader.until(1);
    await waitUntil('a heartbeat came', () =>
      reader.comments.some((comment) => comment.includes('heartbeat')),
    );
    reader.leave();
    await reader.ended;
  });

  test('nothing stays behind when readers leave', async () => {
    const subscribed: string[] = [];
    const { subscribe } = api.bus;
    let open = 0;
    api.bus.subscribe = (id, wake) => {
      subscribed.push(id);
      open += 1;
      const end = subscribe(id, wake);
      return () => {
        open -= 1;
        end();
      };
    };
    const some = await Promise.all([follow(), follow(), follow()]);
    await Promise.all(some.map((reader) => reader.until(1)));
    expect(open).toBe(3);
    for (const reader of some) reader.leave();
    await waitUntil('nobody is subscribed', () => open === 0);
    api.bus.subscribe = subscribe;
    expect(subscribed).toEqual([jobId, jobId, jobId]);
  });

  test('a job that was terminated in the engine ends its stream with a reason', async () => {
    const reader = await follow();
    await reader.until(1);
    api.engine.statuses.set(jobId, 'terminated');
    await makeOld();
    await reader.ended;
    expect(reader.seen).toEqual(['1 job.queued', '2 job.failed']);
    expect(JSON.parse(reader.messages[1]?.data ?? '')).toMatchObject({ error: { code: 'job_lost' } });
  });

  test.each(['x', '-1', '1.5', '1e3'])('refuses the Last-Event-ID %s', async (lastEventId) => {
    const headers = { 'last-event-id': lastEventId };
    expectProblem(await call('GET', `/v1/jobs/${jobId}/events`, { key, headers }), 400, 'invalid_request');
  });
});

describe('GET /v1/jobs', () => {
  test('lists the tenant’s jobs, newest first, and no more than asked for', async () => {
    const { dataSourceId } = await api.createIndexedSource(tenant);
    const indexing = await call('POST', `/v1/data-sources/${dataSourceId}/index`, { key });
    const all = await call('GET', '/v1/jobs', { key });
    expect(all.body.jobs.map((job: { id: string }) => job.id)).toEqual([indexing.body.jobId, jobId]);
    const one = await call('GET', '/v1/jobs?limit=1', { key });
    expect(one.body.jobs).toHaveLength(1);
    expectProblem(await call('GET', '/v1/jobs?limit=0', { key }), 400, 'invalid_request');
    expectProblem(await call('GET', '/v1/jobs?limit=x', { key }), 400, 'invalid_request');
  });
});

describe('GET /v1/jobs/{id}', () => {
  const lost: [EngineJobStatus, string, string][] = [
    ['not_found', 'failed', 'job_lost'],
    ['terminated', 'failed', 'job_lost'],
    ['failed', 'failed', 'job_lost'],
    ['completed', 'failed', 'job_lost'],
    ['timed_out', 'failed', 'job_timed_out'],
  ];
  test.each(lost)(
    'a job that is %s in the engine is %s with %s, and so is its question',
    async (status, shown, code) => {
      api.engine.statuses.set(jobId, status);
      expect((await call('GET', `/v1/jobs/${jobId}`, { key })).body.status).toBe('queued');
      await makeOld();
      const job = await call('GET', `/v1/jobs/${jobId}`, { key });
      expect(job.body).toMatchObject({ status: shown, error: { code } });
      const question = await call('GET', `/v1/questions/${questionId}`, { key });
      expect(question.body).toMatchObject({ status: 'failed', error: { code } });
    },
  );

  test('a job that was cancelled in the engine is cancelled, also when its question is read first', async () => {
    api.engine.statuses.set(jobId, 'cancelled');
    await makeOld();
    const question = await call('GET', `/v1/questions/${questionId}`, { key });
    expect(question.body.status).toBe('cancelled');
    expect((await call('GET', `/v1/jobs/${jobId}`, { key })).body.status).toBe('cancelled');
  });

  test('a job that runs stays as it is', async () => {
    await makeOld();
    expect((await call('GET', `/v1/jobs/${jobId}`, { key })).body.status).toBe('queued');
    expect(api.engine.described).toContain(jobId);
  });

  test('the row is believed while the engine is away', async () => {
    api.engine.statuses.set(jobId, 'terminated');
    api.engine.isAway = true;
    await makeOld();
    expect((await call('GET', `/v1/jobs/${jobId}`, { key })).body.status).toBe('queued');
  });
});

describe('DELETE /v1/jobs/{id}', () => {
  test('asks the engine to cancel', async () => {
    const reply = await call('DELETE', `/v1/jobs/${jobId}`, { key });
    expect(reply.status).toBe(202);
    expect(reply.body.id).toBe(jobId);
    expect(api.engine.cancelled).toContain(jobId);
  });

  test('ends a job of which the engine knows nothing', async () => {
    api.engine.statuses.set(jobId, 'not_found');
    const reply = await call('DELETE', `/v1/jobs/${jobId}`, { key });
    expect(reply.body.status).toBe('cancelled');
    expect((await call('GET', `/v1/questions/${questionId}`, { key })).body.status).toBe('cancelled');
  });

  test('refuses a job that has ended', async () => {
    await append('job.succeeded');
    expectProblem(await call('DELETE', `/v1/jobs/${jobId}`, { key }), 409, 'conflict');
  });

  test('gets a 503 without the engine', async () => {
    api.engine.isAway = true;
    expectProblem(await call('DELETE', `/v1/jobs/${jobId}`, { key }), 503, 'engine_unavailable');
  });
});

test.each([
  ['GET', ''],
  ['GET', '/events'],
  ['DELETE', ''],
])('%s of another tenant’s job%s is a 404', async (method, suffix) => {
  const other = await api.createTenant();
  for (const id of [jobId, `answer-${randomUUID()}`, 'nonsense', '%00', 'a%20b']) {
    expectProblem(await call(method, `/v1/jobs/${id}${suffix}`, { key: other.key }), 404, 'not_found');
  }
  expect((await call('GET', '/v1/jobs', { key: other.key })).body).toEqual({ jobs: [] });
  expect(api.engine.cancelled).not.toContain(jobId);
});

describe('when the API stops', () => {
  test('open streams end, so that their readers go elsewhere', async () => {
    const reader = await follow();
    await reader.until(1);
    stopping.abort();
    await reader.ended;
    expect(reader.seen).toEqual(['1 job.queued']);
  });
});
