import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { getJob, markJobFinished } from '../../../db/statements/jobs.js';
import { type Call, createCaller, expectProblem } from './support/api-caller.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';

const PASSWORD = 'pa55-w0rd-of-the-source';
const CONNECTION = `postgres://reader:${PASSWORD}@db.example:6543/shop?sslmode=require`;

let api: ApiFixture;
let call: Call;
let tenant: TestTenant;
let key: string;

beforeAll(async () => {
  api = await startApi();
  call = await createCaller(api.url);
}, 60_000);
afterAll(async () => api.close());

beforeEach(async () => {
  api.engine.isAway = false;
  api.engine.refusesCron = false;
  tenant = await api.createTenant('ENTERPRISE');
  key = tenant.key;
});

const create = async (body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  call('POST', '/v1/data-sources', {
    key,
    headers,
    body: { name: 'Shop', connectionString: CONNECTION, ...body },
  });

describe('POST /v1/data-sources', () => {
  test('connects a database and shows where it is, without its password', async () => {
    const reply = await create({ includeSchemas: ['public', 'sales'], kind: 'postgres' });
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`/v1/data-sources/${reply.body.id}`);
    expect(reply.body).toMatchObject({
      name: 'Shop',
      kind: 'postgres',
      status: 'new',
      address: 'reader@db.example:6543/shop',
      includeSchemas: ['public', 'sales'],
      tables: null,
      indexedAt: null,
      schedule: null,
    });
    expect((await call('GET', `/v1/data-sources/${reply.body.id}`, { key })).body).toEqual(reply.body);
    expect((await call('GET', '/v1/data-sources', { key })).body).toEqual({ dataSources: [reply.body] });
  });

  test('keeps the connection string encrypted and shows it nowhere: not in replies, problems, rows or logs', async () => {
    const replies = [
      await create(),
      await create(),
      await create({ name: 7 }),
      await create({ connectionString: `oracle://u:${PASSWORD}@h/d` }),
      await create({ connectionString: `postgres://u:${PASSWORD}@/` }),
      await create({ connectionString: `postgres://u:${PASSWORD}%zz@h/d` }),
      await create({ connectionString: `postgres://u:x@h/d?password=${PASSWORD}` }),
      await call('POST', '/v1/data-sources', { key, body: `{"connectionString":"${CONNECTION}",}` }),
      await call('GET', `/v1/data-sources?url=${encodeURIComponent('x')}`, { key }),
    ];
    expect(replies.map((reply) => reply.status)).toEqual([201, 409, 400, 422, 400, 400, 400, 400, 200]);
    expect(JSON.stringify(replies)).not.toContain(PASSWORD);
    const rows = await api.inTenant(tenant, async (tx) =>
      tx.query<{ connection_secret: Buffer }>('SELECT * FROM data_sources'),
    );
    const audit = await api.inTenant(tenant, async (tx) => tx.query('SELECT * FROM audit_log'));
    expect(rows[0]?.connection_secret.includes(PASSWORD)).toBe(false);
    expect(JSON.stringify([rows, audit])).not.toContain(PASSWORD);
    expect(api.logs()).toContain('/v1/data-sources');
    expect(api.logs()).not.toContain(PASSWORD);
    expect(api.logs()).not.toContain(key);
  });

  test('refuses a second one of the same name, for this tenant only', async () => {
    await create();
    expectProblem(await create(), 409, 'data_source_exists');
    key = (await api.createTenant()).key;
    expect((await create()).status).toBe(201);
  });

  test.each(['oracle://u:p@h/d', 'http://h/d', 'file:///etc/passwd'])(
    'does not support %s',
    async (connectionString) => {
      expectProblem(await create({ connectionString }), 422, 'data_source_unsupported');
    },
  );

  test.each([
    'nonsense',
    'postgres://u:p@host',
    'postgres://u:p@host/',
    'postgres:///db',
    'postgres://u:p@host/a/b',
    'postgres://u:p@host/db?host=/var/run',
    'postgres://u:p@host/db?sslkey=/etc/passwd',
    'postgres://u:p@host/db?options=-c%20role%3Dpostgres',
  ])('refuses the connection string %s', async (connectionString) => {
    const reply = await create({ connectionString });
    expectProblem(reply, 400, 'invalid_request');
    expect(reply.body.details.issues[0].field).toBe('body.connectionString');
  });

  test('is done once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await create({}, headers);
    const second = await create({}, headers);
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expectProblem(await create({ name: 'Another' }, headers), 422, 'idempotency_key_reused');
    await call('DELETE', `/v1/data-sources/${first.body.id}`, { key });
    expectProblem(await create({}, headers), 404, 'not_found');
  });

  test('a refused request does not use up its Idempotency-Key', async () => {
    await create();
    const headers = { 'idempotency-key': randomUUID() };
    expectProblem(await create({}, headers), 409, 'data_source_exists');
    expect((await create({ name: 'Shop 2' }, headers)).status).toBe(201);
  });
});

