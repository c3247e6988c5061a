import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { waitUntil } from '../../support/wait-until.js';
import { type ApiFixture, startApi, type TestTenant } from './support/api-fixture.js';

let api: ApiFixture;
let tenant: TestTenant;
let source: { dataSourceId: string; versionId: string };
/** Jobs whose news somebody waits for now, and all that ever were. */
const listening = new Set<string>();
const listened = new Set<string>();

beforeAll(async () => {
  api = await startApi();
  const { bus } = api;
  const subscribe = bus.subscribe.bind(bus);
  bus.subscribe = (jobId, ...rest) => {
    const unsubscribe = subscribe(jobId, ...rest);
    listening.add(jobId);
    listened.add(jobId);
    return () => {
      listening.delete(jobId);
      unsubscribe();
    };
  };
}, 60_000);
afterAll(async () => api.close());

beforeEach(async () => {
  tenant = await api.createTenant();
  source = await api.createIndexedSource(tenant);
});

/** A client that wants to wait for a minute, and can leave. */
function askAndWait(question: string) {
  const leaving = new AbortController();
  const requestId = randomUUID();
  const ended = fetch(`${api.url}/v1/questions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${tenant.key}`,
      'content-type': 'application/json',
      prefer: 'wait=60',
      'x-request-id': requestId,
    },
    body: JSON.stringify({ dataSourceId: source.dataSourceId, question }),
    signal: leaving.signal,
  }).then(
    () => 'answered',
    () => 'left',
  );
  return {
    leave: async () => {
      leaving.abort();
      expect(await ended).toBe('left');
      await waitUntil('the API has seen it leave', () => linesOf(requestId).length > 0);
    },
    lines: () => linesOf(requestId),
  };
}

const linesOf = (requestId: string): { level: number }[] =>
  api
    .logs()
    .split('\n')
    .filter((line) => line.includes(requestId))
    .map((line) => JSON.parse(line) as { level: number });

/** pino's number for a warning. */
const WARN = 40;

async function expectUnharmed(jobId: string, client: ReturnType<typeof askAndWait>): Promise<void> {
  await waitUntil('nobody listens for the job', () => listened.has(jobId) && !listening.has(jobId), 10_000);
  expect(client.lines().filter(({ level }) => level >= WARN)).toEqual([]);
  expect(api.engine.cancelled).not.toContain(jobId);
  const id = jobId.replace('answer-', '');
  await api.answer(tenant, { id, jobId, ...source, text: 'How many?' });
  const later = await fetch(`${api.url}/v1/questions/${id}`, {
    headers: { authorization: `Bearer ${tenant.key}` },
  });
  expect(await later.json()).toMatchObject({ status: 'answered' });
}

test('a client that leaves while it waits ends its wait and nothing else: the job goes on, and a later GET has the answer', async () => {
  let jobId = '';
  api.engine.onAnswer = async (input) => {
    jobId = input.jobId;
  };
  const client = askAndWait('How many?');
  await waitUntil('somebody listens for the job', () => listening.has(jobId));
  await client.leave();
  await expectUnharmed(jobId, client);
});

test('a client that leaves before its question is taken is not waited for', async () => {
  let jobId = '';
  let takeIt = (): void => undefined;
  api.engine.onAnswer = (input) => {
    jobId = input.jobId;
    return new Promise((resolve) => {
      takeIt = resolve;
    });
  };
  const client = askAndWait('How many?');
  await waitUntil('the engine is asked', () => jobId !== '');
  await client.leave();
  takeIt();
  await expectUnharmed(jobId, client);
});
