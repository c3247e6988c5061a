import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { ExportResultInput } from '../../contracts/workflows.js';
import { appendEvent } from '../../db/statements/events.js';
import { getExport, saveExportFile } from '../../db/statements/exports.js';
import { markJobFinished } from '../../db/statements/jobs.js';
import type { EventBus } from '../../platform/event-bus.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import { readResult } from '../answers/read-result.js';
import type { DuckDbPool } from '../datasets/duckdb/duckdb-pool.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { TenantStore } from '../patient-store.js';
import { writeCsv } from './write-csv.js';
import { writeParquet } from './write-parquet.js';
import { writeXlsx } from './write-xlsx.js';

export interface ExportDeps {
  db: TenantStore;
  bus: EventBus;
  duckdb: DuckDbPool;
}

export type ExportActivities = ReturnType<typeof createExportActivities>;

const PART_BYTES = 1024 * 1024;

/** Files out; queue `export`. */
export function createExportActivities(deps: ExportDeps) {
  return {
    /**
     * Builds the file in a folder of its own, keeps it in the store and ends the job, in one transaction: after a crash it is built
     * anew, and it is there whole or not at all.
     */
    async writeExport(input: ExportResultInput): Promise<{ sizeBytes: number }> {
      return await withHeartbeat(async () => {
        const { tenantId, exportId, jobId } = input;
        const signal = activitySignal();
        const found = await deps.db.withTenant(tenantId, async (tx) => {
          await assertJobRuns(tx, jobId);
          return await getExport(tx, exportId);
        });
        if (!found) throw new QuaestorError('not_found', 'The question was deleted.');
        const result = await readResult(deps.db, tenantId, found.questionId, signal);
        const folder = await mkdtemp(join(tmpdir(), 'quaestor-export-'));
        try {
          const path = join(folder, 'file');
          switch (found.format) {
            case 'csv':
              await writeCsv(path, result, found.options, signal);
              break;
            case 'xlsx':
              await writeXlsx(path, result);
              break;
            case 'parquet':
              await writeParquet(path, result, deps.duckdb, signal);
              break;
          }
          signal.throwIfAborted();
          const bytes = await readFile(path);
          const parts = Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, part) =>
            bytes.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
          );
          await deps.db.withTenant(tenantId, async (tx) => {
            await assertJobRuns(tx, jobId);
            await saveExportFile(tx, exportId, parts);
            // The store may have made it wait; a cancel of meanwhile takes the parts back.
            signal.throwIfAborted();
            if (await markJobFinished(tx, jobId, 'succeeded')) {
              await appendEvent(tx, jobId, 'job.succeeded', { exportId, sizeBytes: bytes.length }, 'ended');
            }
          });
          deps.bus.publish(jobId);
          return { sizeBytes: bytes.length };
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      });
    },
  };
}
