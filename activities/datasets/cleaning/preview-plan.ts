import { join } from 'node:path';
import type { PlannedStep } from '../../../contracts/cleaning.js';
import type { ErrorRecord } from '../../../contracts/quaestor-error.js';
import type { PlanCleaningInput } from '../../../contracts/workflows.js';
import { saveModelProposals, savePreviews } from '../../../db/statements/cleaning.js';
import { activitySignal } from '../../activity-context.js';
import type { DatasetDeps } from '../dataset-deps.js';
import { toDatasetError } from '../dataset-failure.js';
import { tellPhases } from '../tell-phases.js';
import { type CleaningPhase, previewSteps } from './clean-parquet.js';
import { finishPlan } from './finish-plan.js';
import { planOfJob } from './plan-of-job.js';

export interface PreviewCleaningInput extends PlanCleaningInput {
  /** Why the model could not be asked. */
  modelError?: ErrorRecord;
}

/** Finds out what the steps of a plan would do, one after the other, without those that were rejected. */
export async function previewPlan(
  deps: DatasetDeps,
  input: PreviewCleaningInput,
): Promise<{ steps: number }> {
  const began = Date.now();
  const { plan, version } = await deps.db.withTenant(input.tenantId, (tx) => planOfJob(tx, input));
  const taken = plan.steps.filter(({ status }) => status !== 'rejected');
  const { tenantId, datasetId } = input;
  const signal = activitySignal();
  const tell = tellPhases<CleaningPhase>(deps, input);
  const { effects, problems } = await deps.files
    .withVersion({ tenantId, datasetId, versionId: version.id }, signal, (folder) =>
      deps.pool.withSession({ timeoutMs: deps.timeoutMs, signal }, (session) =>
        previewSteps(session, {
          path: join(folder, 'data.parquet'),
          columns: version.columns,
          steps: taken.map(({ step }) => step),
          onPhase: tell.phase,
        }),
      ),
    )
    .catch((error: unknown) => {
      throw toDatasetError(error);
    });
  await tell.done();
  const steps = plan.steps.map((planned): PlannedStep => {
    const place = taken.indexOf(planned);
    if (place < 0) return planned;
    const { effect: _before, problem: _solved, ...rest } = planned;
    const effect = effects[place];
    const problem = problems.find(({ step }) => step === place);
    return { ...rest, ...(effect ? { effect } : {}), ...(problem ? { problem } : {}) };
  });
  await deps.db.withTenant(input.tenantId, async (tx) => {
    await planOfJob(tx, input);
    if (input.modelError) {
      const { modelError: error, modelName: name = '' } = input;
      await saveModelProposals(tx, input.planId, {
        steps: [],
        model: { name, proposed: 0, refused: [], error },
      });
    }
    await savePreviews(tx, { id: input.planId, revision: input.revision, steps });
    await finishPlan(tx, input, { steps, isCached: false, durationMs: Date.now() - began });
  });
  deps.bus.publish(input.jobId);
  return { steps: steps.length };
}
