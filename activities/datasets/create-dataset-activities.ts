import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { IngestDatasetInput } from '../../contracts/workflows.js';
import { activateDatasetVersion, getDataset, markDatasetReading } from '../../db/statements/datasets.js';
import { appendEvent } from '../../db/statements/events.js';
import { markJobFinished } from '../../db/statements/jobs.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import { contentHash } from './content-hash.js';
import type { DatasetDeps } from './dataset-deps.js';
import { removePartials, toDatasetError } from './dataset-failure.js';
import { type IngestPhase, ingestFile } from './ingest/ingest-file.js';
import { readPreview } from './read-preview.js';
import { tellPhases } from './tell-phases.js';

export interface ReadDatasetResult {
  rows: number;
  columns: number;
  rejectedCells: number;
}

export type DatasetActivities = ReturnType<typeof createDatasetActivities>;

/** Steps on uploaded files; queue `datasets`. */
export function createDatasetActivities(deps: DatasetDeps) {
  return {
    /**
     * Reads the file of a dataset into Parquet and switches the version on. A second attempt starts over in the same folder.
     * @throws QuaestorError `dataset_…`, `query_timed_out`
     */
    async readDataset(input: IngestDatasetInput): Promise<ReadDatasetResult> {
      return await withHeartbeat(async () => {
        const began = Date.now();
        const { tenantId, datasetId, versionId } = input;
        const dataset = await deps.db.withTenant(tenantId, async (tx) => {
          await assertJobRuns(tx, input.jobId);
          const found = await getDataset(tx, datasetId);
          if (!found) throw new QuaestorError('not_found', 'The dataset was deleted.');
          await markDatasetReading(tx, datasetId);
          return found;
        });
        const ref = { tenantId, datasetId, versionId };
        const folder = await deps.files.draftVersion(ref);
        const tell = tellPhases<IngestPhase>(deps, input);
        try {
          const read = await deps.files.withOriginal(ref, activitySignal(), (path) =>
            ingestFile(deps.pool, {
              path,
              folder,
              ...(input.override ? { override: input.override } : {}),
              timeoutMs: deps.timeoutMs,
              signal: activitySignal(),
              onPhase: tell.phase,
            }),
          );
          const preview = await readPreview(deps, folder);
          await tell.done();
          await writeFile(
            join(folder, 'version.json'),
            JSON.stringify({ ...read, preview: undefined }, null, 2),
          );
          await deps.files.keepVersion(ref, activitySignal());
          await deps.db.withTenant(tenantId, async (tx) => {
            await assertJobRuns(tx, input.jobId);
            await activateDatasetVersion(tx, {
              ...read,
              id: versionId,
              datasetId,
              jobId: input.jobId,
              preview,
              contentHash: contentHash(dataset.sha256, read),
            });
            const facts = {
              versionId,
              rows: read.rowCount,
              columns: read.columns.length,
              rejectedCells: read.rejectedCells,
            };
            await appendEvent(
              tx,
              input.jobId,
              'dataset.read',
              { ...facts, durationMs: Date.now() - began },
              'read',
            );
            if (await markJobFinished(tx, input.jobId, 'succeeded', null)) {
              await appendEvent(tx, input.jobId, 'job.succeeded', { ...facts }, 'ended');
            }
          });
          deps.bus.publish(input.jobId);
          return { rows: read.rowCount, columns: read.columns.length, rejectedCells: read.rejectedCells };
        } catch (error) {
          await tell.done().catch(() => undefined);
          await removePartials(folder);
          throw toDatasetError(error);
        }
      });
    },
  };
}
