import { v7 as uuidv7 } from 'uuid';
import {
  type CleaningPlan,
  type CleaningRecipe,
  type CleaningStep,
  type PlannedStep,
  type PlannedStepStatus,
  RECIPE_FORMAT,
} from '../contracts/cleaning.js';
import type { Caller } from '../contracts/identity.js';
import type { Job } from '../contracts/job.js';
import { errorRecord, QuaestorError } from '../contracts/quaestor-error.js';
import { workflowIds } from '../contracts/workflows.js';
import type { Transaction } from '../db/database.js';
import { endJob } from '../db/end-job.js';
import { appendAudit } from '../db/statements/audit.js';
import {
  editCleaningPlan,
  getCleaningPlan,
  getVersion,
  insertCleaningPlan,
  insertCleaningRun,
  type VersionFacts,
} from '../db/statements/cleaning.js';
import { getDataset } from '../db/statements/datasets.js';
import { appendEvent } from '../db/statements/events.js';
import { insertJob } from '../db/statements/jobs.js';
import { checkRecipe } from '../domain/cleaning/check-recipe.js';
import { recipeDoesNotFit } from '../domain/cleaning/recipe-does-not-fit.js';
import type { ApiContext } from './api-context.js';

type JobIdentity = Pick<Job, 'id' | 'kind' | 'subjectId'>;

/** The dataset's version that is on. @throws QuaestorError `not_found`, `dataset_not_ready` */
async function activeVersion(
  tx: Transaction,
  datasetId: string,
): Promise<{ name: string; version: VersionFacts }> {
  const dataset = await getDataset(tx, datasetId);
  if (!dataset) throw new QuaestorError('not_found', 'There is no dataset with this id.');
  const version = dataset.version && (await getVersion(tx, datasetId, dataset.version.id));
  if (!version) throw new QuaestorError('dataset_not_ready', 'The dataset has no version yet.');
  return { name: dataset.name, version };
}

/** Tells the engine; when it is away the job has failed. */
async function startOrFail(
  { db, logger }: ApiContext,
  caller: Caller,
  job: JobIdentity,
  start: () => Promise<void>,
): Promise<void> {
  try {
    await start();
  } catch (error) {
    const record = errorRecord('engine_unavailable', 'The job could not be started.');
    await db
      .withTenant(caller.tenantId, async (tx) => endJob(tx, job, { status: 'failed', error: record }))
      .catch((failure: unknown) => logger.error({ err: failure, jobId: job.id }, 'a job stays queued'));
    throw error;
  }
}

async function queueJob(
  tx: Transaction,
  caller: Caller,
  job: JobIdentity,
  action: string,
  data: Record<string, unknown>,
): Promise<boolean> {
  if (!(await insertJob(tx, job))) return false;
  await appendEvent(tx, job.id, 'job.queued', {}, 'queued');
  await appendAudit(tx, {
    userId: caller.userId,
    action,
    subjectId: job.subjectId,
    data: { jobId: job.id, ...data },
  });
  return true;
}

const personStep = (step: CleaningStep, status: PlannedStepStatus): PlannedStep => ({
  id: uuidv7(),
  step,
  status,
  origin: 'person',
  reason: 'Written by a person.',
  recommended: true,
});

/**
 * Starts a plan: with proposals, or with the steps of a recipe.
 * @throws QuaestorError `not_found`, `dataset_not_ready`, `engine_unavailable`
 */
export async function startPlan(
  deps: ApiContext,
  caller: Caller,
  input: { datasetId: string; recipe?: CleaningRecipe | undefined; askModel: boolean },
): Promise<string> {
  const { tenantId, tier } = caller;
  const { datasetId, recipe } = input;
  const planId = uuidv7();
  const job = {
    id: workflowIds.planCleaning(planId, 1),
    kind: 'plan-cleaning',
    subjectId: datasetId,
  } as const;
  const name = await deps.db.withTenant(tenantId, async (tx) => {
    const dataset = await activeVersion(tx, datasetId);
    await queueJob(tx, caller, job, 'cleaning.planned', { planId });
    const steps = (recipe?.steps ?? []).map((step) => personStep(step, 'accepted'));
    await insertCleaningPlan(tx, {
      id: planId,
      datasetId,
      versionId: dataset.version.id,
      jobId: job.id,
      steps,
    });
    return dataset.name;
  });
  const { model } = deps.config;
  const asksModel = input.askModel && model.provider !== 'built-in' && !recipe;
  await startOrFail(deps, caller, job, () =>
    deps.engine.startPlanCleaning({
      tenantId,
      tier,
      jobId: job.id,
      datasetId,
      planId,
      revision: 1,
      ...(recipe ? {} : { proposes: true }),
      ...(asksModel ? { modelName: model.chatModel } : {}),
      summary: `Plan cleaning: ${name}`,
    }),
  );
  return planId;
}

export interface PlanEdit {
  revision: number;
  steps: readonly { id?: string | undefined; step?: CleaningStep | undefined; status: PlannedStepStatus }[];
}

/**
 * Puts other steps, another order or decisions into a plan, and starts their preview.
 * @throws QuaestorError `not_found`, `conflict` when it was edited in between, `invalid_request`, `engine_unavailable`
 */
