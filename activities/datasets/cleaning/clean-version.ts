import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CleaningRecipe, StepEffect, VersionCleaning } from '../../../contracts/cleaning.js';
import type { DatasetColumn } from '../../../contracts/dataset.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { CleanDatasetInput } from '../../../contracts/workflows.js';
import {
  type CleaningRun,
  getCleaningRun,
  getVersion,
  setVersionCleaning,
  type VersionFacts,
} from '../../../db/statements/cleaning.js';
import { activateDatasetVersion } from '../../../db/statements/datasets.js';
import { appendEvent } from '../../../db/statements/events.js';
import { markJobFinished } from '../../../db/statements/jobs.js';
import type { VersionRef } from '../../../platform/dataset-store/dataset-store.js';
import { activitySignal } from '../../activity-context.js';
import { assertJobRuns } from '../../jobs/start-job.js';
import type { DatasetDeps } from '../dataset-deps.js';
import { toDatasetError } from '../dataset-failure.js';
import { readPreview } from '../read-preview.js';
import { tellPhases } from '../tell-phases.js';
import { type CleanedVersion, type CleaningPhase, cleanParquet } from './clean-parquet.js';

export interface CleanVersionResult {
  rows: number;
  rowsRemoved: number;
  cellsChanged: number;
  cellsLost: number;
}

/** Carries out the recipe of a run and switches the new version on. A second attempt starts over, unless the version is there. */
export async function cleanVersion(deps: DatasetDeps, input: CleanDatasetInput): Promise<CleanVersionResult> {
  const began = Date.now();
  const { tenantId, datasetId, versionId } = input;
  const started = await deps.db.withTenant(tenantId, async (tx) => {
    await assertJobRuns(tx, input.jobId);
    const run = await getCleaningRun(tx, versionId);
    const source = run && (await getVersion(tx, datasetId, run.sourceVersionId));
    if (!run || !source) throw new QuaestorError('not_found', 'The dataset or its version was deleted.');
    return { run, source, made: await getVersion(tx, datasetId, versionId) };
  });
  if (started.made?.cleaning) return totalsOf(started.made.rowCount, started.made.cleaning.effects);
  const ref = { tenantId, datasetId, versionId };
  const tell = tellPhases<CleaningPhase>(deps, input);
  try {
    const folder = await deps.files.draftVersion(ref);
    const cleaned = await writeFiles(deps, input, started, folder, tell.phase);
    const preview = await readPreview(deps, folder);
    await tell.done();
    const totals = totalsOf(cleaned.rowCount, cleaned.effects);
    const { run, source } = started;
    const cleaning: VersionCleaning = {
      sourceVersionId: source.id,
      recipe: run.recipe,
      rowsBefore: source.rowCount,
      effects: cleaned.effects,
    };
    const columns = columnsOf(cleaned, source);
    const version = {
      rowCount: cleaned.rowCount,
      columns,
      reading: source.reading,
      rejectedCells: source.rejectedCells + listedOf(cleaned.effects),
      parquetBytes: cleaned.parquetBytes,
    };
    await writeFile(join(folder, 'version.json'), JSON.stringify({ ...version, cleaning }, null, 2));
    await deps.files.keepVersion(ref, activitySignal());
    await deps.db.withTenant(tenantId, async (tx) => {
      await assertJobRuns(tx, input.jobId);
      await activateDatasetVersion(tx, { ...version, id: versionId, datasetId, jobId: input.jobId, preview });
      await setVersionCleaning(tx, versionId, cleaning, contentHashOf(source.contentKey, run.recipe));
      const facts = { versionId, columns: columns.length, ...totals };
      await appendEvent(
        tx,
        input.jobId,
        'dataset.cleaned',
        { ...facts, durationMs: Date.now() - began },
        'cleaned',
      );
      if (await markJobFinished(tx, input.jobId, 'succeeded', null)) {
        await appendEvent(tx, input.jobId, 'job.succeeded', { ...facts }, 'ended');
      }
    });
    deps.bus.publish(input.jobId);
    return totals;
  } catch (error) {
    await tell.done().catch(() => undefined);
    await removeUnlessKnown(deps, ref);
    throw toDatasetError(error);
  }
}

/**
 * Nothing points at the files when the version, which is switched on in the last step, is not in the store. Where it cannot be asked, the
 * answer to that step may have been lost: then they stay, and the sweep finds out.
 */
async function removeUnlessKnown(deps: DatasetDeps, ref: VersionRef): Promise<void> {
  try {
    const made = await deps.db.withTenant(ref.tenantId, (tx) => getVersion(tx, ref.datasetId, ref.versionId));
    if (!made) await deps.files.removeVersion(ref);
  } catch {
    // The attempt's own error is what counts.
  }
}

async function writeFiles(
  deps: DatasetDeps,
  { tenantId, datasetId }: CleanDatasetInput,
  { run, source }: { run: CleaningRun; source: VersionFacts },
  folder: string,
  onPhase: (phase: CleaningPhase) => void,
): Promise<CleanedVersion> {
  const signal = activitySignal();
  return await deps.files.withVersion({ tenantId, datasetId, versionId: source.id }, signal, (from) =>
    deps.pool.withSession({ timeoutMs: deps.timeoutMs, signal }, (session) =>
      cleanParquet(session, {
        path: join(from, 'data.parquet'),
        columns: source.columns,
        steps: run.recipe.steps,
        folder,
        sourceRejects: join(from, 'rejects.parquet'),
        onPhase,
      }),
    ),
  );
}

const sum = (effects: readonly StepEffect[], of: (effect: StepEffect) => number): number =>
  effects.reduce((all, effect) => all + of(effect), 0);

const totalsOf = (rows: number, effects: readonly StepEffect[]): CleanVersionResult => ({
  rows,
  rowsRemoved: sum(effects, ({ rowsRemoved }) => rowsRemoved),
  cellsChanged: sum(effects, ({ cellsChanged }) => cellsChanged),
  cellsLost: sum(effects, ({ cellsLost }) => cellsLost),
});

/** Lost cells that the list of the version holds: those of columns that are still there. */
const listedOf = (effects: readonly StepEffect[]): number =>
  sum(effects, ({ columns, columnsRemoved }) =>
    columns.reduce((all, { column, lost }) => all + (columnsRemoved.includes(column) ? 0 : lost), 0),
  );

function columnsOf({ columns, effects }: CleanedVersion, source: VersionFacts): DatasetColumn[] {
  const lost = new Map<string, number>();
  for (const { columns: changed } of effects) {
    for (const each of changed) lost.set(each.column, (lost.get(each.column) ?? 0) + each.lost);
  }
  return columns.map(({ name, type, untouched, empty }) => {
    const before = source.columns.find((column) => column.name === (untouched ?? name));
    return {
      name,
      type,
      reading: untouched === null ? 'cleaned' : (before?.reading ?? 'cleaned'),
      rejected: (before?.rejected ?? 0) + (lost.get(name) ?? 0),
      respelled: before?.respelled ?? 0,
      empty,
    };
  });
}

/** The same recipe makes the same data of the same data. */
const contentHashOf = (sourceContent: string, { steps }: CleaningRecipe): string =>
  createHash('sha256')
    .update(JSON.stringify([sourceContent, steps]))
    .digest('hex');
