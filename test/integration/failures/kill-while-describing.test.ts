import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execute } from '../../support/databases.js';
import { watchJob } from '../../support/job-watch.js';
import { type KillableQuaestor, startKillableQuaestor } from '../../support/killable-quaestor.js';
import { pendingActivities } from '../../support/pending-activities.js';
import { waitUntil } from '../../support/wait-until.js';

let quaestor: KillableQuaestor;

beforeAll(async () => {
  quaestor = await startKillableQuaestor({
    model: {
      reply: () => JSON.stringify({ descriptions: [{ name: 'public.mvkz', text: 'Vouchers.' }] }),
    },
    sourceSql: 'CREATE TABLE mvkz (id integer PRIMARY KEY)',
    env: {
      // A dead worker is noticed a little sooner than in production (5 s).
      QUAESTOR_QUEUE_GENERATION_HEARTBEAT_MS: '3000',
    },
  });
}, 120_000);

afterAll(async () => {
  await quaestor?.stop();
}, 60_000);

/** While no process is there to hold the embedded store's one connection. */
async function changeStore(sql: string): Promise<void> {
  await quaestor.killWorkers();
  await execute(quaestor.store.url, sql);
  await quaestor.startWorkers();
}

test('a worker killed when the model’s descriptions are kept but not yet proposed: the model is not asked again', async () => {
  const id = await quaestor.connect(quaestor.source.url);
  // The store refuses this tenant's proposals, after the reply has been kept in a transaction of its own.
  await changeStore(`
    CREATE FUNCTION refuse_proposal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.tenant_id = '${quaestor.tenant.tenantId}' THEN RAISE EXCEPTION 'no proposals now'; END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER refuse_proposal BEFORE INSERT ON schema_mappings FOR EACH ROW EXECUTE FUNCTION refuse_proposal()`);
  const jobId = await quaestor.client.describeSchema(id, {});
  const watch = watchJob(quaestor.client, jobId);
  await waitUntil('the proposals have been refused', async () =>
    (await pendingActivities(quaestor.namespace, jobId)).some(
      ({ type, attempt }) => type === 'describeBatch' && attempt > 1,
    ),
  );
  await changeStore(
    'DROP TRIGGER refuse_proposal ON schema_mappings; DROP FUNCTION refuse_proposal() CASCADE',
  );
  expect((await watch.done).at(-1)).toMatchObject({ kind: 'job.succeeded', data: { proposed: 1 } });
  expect(await quaestor.client.listMappings(id, { kind: 'description' })).toMatchObject([
    { target: 'public.mvkz', text: 'Vouchers.', status: 'generated' },
  ]);
  expect(quaestor.model.stats.byEndpoint.chat).toBe(1);
}, 120_000);
