import type { CleaningPlan } from '../../../contracts/cleaning.js';
import { QuaestorError } from '../../../contracts/quaestor-error.js';
import type { PlanCleaningInput } from '../../../contracts/workflows.js';
import type { Transaction } from '../../../db/database.js';
import { getCleaningPlan, getVersion, type VersionFacts } from '../../../db/statements/cleaning.js';
import { assertJobRuns } from '../../jobs/start-job.js';

/** The plan that a job works on, and the version that it is for. @throws QuaestorError `not_found`, `job_cancelled` */
export async function planOfJob(
  tx: Transaction,
  input: PlanCleaningInput,
): Promise<{ plan: CleaningPlan; version: VersionFacts }> {
  await assertJobRuns(tx, input.jobId);
  const plan = await getCleaningPlan(tx, input.planId);
  const version = plan && (await getVersion(tx, input.datasetId, plan.versionId));
  if (!plan || !version) throw new QuaestorError('not_found', 'The dataset or its plan was deleted.');
  return { plan, version };
}