describe('POST /v1/data-sources/{id}/index', () => {
  test('starts a job; while it runs, the same job is returned', async () => {
    const { body } = await create();
    const before = api.engine.indexings.length;
    const path = `/v1/data-sources/${body.id}/index`;
    const replies = await Promise.all([call('POST', path, { key }), call('POST', path, { key, body: {} })]);
    expect(replies.map((reply) => reply.status)).toEqual([202, 202]);
    expect(replies[0]?.body.jobId).toBe(replies[1]?.body.jobId);
    expect(replies[0]?.headers.get('location')).toBe(`/v1/jobs/${replies[0]?.body.jobId}`);
    expect(api.engine.indexings.slice(before)).toEqual([
      {
        tenantId: tenant.tenantId,
        tier: 'ENTERPRISE',
        jobId: replies[0]?.body.jobId,
        dataSourceId: body.id,
        summary: 'Index: Shop',
      },
    ]);
    await api.inTenant(tenant, async (tx) => markJobFinished(tx, replies[0]?.body.jobId, 'succeeded'));
    const next = await call('POST', path, { key });
    expect(next.status).toBe(202);
    expect(next.body.jobId).not.toBe(replies[0]?.body.jobId);
  });

  test('a dead indexing does not keep a new one from starting', async () => {
    const { body } = await create();
    const path = `/v1/data-sources/${body.id}/index`;
    const dead = (await call('POST', path, { key })).body.jobId as string;
    api.engine.statuses.set(dead, 'terminated');
    await api.inTenant(tenant, async (tx) => {
      await tx.query(`UPDATE jobs SET created_at = now() - interval '11 seconds' WHERE id = $1`, [dead]);
    });
    const next = await call('POST', path, { key });
    expect(next.status).toBe(202);
    expect(next.body.jobId).not.toBe(dead);
    const job = await api.inTenant(tenant, async (tx) => getJob(tx, dead));
    expect(job).toMatchObject({ status: 'failed', error: { code: 'job_lost' } });
  });

  test('without the engine gets a 503, and can be tried again', async () => {
    const { body } = await create();
    const path = `/v1/data-sources/${body.id}/index`;
    api.engine.isAway = true;
    expectProblem(await call('POST', path, { key }), 503, 'engine_unavailable');
    api.engine.isAway = false;
    expect((await call('POST', path, { key })).status).toBe(202);
  });
});

