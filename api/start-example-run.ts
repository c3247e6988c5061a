import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { type ExampleOwner, type ExampleRunReason, ownerId } from '../contracts/verified-example.js';
import { workflowIds } from '../contracts/workflows.js';
import type { Transaction } from '../db/database.js';
import { appendAudit } from '../db/statements/audit.js';
import { getDataSource } from '../db/statements/data-sources.js';
import { getDataset } from '../db/statements/datasets.js';
import { appendEvent } from '../db/statements/events.js';
import { insertExampleRun } from '../db/statements/example-runs.js';
import { insertJob } from '../db/statements/jobs.js';
import { listVerifiedExamples } from '../db/statements/verified-examples.js';
import type { ApiContext } from './api-context.js';
import { startJob } from './start-job.js';

/**
 * Starts a run over the verified examples of a data source or a dataset.
 * @throws QuaestorError `not_found`; `engine_unavailable`, after which the job has failed.
 */
export async function startExampleRun(
  deps: ApiContext,
  caller: Caller,
  owner: ExampleOwner,
  reason: ExampleRunReason = 'requested',
): Promise<{ id: string; jobId: string }> {
  const id = uuidv7();
  const jobId = workflowIds.checkExamples(id);
  const subjectId = ownerId(owner);
  const job = { id: jobId, kind: 'check-examples', subjectId } as const;
  const { tenantId, tier, userId } = caller;
  const name = await deps.db.withTenant(tenantId, async (tx) => {
    const found = await expectOwner(tx, owner);
    await insertJob(tx, job);
    await insertExampleRun(tx, { id, ...owner, jobId, reason });
    await appendEvent(tx, jobId, 'job.queued', {}, 'queued');
    await appendAudit(tx, { userId, action: 'examples.checked', subjectId, data: { jobId } });
    return found.name;
  });
  await startJob(deps, tenantId, job, async () =>
    deps.engine.startCheckExamples({
      ...{ tenantId, tier, jobId, ...owner, runId: id },
      summary: `Check the verified examples of ${name}`,
    }),
  );
  return { id, jobId };
}

/**
 * After another version of a dataset was switched on: starts a run over its examples, if there are any. The version is on whether or not the
 * run can be started; one that cannot is listed as failed.
 */
export async function checkAfterSwitch(deps: ApiContext, caller: Caller, datasetId: string): Promise<void> {
  try {
    const [first] = await deps.db.withTenant(caller.tenantId, (tx) =>
      listVerifiedExamples(tx, { datasetId }, 1),
    );
    if (first) await startExampleRun(deps, caller, { datasetId }, 'version_changed');
  } catch (error) {
    deps.logger.warn({ err: error, datasetId }, 'the examples of a dataset could not be checked');
  }
}

/** @throws QuaestorError `not_found` */
export async function expectOwner(tx: Transaction, owner: ExampleOwner): Promise<{ name: string }> {
  const found =
    owner.dataSourceId === undefined
      ? await getDataset(tx, owner.datasetId)
      : await getDataSource(tx, owner.dataSourceId);
  if (found) return found;
  const what = owner.dataSourceId === undefined ? 'dataset' : 'data source';
  throw new QuaestorError('not_found', `There is no ${what} with this id.`);
}
