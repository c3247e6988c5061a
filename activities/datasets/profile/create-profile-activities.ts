import { join } from 'node:path';
import type { Finding, ProfileSummary } from '../../../contracts/dataset-profile.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { ProfileDatasetInput } from '../../../contracts/workflows.js';
import {
  finishProfile,
  listProfileColumns,
  saveProfileColumns,
} from '../../../db/statements/dataset-profiles.js';
import { getDataset } from '../../../db/statements/datasets.js';
import { appendEvent } from '../../../db/statements/events.js';
import { advanceJobProgress, markJobFinished, setJobProgress } from '../../../db/statements/jobs.js';
import { activitySignal, withHeartbeat } from '../../activity-context.js';
import { assertJobRuns } from '../../jobs/start-job.js';
import type { DatasetDeps } from '../dataset-deps.js';
import type { ProfiledBatch } from './profile-columns.js';
import { profileInParts } from './profile-parquet.js';
import { queryRowsOfSession } from './query-rows-of-session.js';

export type ProfileActivities = ReturnType<typeof createProfileActivities>;

/** Profiles of dataset versions; queue `datasets`. */
export function createProfileActivities(deps: DatasetDeps) {
  return {
    /**
     * Profiles a version's Parquet file, column by column into the store. A second attempt goes on with the first column that is not there.
     * @throws QuaestorError `dataset_…`, `query_timed_out`, `not_found`
     */
    async profileVersion(input: ProfileDatasetInput): Promise<{ columns: number; warnings: number }> {
      return await withHeartbeat(async () => {
        const began = Date.now();
        const { tenantId, datasetId, versionId } = input;
        const finished = await readFinished(deps, input);
        const signal = activitySignal();
        const profile = await deps.files.withVersion(
          { tenantId, datasetId, versionId },
          signal,
          async (folder) =>
            await deps.pool.withSession(
              { timeoutMs: deps.timeoutMs, signal },
              async (session) =>
                await profileInParts({
                  query: queryRowsOfSession(session),
                  path: join(folder, 'data.parquet'),
                  rejectsPath: join(folder, 'rejects.parquet'),
                  finished,
                  onBatch: async (batch) => await saveBatch(deps, input, batch),
                }),
            ),
        );
        return await finish(deps, input, profile, Date.now() - began);
      });
    },
  };
}

/** Columns that an earlier attempt has done, up to the first gap. */
async function readFinished(deps: DatasetDeps, input: ProfileDatasetInput): Promise<ProfiledBatch> {
  return await deps.db.withTenant(input.tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    const dataset = await getDataset(tx, input.datasetId);
    if (!dataset) throw new QuaestorError('not_found', 'The dataset was deleted.');
    const stored = await listProfileColumns(tx, input.profileId, 0, Number.MAX_SAFE_INTEGER);
    const rows = stored.filter(({ profile }, place) => profile.index === place);
    await setJobProgress(tx, input.jobId, {
      phase: 'profiling',
      done: rows.length,
      ...(dataset.version?.id === input.versionId ? { total: dataset.version.columns.length } : {}),
      unit: 'columns',
      startedAt: new Date().toISOString(),
    });
    return {
      columns: rows.map(({ profile }) => profile),
      findings: rows.flatMap(({ findings }) => findings),
    };
  });
}

async function saveBatch(deps: DatasetDeps, input: ProfileDatasetInput, batch: ProfiledBatch): Promise<void> {
  const columns = batch.columns.map((profile) => ({
    profile,
    findings: batch.findings.filter(({ column }) => column === profile.name),
  }));
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    await saveProfileColumns(tx, input.profileId, columns);
    await advanceJobProgress(tx, input.jobId, columns.length);
    const facts = columns.map(({ profile, findings }) => ({
      index: profile.index,
      name: profile.name.slice(0, 200),
      type: profile.type.slice(0, 100),
      nulls: profile.nulls,
      distinct: profile.distinct,
      warnings: countWarnings(findings),
    }));
    const key = `columns-${columns[0]?.profile.index}`;
    await appendEvent(tx, input.jobId, 'columns.profiled', { columns: facts }, key);
  });
  deps.bus.publish(input.jobId);
}

async function finish(
  deps: DatasetDeps,
  input: ProfileDatasetInput,
  { summary, columns, findings }: ProfiledBatch & { summary: ProfileSummary },
  durationMs: number,
): Promise<{ columns: number; warnings: number }> {
  const warnings = countWarnings(summary.findings) + countWarnings(findings);
  const facts = { rows: summary.rows, columns: columns.length, warnings };
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    await finishProfile(tx, input.profileId, summary);
    await appendEvent(tx, input.jobId, 'dataset.profiled', { ...facts, durationMs }, 'profiled');
    if (await markJobFinished(tx, input.jobId, 'succeeded', null)) {
      await appendEvent(tx, input.jobId, 'job.succeeded', facts, 'ended');
    }
  });
  deps.bus.publish(input.jobId);
  return { columns: columns.length, warnings };
}

const countWarnings = (findings: readonly Finding[]): number =>
  findings.filter(({ level }) => level === 'warning').length;