describe('…/schedule', () => {
  test.each([{ cron: '0 3 * * MON-FRI' }, { everyMinutes: 90 }])(
    '%j is set in the engine and shown',
    async (schedule) => {
      const { body } = await create();
      const path = `/v1/data-sources/${body.id}/schedule`;
      const reply = await call('PUT', path, { key, body: schedule });
      expect(reply.status).toBe(200);
      expect(reply.body.schedule).toEqual(schedule);
      expect(api.engine.schedules.get(body.id)).toEqual(schedule);
      expect((await call('GET', `/v1/data-sources/${body.id}`, { key })).body.schedule).toEqual(schedule);

      expect((await call('DELETE', path, { key })).status).toBe(204);
      expect(api.engine.schedules.has(body.id)).toBe(false);
      expect((await call('GET', `/v1/data-sources/${body.id}`, { key })).body.schedule).toBeNull();
      expect((await call('DELETE', path, { key })).status).toBe(204);
    },
  );

  test.each([
    {},
    { cron: '0 3 * * *', everyMinutes: 5 },
    { cron: '0 3 * *' },
    { cron: '0 3 * * * *' },
    { cron: '@every 5s' },
    { cron: '0 3 ; * *' },
    { everyMinutes: 0 },
    { everyMinutes: 1.5 },
  ])('refuses %j', async (schedule) => {
    const { body } = await create();
    const reply = await call('PUT', `/v1/data-sources/${body.id}/schedule`, { key, body: schedule });
    expectProblem(reply, 400, 'invalid_request');
  });

  test('what the engine refuses or cannot take now is not in the row either', async () => {
    const { body } = await create();
    const path = `/v1/data-sources/${body.id}/schedule`;
    await call('PUT', path, { key, body: { everyMinutes: 5 } });
    api.engine.refusesCron = true;
    expectProblem(await call('PUT', path, { key, body: { cron: '0 99 * * *' } }), 400, 'invalid_request');
    api.engine.refusesCron = false;
    api.engine.isAway = true;
    expectProblem(await call('PUT', path, { key, body: { everyMinutes: 7 } }), 503, 'engine_unavailable');
    expectProblem(await call('DELETE', path, { key }), 503, 'engine_unavailable');
    const shown = await call('GET', `/v1/data-sources/${body.id}`, { key });
    expect(shown.body.schedule).toEqual({ everyMinutes: 5 });
  });
});

describe('DELETE /v1/data-sources/{id}', () => {
  test('takes its schedule and a running indexing with it', async () => {
    const { body } = await create();
    const path = `/v1/data-sources/${body.id}`;
    await call('PUT', `${path}/schedule`, { key, body: { everyMinutes: 5 } });
    const { jobId } = (await call('POST', `${path}/index`, { key })).body;
    expect((await call('DELETE', path, { key })).status).toBe(204);
    expect(api.engine.schedules.has(body.id)).toBe(false);
    expect(api.engine.cancelled).toContain(jobId);
    expectProblem(await call('GET', path, { key }), 404, 'not_found');
    expectProblem(await call('DELETE', path, { key }), 404, 'not_found');
  });

  test('waits for the engine when there is a schedule to remove', async () => {
    const { body } = await create();
    const path = `/v1/data-sources/${body.id}`;
    await call('PUT', `${path}/schedule`, { key, body: { everyMinutes: 5 } });
    api.engine.isAway = true;
    expectProblem(await call('DELETE', path, { key }), 503, 'engine_unavailable');
    expect((await call('GET', path, { key })).status).toBe(200);
  });
});

test.each([
  ['GET', ''],
  ['DELETE', ''],
  ['POST', '/index'],
  ['PUT', '/schedule'],
  ['DELETE', '/schedule'],
])('%s of another tenant’s data source%s is a 404, and changes nothing', async (method, suffix) => {
  const { body } = await create();
  const other = await api.createTenant();
  const schedule = method === 'PUT' ? { everyMinutes: 5 } : undefined;
  for (const id of [body.id, randomUUID(), 'nonsense']) {
    const reply = await call(method, `/v1/data-sources/${id}${suffix}`, { key: other.key, body: schedule });
    expectProblem(reply, 404, 'not_found');
  }
  expect((await call('GET', '/v1/data-sources', { key: other.key })).body).toEqual({ dataSources: [] });
  expect((await call('GET', `/v1/data-sources/${body.id}`, { key })).body).toEqual(body);
});
