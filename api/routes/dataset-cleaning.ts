import { z } from 'zod';
import type { Caller } from '../../contracts/identity.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import { appendAudit } from '../../db/statements/audit.js';
import { findNewestPlan, getVersion, listVersions, switchVersion } from '../../db/statements/cleaning.js';
import { getDataset } from '../../db/statements/datasets.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import {
  acceptedCleaningSchema,
  acceptedPlanSchema,
  activeVersionBody,
  cleaningBody,
  cleaningPlanBody,
  cleaningPlanEditBody,
  cleaningPlanSchema,
  cleaningRecipeSchema,
  datasetVersionsSchema,
} from '../schemas/cleaning.js';
import { datasetSchema } from '../schemas/dataset.js';
import { idParams, uuid } from '../schemas/text.js';
import { editPlan, readPlan, startCleaning, startPlan } from '../start-cleaning.js';
import { checkAfterSwitch } from '../start-example-run.js';

const tag = 'Datasets';
const planParams = idParams.extend({ planId: uuid() });
const versionParams = idParams.extend({ versionId: uuid() });
const noSuch = (what: string): QuaestorError =>
  new QuaestorError('not_found', `There is no ${what} with this id.`);

/** Plans of cleaning, recipes, and the versions that they make. */
export function addDatasetCleaningRoutes(routes: Routes, deps: ApiContext): void {
  const { db } = deps;
  const read = async (tenantId: string, id: string) => {
    const dataset = await db.withTenant(tenantId, (tx) => getDataset(tx, id));
    if (!dataset) throw noSuch('dataset');
    return dataset;
  };
  const acceptedPlan = async (tenantId: string, id: string, planId: string) => {
    const plan = await db.withTenant(tenantId, (tx) => readPlan(tx, id, planId));
    const links = {
      plan: `/v1/datasets/${id}/cleaning-plans/${planId}`,
      job: `/v1/jobs/${plan.jobId}`,
      events: `/v1/jobs/${plan.jobId}/events`,
    };
    return { status: 202, body: { plan, jobId: plan.jobId, links }, headers: { Location: links.job } };
  };

  routes.route(
    {
      method: 'post',
      path: '/v1/datasets/{id}/cleaning-plans',
      operationId: 'planCleaning',
      tag,
      summary: 'Propose how to clean a dataset',
      description:
        'Rules propose steps from the profile of the version that is on, a language model may add more from the same vocabulary. The job finds out what each step would do. For the same content the proposals of the last hour are used again.',
      scope: 'data-sources:write',
      limit: 'profiles',
      params: idParams,
      body: cleaningPlanBody,
      replies: { 202: { description: 'The plan; its job is in `Location`.', schema: acceptedPlanSchema } },
      errors: ['dataset_not_ready', 'engine_unavailable'],
    },
    async ({ caller, params, body }) => {
      const planId = await startPlan(deps, caller, { datasetId: params.id, ...body });
      return await acceptedPlan(caller.tenantId, params.id, planId);
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/cleaning-plans/newest',
      operationId: 'readNewestCleaningPlan',
      tag,
      summary: 'Read the newest plan',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'The plan.', schema: cleaningPlanSchema } },
    },
    async ({ caller, params }) => ({
      status: 200,
      body: await db.withTenant(caller.tenantId, async (tx) => {
        const planId = await findNewestPlan(tx, params.id);
        if (planId === undefined) throw new QuaestorError('not_found', 'The dataset has no plan.');
        return await readPlan(tx, params.id, planId);
      }),
    }),
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/cleaning-plans/{planId}',
      operationId: 'readCleaningPlan',
      tag,
      summary: 'Read a plan: steps, what each would do, and what no step mends',
      scope: 'data-sources:read',
      params: planParams,
      replies: { 200: { description: 'The plan.', schema: cleaningPlanSchema } },
    },
    async ({ caller, params }) => ({
      status: 200,
      body: await db.withTenant(caller.tenantId, (tx) => readPlan(tx, params.id, params.planId)),
    }),
  );

  routes.route(
    {
      method: 'put',
      path: '/v1/datasets/{id}/cleaning-plans/{planId}/steps',
      operationId: 'editCleaningPlan',
      tag,
      summary: 'Accept, edit, reject, add, remove and reorder steps',
      description:
        'The steps are put as they are sent. The job previews them anew; each sees what those before it leave.',
      scope: 'data-sources:write',
      params: planParams,
      body: cleaningPlanEditBody,
      replies: { 202: { description: 'The plan; its job is in `Location`.', schema: acceptedPlanSchema } },
      errors: ['conflict', 'engine_unavailable'],
    },
    async ({ caller, params, body }) => {
      await editPlan(deps, caller, { datasetId: params.id, planId: params.planId }, body);
      return await acceptedPlan(caller.tenantId, params.id, params.planId);
    },
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/datasets/{id}/clean',
      operationId: 'cleanDataset',
      tag,
      summary: 'Make a new version by a plan or a recipe',
      description:
        'The version that is on stays as it is; the new one is switched on when it is whole. Rows keep their `__row`. Every cell that loses its value is listed with the rejects of the new version.',
      scope: 'data-sources:write',
      limit: 'profiles',
      params: idParams,
      body: cleaningBody,
      replies: { 202: { description: 'The job, also in `Location`.', schema: acceptedCleaningSchema } },
      errors: ['conflict', 'dataset_not_ready', 'engine_unavailable', 'recipe_does_not_fit'],
    },
    async ({ caller, params, body }) => {
      const started = await startCleaning(deps, caller, params.id, body);
      const links = {
        dataset: `/v1/datasets/${params.id}`,
        job: `/v1/jobs/${started.jobId}`,
        events: `/v1/jobs/${started.jobId}/events`,
      };
      return { status: 202, body: { ...started, links }, headers: { Location: links.job } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/versions',
      operationId: 'listDatasetVersions',
      tag,
      summary: 'List the versions, and how each was made',
      scope: 'data-sources:read',
      params: idParams,
      replies: { 200: { description: 'Newest first.', schema: datasetVersionsSchema } },
    },
    async ({ caller, params }) => {
      await read(caller.tenantId, params.id);
      const versions = await db.withTenant(caller.tenantId, (tx) => listVersions(tx, params.id));
      return { status: 200, body: { versions } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/versions/{versionId}/recipe',
      operationId: 'exportRecipe',
      tag,
      summary: 'The recipe that a version was made by',
      scope: 'data-sources:read',
      params: versionParams,
      replies: {
        200: { description: 'It can be sent to any dataset’s `clean`.', schema: cleaningRecipeSchema },
      },
    },
    async ({ caller, params }) => {
      const version = await db.withTenant(caller.tenantId, (tx) =>
        getVersion(tx, params.id, params.versionId),
      );
      if (!version) throw noSuch('version');
      if (!version.cleaning)
        throw new QuaestorError('not_found', 'The version was read from the file, not cleaned.');
      return { status: 200, body: version.cleaning.recipe };
    },
  );

  /** Nothing is written but which version is on, so it takes no time, whatever their size. */
  const activate = async (
    caller: Caller,
    id: string,
    choose: (active: string, source: string | undefined) => string,
  ) => {
    const isOther = await db.withTenant(caller.tenantId, async (tx) => {
      const active = (await getDataset(tx, id))?.version;
      if (active === undefined) throw noSuch('dataset');
      if (active === null) throw new QuaestorError('dataset_not_ready', 'The dataset has no version yet.');
      const source = (await getVersion(tx, id, active.id))?.cleaning?.sourceVersionId;
      const versionId = choose(active.id, source);
      if (!(await switchVersion(tx, id, versionId))) throw noSuch('version');
      await appendAudit(tx, {
        userId: caller.userId,
        action: 'dataset.version-switched',
        subjectId: id,
        data: { from: active.id, to: versionId },
      });
      return versionId !== active.id;
    });
    if (isOther) await checkAfterSwitch(deps, caller, id);
    return { status: 200, body: await read(caller.tenantId, id) };
  };

  routes.route(
    {
      method: 'put',
      path: '/v1/datasets/{id}/active-version',
      operationId: 'switchDatasetVersion',
      tag,
      summary: 'Switch to another version',
      description: 'A run over the verified examples of the dataset is started, if there are any.',
      scope: 'data-sources:write',
      params: idParams,
      body: activeVersionBody,
      replies: { 200: { description: 'The dataset with that version.', schema: datasetSchema } },
      errors: ['dataset_not_ready'],
    },
    async ({ caller, params, body }) => await activate(caller, params.id, () => body.versionId),
  );

  routes.route(
    {
      method: 'post',
      path: '/v1/datasets/{id}/undo-cleaning',
      operationId: 'undoCleaning',
      tag,
      summary: 'Switch back to the version that this one was made from',
      description:
        'At once, and nothing is lost: the cleaned version can be switched on again. A run over the verified examples of the dataset is started, if there are any.',
      scope: 'data-sources:write',
      params: idParams,
      body: z.strictObject({}).optional(),
      replies: { 200: { description: 'The dataset with the version before.', schema: datasetSchema } },
      errors: ['conflict', 'dataset_not_ready'],
    },
    async ({ caller, params }) =>
      await activate(caller, params.id, (_active, source) => {
        if (source === undefined)
          throw new QuaestorError(
            'conflict',
            'This version was read from the file: there is nothing to undo.',
          );
        return source;
      }),
  );
}