export async function editPlan(
  deps: ApiContext,
  caller: Caller,
  target: { datasetId: string; planId: string },
  edit: PlanEdit,
): Promise<void> {
  const { tenantId, tier } = caller;
  const { datasetId, planId } = target;
  const revision = edit.revision + 1;
  const job = {
    id: workflowIds.planCleaning(planId, revision),
    kind: 'plan-cleaning',
    subjectId: datasetId,
  } as const;
  await deps.db.withTenant(tenantId, async (tx) => {
    const plan = await readPlan(tx, datasetId, planId);
    const steps = edit.steps.map((each) => editedStep(plan, each));
    const isEdited = await editCleaningPlan(tx, {
      id: planId,
      revision: edit.revision,
      jobId: job.id,
      steps,
    });
    if (!isEdited || !(await queueJob(tx, caller, job, 'cleaning.edited', { planId, revision }))) {
      throw new QuaestorError('conflict', `The plan has revision ${plan.revision}, not ${edit.revision}.`, {
        details: { revision: plan.revision },
      });
    }
  });
  await startOrFail(deps, caller, job, () =>
    deps.engine.startPlanCleaning({
      tenantId,
      tier,
      jobId: job.id,
      datasetId,
      planId,
      revision,
      summary: `Preview cleaning: revision ${revision}`,
    }),
  );
}

function editedStep(plan: CleaningPlan, { id, step, status }: PlanEdit['steps'][number]): PlannedStep {
  if (id === undefined) {
    if (!step) throw new QuaestorError('invalid_request', 'A new step needs its `step`.');
    return personStep(step, status);
  }
  const before = plan.steps.find((each) => each.id === id);
  if (!before) throw new QuaestorError('invalid_request', `The plan has no step ${id}.`);
  if (!step || JSON.stringify(step) === JSON.stringify(before.step)) return { ...before, status };
  return { ...before, step, status, origin: 'person', reason: `Edited; before: ${before.reason}` };
}

/** @throws QuaestorError `not_found` */
export async function readPlan(tx: Transaction, datasetId: string, planId: string): Promise<CleaningPlan> {
  const plan = await getCleaningPlan(tx, planId);
  if (plan?.datasetId !== datasetId)
    throw new QuaestorError('not_found', 'There is no such plan of this dataset.');
  return plan;
}

export type CleaningRequest =
  | { planId: string; take: 'accepted' | 'recommended' | 'all' }
  | { recipe: CleaningRecipe };

/**
 * Starts making a new version by a plan or a recipe, of the version that is on. Gives the new version's id and the job's.
 * @throws QuaestorError `not_found`, `dataset_not_ready`, `recipe_does_not_fit`, `invalid_request` where no step is left, `conflict`
 * while it is being cleaned or when the plan is for another version, `engine_unavailable`
 */
export async function startCleaning(
  deps: ApiContext,
  caller: Caller,
  datasetId: string,
  request: CleaningRequest,
): Promise<{ versionId: string; jobId: string }> {
  const { tenantId, tier } = caller;
  const versionId = uuidv7();
  const job = {
    id: workflowIds.cleanDataset(datasetId, versionId),
    kind: 'clean-dataset',
    subjectId: datasetId,
  } as const;
  const name = await deps.db.withTenant(tenantId, async (tx) => {
    const { name: found, version } = await activeVersion(tx, datasetId);
    const recipe = 'recipe' in request ? request.recipe : await recipeOf(tx, datasetId, version, request);
    const { problems } = checkRecipe(recipe.steps, version.columns);
    if (problems.length > 0) throw recipeDoesNotFit(problems);
    if (!(await queueJob(tx, caller, job, 'dataset.cleaning-started', { versionId }))) {
      throw new QuaestorError('conflict', 'The dataset is being cleaned already.');
    }
    const columns = version.columns.map(({ name: column, type }) => ({ name: column, type }));
    await insertCleaningRun(tx, {
      versionId,
      datasetId,
      sourceVersionId: version.id,
      recipe: { format: RECIPE_FORMAT, version: 1, columns, steps: recipe.steps },
    });
    return found;
  });
  await startOrFail(deps, caller, job, () =>
    deps.engine.startCleanDataset({
      tenantId,
      tier,
      jobId: job.id,
      datasetId,
      versionId,
      summary: `Clean: ${name}`,
    }),
  );
  return { versionId, jobId: job.id };
}

async function recipeOf(
  tx: Transaction,
  datasetId: string,
  version: VersionFacts,
  { planId, take }: Extract<CleaningRequest, { planId: string }>,
): Promise<CleaningRecipe> {
  const plan = await readPlan(tx, datasetId, planId);
  if (plan.versionId !== version.id) {
    throw new QuaestorError('conflict', 'The plan was made for another version than the one that is on.');
  }
  const steps = plan.steps.filter(
    ({ status, recommended }) =>
      status === 'accepted' ||
      (status === 'proposed' && (take === 'all' || (take === 'recommended' && recommended))),
  );
  if (steps.length === 0) throw new QuaestorError('invalid_request', 'No step of the plan is accepted.');
  return { format: RECIPE_FORMAT, version: 1, steps: steps.map(({ step }) => step) };
}
