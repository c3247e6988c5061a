import type { CleanDatasetInput, PlanCleaningInput } from '../../../contracts/workflows.js';
import { withHeartbeat } from '../../activity-context.js';
import type { DatasetDeps } from '../dataset-deps.js';
import { cleanVersion } from './clean-version.js';
import { type PreviewCleaningInput, previewPlan } from './preview-plan.js';
import { proposePlan } from './propose-plan.js';

export type CleaningActivities = ReturnType<typeof createCleaningActivities>;

/** Cleaning of dataset versions; queue `datasets`. Each can run again: what it wrote is found, files are written anew. */
export function createCleaningActivities(deps: DatasetDeps) {
  return {
    /** @throws QuaestorError `dataset_…`, `query_timed_out`, `not_found` */
    proposeCleaning: (input: PlanCleaningInput) => withHeartbeat(() => proposePlan(deps, input)),
    previewCleaning: (input: PreviewCleaningInput) => withHeartbeat(() => previewPlan(deps, input)),
    /** @throws QuaestorError also `recipe_does_not_fit`, `cells_do_not_fit` */
    cleanVersion: (input: CleanDatasetInput) => withHeartbeat(() => cleanVersion(deps, input)),
  };
}
