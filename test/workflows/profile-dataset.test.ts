import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Dataset } from '../../contracts/dataset.js';
import type { PartialProfile, ProfileState } from '../../contracts/dataset-profile.js';
import type { EventData } from '../../contracts/events.js';
import { collectEvents, startTestQuaestor, type TestQuaestor } from '../support/quaestor.js';
import { uploadAndRead } from '../support/upload-file.js';
import { waitUntil } from '../support/wait-until.js';

let quaestor: TestQuaestor;

beforeAll(async () => {
  quaestor = await startTestQuaestor();
}, 120_000);
afterAll(async () => await quaestor?.stop(), 60_000);

const read = async (id: string): Promise<Response> => await quaestor.fetch(`/v1/datasets/${id}/profile`);
const start = async (id: string) => {
  const reply = await quaestor.fetch(`/v1/datasets/${id}/profile`, { method: 'POST' });
  return { status: reply.status, ...((await reply.json()) as { profile: ProfileState }) };
};

type Profiled = ProfileState & { profile: PartialProfile };

/** The profile that is made by itself after an upload, when it is whole. */
async function untilProfiled({ id }: Dataset): Promise<Profiled> {
  const whole = async (): Promise<Profiled | false> => {
    const reply = await read(id);
    if (!reply.ok) return false;
    const profile = (await reply.json()) as Profiled;
    return profile.finishedAt !== null && profile;
  };
  return await waitUntil('the profile is whole', whole, 90_000);
}

const sales = (seed: string): string =>
  `id,city,amount,mail\n${Array.from({ length: 400 }, (_, i) => `${i + 1},${['Rome', 'Oslo', 'Bern'][i % 3]},${(i % 7) + 0.5},p${i}${seed}@example.org`).join('\n')}\n`;

test('a file is profiled by itself after it was read, column by column, and the page shows it', async () => {
  const dataset = await uploadAndRead(quaestor, 'sales.csv', sales('a'));
  const profiled = await untilProfiled(dataset);
  expect(profiled).toMatchObject({
    status: 'succeeded',
    versionId: dataset.version?.id,
    columnsDone: 4,
    columnsTotal: 4,
    profile: { rows: 400, duplicateRows: 0, candidateKeys: [['id'], ['mail']] },
  });
  expect(profiled.profile.columns.map(({ name, nulls, distinct }) => [name, nulls, distinct])).toEqual([
    ['id', 0, 400],
    ['city', 0, 3],
    ['amount', 0, 7],
    ['mail', 0, 400],
  ]);
  expect(profiled.profile.findings).toContainEqual(
    expect.objectContaining({ kind: 'personal-data', column: 'mail' }),
  );
  const events = await collectEvents(quaestor.client, profiled.jobId);
  const told = events.flatMap((event) =>
    event.kind === 'columns.profiled'
      ? (event.data as EventData['columns.profiled']).columns.map(({ name }) => name)
      : [],
  );
  expect(told).toEqual(['id', 'city', 'amount', 'mail']);
  expect(events.at(-1)?.kind).toBe('job.succeeded');
  const page = await quaestor.fetch(`/v1/datasets/${dataset.id}/profile.html`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  const html = await page.text();
  expect(html).toContain('<svg');
  expect(html).not.toContain('p1a@example.org');
  const some = (await (
    await quaestor.fetch(`/v1/datasets/${dataset.id}/profile?from=1&limit=2`)
  ).json()) as Profiled;
  expect(some.profile.columns.map(({ name }) => name)).toEqual(['city', 'amount']);
}, 60_000);

test('the same data uploaded again has its profile at once, and neither an upload nor a start makes a job', async () => {
  const first = await untilProfiled(await uploadAndRead(quaestor, 'one.csv', sales('b')));
  const again = await uploadAndRead(quaestor, 'two.csv', sales('b'));
  const jobs = async () =>
    (await quaestor.client.listJobs()).filter(({ kind }) => kind === 'profile-dataset').length;
  const before = await jobs();
  const started = await start(again.id);
  expect(started).toMatchObject({ status: 200, profile: { id: first.id, jobId: first.jobId } });
  expect(await untilProfiled(again)).toMatchObject({ id: first.id });
  expect(await jobs()).toBe(before);
}, 60_000);

test('a profile stays while a dataset has its data, and goes with the last of them', async () => {
  const one = await uploadAndRead(quaestor, 'one.csv', sales('c'));
  const { id } = await untilProfiled(one);
  const two = await uploadAndRead(quaestor, 'two.csv', sales('c'));
  await quaestor.fetch(`/v1/datasets/${one.id}`, { method: 'DELETE' });
  expect(await untilProfiled(two)).toMatchObject({ id });
  await quaestor.fetch(`/v1/datasets/${two.id}`, { method: 'DELETE' });
  const three = await uploadAndRead(quaestor, 'three.csv', sales('c'));
  expect((await untilProfiled(three)).id).not.toBe(id);
}, 60_000);

test('a profile can be cancelled, keeps the columns that were done, and can be started again', async () => {
  const width = 40;
  const header = Array.from({ length: width }, (_, i) => `c${i}`).join(',');
  const lines = Array.from({ length: 30_000 }, (_, row) =>
    Array.from({ length: width }, (_, i) => (row * (i + 3)) % 9_973).join(','),
  );
  const dataset = await uploadAndRead(quaestor, 'wide.csv', `${header}\n${lines.join('\n')}\n`);
  const running = await waitUntil('the profile has columns', async () => {
    const reply = await read(dataset.id);
    const profile = (await reply.json()) as Profiled;
    return reply.ok && profile.columnsDone > 0 && profile;
  });
  await quaestor.client.cancelJob(running.jobId);
  const events = await collectEvents(quaestor.client, running.jobId);
  expect(events.at(-1)?.kind).toBe('job.cancelled');
  const partial = (await (await read(dataset.id)).json()) as Profiled;
  expect(partial).toMatchObject({ status: 'cancelled', finishedAt: null });
  expect(partial.profile.columns.length).toBe(partial.columnsDone);
  expect(partial.profile.rows).toBeUndefined();
  const page = await quaestor.fetch(`/v1/datasets/${dataset.id}/profile.html`);
  expect(page.status).toBe(409);
  expect(await page.json()).toMatchObject({ code: 'dataset_not_profiled' });
  const started = await start(dataset.id);
  expect(started.status).toBe(202);
  expect(await untilProfiled(dataset)).toMatchObject({ id: started.profile.id, columnsDone: width });
}, 180_000);
