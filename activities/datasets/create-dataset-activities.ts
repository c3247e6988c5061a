import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetPreview, ListedCell } from '../../contracts/dataset.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Cell } from '../../contracts/question.js';
import type { IngestDatasetInput } from '../../contracts/workflows.js';
import { activateDatasetVersion, getDataset, markDatasetReading } from '../../db/statements/datasets.js';
import { appendEvent } from '../../db/statements/events.js';
import { markJobFinished, setJobProgress } from '../../db/statements/jobs.js';
import { datasetFiles } from '../../platform/dataset-files.js';
import type { EventBus } from '../../platform/event-bus.js';
import { activitySignal, withHeartbeat } from '../activity-context.js';
import { assertJobRuns } from '../jobs/start-job.js';
import type { TenantStore } from '../patient-store.js';
import { contentHash } from './content-hash.js';
import type { DuckDbPool } from './duckdb/duckdb-pool.js';
import type { DuckDbCell } from './duckdb/protocol.js';
import { quoteLiteral } from './duckdb/quote.js';
import { type IngestPhase, ingestFile } from './ingest/ingest-file.js';

export interface DatasetDeps {
  db: TenantStore;
  bus: EventBus;
  pool: DuckDbPool;
  /** The shared folder of uploaded files. */
  folder: string;
  /** Wall-clock limit of reading one file. */
  timeoutMs: number;
}

export interface ReadDatasetResult {
  rows: number;
  columns: number;
  rejectedCells: number;
}

/** Kept in the store for showing. */
const PREVIEW_ROWS = 200;
const PREVIEW_REJECTS = 1_000;
const PREVIEW_CELL_CHARS = 2_000;

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
        const folder = datasetFiles.version(deps.folder, tenantId, datasetId, versionId);
        await mkdir(folder, { recursive: true });
        const tell = createPhaseTeller(deps, input);
        try {
          const read = await ingestFile(deps.pool, {
            path: datasetFiles.original(deps.folder, tenantId, datasetId),
            folder,
            ...(input.override ? { override: input.override } : {}),
            timeoutMs: deps.timeoutMs,
            signal: activitySignal(),
            onPhase: tell.phase,
          });
          const preview = await readPreview(deps, folder);
          await tell.done();
          await writeFile(
            join(folder, 'version.json'),
            JSON.stringify({ ...read, preview: undefined }, null, 2),
          );
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

/** Tells each phase once; the writes follow each other and are awaited at the end. */
function createPhaseTeller(deps: DatasetDeps, input: IngestDatasetInput) {
  let telling: Promise<void> = Promise.resolve();
  const write = async (phase: IngestPhase): Promise<void> => {
    const progress = { phase, done: 0, unit: 'files', startedAt: new Date().toISOString() };
    await deps.db.withTenant(input.tenantId, async (tx) => {
      await setJobProgress(tx, input.jobId, progress);
      await appendEvent(tx, input.jobId, 'job.progressed', progress, `phase-${phase}`);
    });
    deps.bus.publish(input.jobId);
  };
  return {
    phase: (phase: IngestPhase): void => {
      telling = telling.then(() => write(phase));
      // Awaited in done(); until then a refusal of the store is nobody's unhandled rejection.
      telling.catch(() => undefined);
    },
    done: async (): Promise<void> => await telling,
  };
}

async function readPreview(deps: DatasetDeps, folder: string): Promise<DatasetPreview> {
  return await deps.pool.withSession({ timeoutMs: 60_000, signal: activitySignal() }, async (session) => {
    const data = await session.all(
      `SELECT * FROM read_parquet(${quoteLiteral(join(folder, 'data.parquet'))}) LIMIT ${PREVIEW_ROWS}`,
    );
    const rejects = await session.all(
      `SELECT line, "column", left(text, ${PREVIEW_CELL_CHARS}), reason
       FROM read_parquet(${quoteLiteral(join(folder, 'rejects.parquet'))}) ORDER BY line, "column" LIMIT ${PREVIEW_REJECTS}`,
    );
    return {
      rows: data.rows.map((row) => row.map(toCell)),
      rejects: rejects.rows.map(
        ([line, column, text, reason]): ListedCell => ({
          line: Number(line),
          column: column === null ? null : String(column),
          text: String(text),
          reason: String(reason),
        }),
      ),
    };
  });
}

function toCell(cell: DuckDbCell | undefined): Cell {
  if (cell === undefined || cell === null || typeof cell === 'number' || typeof cell === 'boolean')
    return cell ?? null;
  const text = typeof cell === 'string' ? cell : JSON.stringify(cell);
  // jsonb takes no zero character.
  return text.slice(0, PREVIEW_CELL_CHARS).replaceAll('\0', '\ufffd');
}

async function removePartials(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const partial = names.filter((name) => name.endsWith('.partial'));
  await Promise.all(partial.map((name) => rm(join(folder, name), { force: true })));
}

/** What the file system said, in words of the catalogue. */
function toDatasetError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new QuaestorError('dataset_disk_full', 'There is no room left for the dataset.', { cause: error });
  }
  if (code === 'ENOENT') {
    return new QuaestorError('dataset_unreadable', 'The uploaded file is not there any more.', {
      cause: error,
    });
  }
  // Statements are Quaestor's own here: what DuckDB refuses is the file.
  if (error instanceof QuaestorError && error.code === 'query_failed') {
    return new QuaestorError('dataset_unreadable', error.message, { cause: error });
  }
  return error;
}
