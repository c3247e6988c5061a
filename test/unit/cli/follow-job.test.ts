import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createApiClient } from '../../../cli/api-client.js';
import { ApiProblemError, ApiUnreachableError } from '../../../cli/cli-error.js';
import { type FollowedEvent, followJob } from '../../../cli/follow-job.js';
import { type CannedApi, events, json, problem, startCannedApi } from './support/canned-api.js';
import { job } from './support/fixtures.js';

let api: CannedApi;
beforeEach(async () => {
  api = await startCannedApi();
});
afterEach(async () => {
  await api.close();
});

const STREAM = 'GET /v1/jobs/j1/events';
const collect = async (
  options: { giveUpAfterMs?: number; signal?: AbortSignal } = {},
): Promise<FollowedEvent[]> => {
  const client = createApiClient({ baseUrl: api.url, apiKey: 'k' });
  const list: FollowedEvent[] = [];
  for await (const event of followJob({ client, jobId: 'j1', reconnectDelayMs: 1, ...options }))
    list.push(event);
  return list;
};
const lastEventIds = () =>
  api.seen.filter((r) => r.path.endsWith('/events')).map((r) => r.headers['last-event-id']);

describe('following a job', () => {
  test('a stream that breaks in the middle of an event goes on after the last whole one', async () => {
    api.on(
      STREAM,
      events(
        [
          { seq: 1, kind: 'job.started' },
          { seq: 2, kind: 'sql.accepted' },
        ],
        'break',
      ),
      events([{ seq: 3, kind: 'job.succeeded' }]),
    );
    const list = await collect();
    expect(list.map((event) => [event.seq, event.kind])).toEqual([
      [1, 'job.started'],
      [2, 'sql.accepted'],
      [3, 'job.succeeded'],
    ]);
    expect(lastEventIds()).toEqual([undefined, '2']);
  });

  test('events that are sent again are given once', async () => {
    api.on('GET /v1/jobs/j1', json({ ...job, status: 'running' }));
    api.on(
      STREAM,
      events([{ seq: 1, kind: 'job.started' }]),
      events([
        { seq: 1, kind: 'job.started' },
        { seq: 2, kind: 'job.failed' },
      ]),
    );
    expect((await collect()).map((event) => event.seq)).toEqual([1, 2]);
  });

  test('a 503 while connecting is waited out', async () => {
    api.on(
      STREAM,
      problem({ title: 'The store is away', status: 503, code: 'store_unavailable' }),
      events([{ seq: 1, kind: 'job.cancelled' }]),
    );
    expect(await collect()).toHaveLength(1);
  });

  test('an unknown job is told at once', async () => {
    await expect(collect()).rejects.toBeInstanceOf(ApiProblemError);
    expect(api.seen).toHaveLength(1);
  });

  test('a job that ended without a last event ends the following too', async () => {
    api.on('GET /v1/jobs/j1', json({ ...job, status: 'failed' }));
    api.on(STREAM, events([{ seq: 1, kind: 'job.started' }]), events([]));
    expect(await collect()).toHaveLength(1);
  });

  test('204, which says that all events are known, ends it at once', async () => {
    api.on(STREAM, (_, response) => {
      response.writeHead(204).end();
    });
    expect(await collect()).toEqual([]);
    expect(api.seen).toHaveLength(1);
  });

  test('an API that stays away is given up', async () => {
    await api.close();
    await expect(collect({ giveUpAfterMs: 0 })).rejects.toBeInstanceOf(ApiUnreachableError);
  });

  test('an abort ends it with the reason given', async () => {
    api.on(STREAM, events([{ seq: 1, kind: 'job.started' }], 'stay'));
    const controller = new AbortController();
    const client = createApiClient({ baseUrl: api.url, apiKey: 'k' });
    const following = (async () => {
      for await (const event of followJob({ client, jobId: 'j1', signal: controller.signal })) {
        expect(event.seq).toBe(1);
        controller.abort(new Error('enough'));
      }
    })();
    await expect(following).rejects.toThrow('enough');
  });
});
