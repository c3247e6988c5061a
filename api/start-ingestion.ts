import { v7 as uuidv7 } from 'uuid';
import type { DatasetOverride } from '../contracts/dataset.js';
import type { Caller } from '../contracts/identity.js';
import { QuaestorError } from '../contracts/quaestor-error.js';
import { workflowIds } from '../contracts/workflows.js';
import { appendAudit } from '../db/statements/audit.js';
import { getDataset, insertDataset, type NewDataset } from '../db/statements/datasets.js';
import { appendEvent } from '../db/statements/events.js';
import { insertJob } from '../db/statements/jobs.js';
import type { ApiContext } from './api-context.js';
import { startJob } from './start-job.js';

/**
 * Starts reading a dataset's file; a new dataset gets its row in the same transaction. Returns the job's id.
 * @throws QuaestorError `not_found`; `conflict` while it is being read; `engine_unavailable`, after which the job has failed.
 */
export async function startIngestion(
  deps: ApiContext,
  caller: Caller,
  target: { datasetId: string } | { newDataset: NewDataset },
  override?: DatasetOverride,
): Promise<string> {
  const { tenantId, userId, tier } = caller;
  const datasetId = 'newDataset' in target ? target.newDataset.id : target.datasetId;
  const versionId = uuidv7();
  const jobId = workflowIds.ingestDataset(datasetId, versionId);
  const job = { id: jobId, kind: 'ingest-dataset' as const, subjectId: datasetId };
  const name = await deps.db.withTenant(tenantId, async (tx) => {
    if ('newDataset' in target) await insertDataset(tx, target.newDataset);
    const dataset = await getDataset(tx, datasetId);
    if (!dataset) throw new QuaestorError('not_found', 'There is no dataset with this id.');
    if (!(await insertJob(tx, job)))
      throw new QuaestorError('conflict', 'The dataset is being read already.');
    await appendEvent(tx, jobId, 'job.queued', {}, 'queued');
    await appendAudit(tx, {
      userId,
      action: 'dataset.ingestion-started',
      subjectId: datasetId,
      data: { jobId },
    });
    return dataset.name;
  });
  await startJob(deps, tenantId, job, () =>
    deps.engine.startIngestDataset({
      tenantId,
      tier,
      jobId,
      datasetId,
      versionId,
      ...(override ? { override } : {}),
      summary: `Read: ${name}`,
    }),
  );
  return jobId;
}
