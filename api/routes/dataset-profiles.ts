import { z } from 'zod';
import type { PartialProfile, ProfileState } from '../../contracts/dataset-profile.js';
import { LIMITS } from '../../contracts/limits.js';
import { QuaestorError } from '../../contracts/quaestor-error.js';
import type { Transaction } from '../../db/database.js';
import {
  findProfileOfVersion,
  getProfileSummary,
  listColumnFindings,
  listProfileColumns,
} from '../../db/statements/dataset-profiles.js';
import { getDataset } from '../../db/statements/datasets.js';
import { renderProfilePage } from '../../domain/profile/page/render-profile-page.js';
import type { ApiContext } from '../api-context.js';
import type { Routes } from '../route.js';
import {
  datasetProfileSchema,
  profileColumnsQuery,
  startedProfileSchema,
} from '../schemas/dataset-profile.js';
import { idParams } from '../schemas/text.js';
import { startProfile } from '../start-profile.js';

const tag = 'Datasets';

/** As the page itself says it: nothing is loaded and nothing runs. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/** Profiles of datasets: starting them, and reading them as far as they are. */
export function addDatasetProfileRoutes(routes: Routes, deps: ApiContext): void {
  const { db } = deps;

  routes.route(
    {
      method: 'post',
      path: '/v1/datasets/{id}/profile',
      operationId: 'profileDataset',
      tag,
      summary: 'Profile a dataset',
      description:
        'A file is profiled by itself after it was read. This starts a profile where there is none, or none of the last 24 hours, of the same data. Columns come as `columns.profiled` events while they finish.',
      scope: 'data-sources:write',
      limit: 'profiles',
      params: idParams,
      replies: {
        200: {
          description: 'There is one, whole and recent; no job was started.',
          schema: startedProfileSchema,
        },
        202: { description: 'It is being made; the job is in `Location`.', schema: startedProfileSchema },
      },
      errors: ['dataset_not_ready', 'engine_unavailable'],
    },
    async ({ caller, params }) => {
      const profile = await startProfile(deps, caller, params.id);
      const links = {
        profile: `/v1/datasets/${params.id}/profile`,
        page: `/v1/datasets/${params.id}/profile.html`,
        job: `/v1/jobs/${profile.jobId}`,
        events: `/v1/jobs/${profile.jobId}/events`,
      };
      if (profile.finishedAt) return { status: 200, body: { profile, links } };
      return { status: 202, body: { profile, links }, headers: { Location: links.job } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/profile',
      operationId: 'readDatasetProfile',
      tag,
      summary: 'Read the profile, as far as it is',
      description: `While it is made it has the columns that are done; what is said of the whole file comes last. At most ${LIMITS.profileColumns} columns in one reply; findings are always all.`,
      scope: 'data-sources:read',
      params: idParams,
      query: profileColumnsQuery,
      replies: { 200: { description: 'The profile.', schema: datasetProfileSchema } },
      errors: ['dataset_not_profiled', 'dataset_not_ready'],
    },
    async ({ caller, params, query }) => {
      const { state, profile } = await db.withTenant(caller.tenantId, (tx) =>
        readProfile(tx, params.id, query.from, query.limit),
      );
      return { status: 200, body: { ...state, profile } };
    },
  );

  routes.route(
    {
      method: 'get',
      path: '/v1/datasets/{id}/profile.html',
      operationId: 'readDatasetProfilePage',
      tag,
      summary: 'Read the profile as a page with charts',
      description:
        'One HTML page that needs nothing else and runs nothing; values of columns with personal data are left out.',
      scope: 'data-sources:read',
      params: idParams,
      replies: {
        200: { description: 'The page.', contentType: 'text/html; charset=utf-8', schema: z.string() },
      },
      errors: ['dataset_not_profiled', 'dataset_not_ready'],
    },
    async ({ caller, params, res }) => {
      const { state, profile, name } = await db.withTenant(caller.tenantId, (tx) =>
        readProfile(tx, params.id, 0, LIMITS.profileColumns),
      );
      if (!isWhole(profile)) throw notProfiled(`The profile is ${state.status}.`);
      res
        .type('text/html; charset=utf-8')
        .set('Content-Security-Policy', PAGE_POLICY)
        .set('Cache-Control', 'private, no-store')
        .send(renderProfilePage(profile, name, state.columnsTotal));
      return undefined;
    },
  );
}

const notProfiled = (message: string): QuaestorError => new QuaestorError('dataset_not_profiled', message);

const isWhole = (profile: PartialProfile): profile is Required<PartialProfile> => profile.rows !== undefined;

async function readProfile(
  tx: Transaction,
  datasetId: string,
  from: number,
  limit: number,
): Promise<{ state: ProfileState; profile: PartialProfile; name: string }> {
  const dataset = await getDataset(tx, datasetId);
  if (!dataset) throw new QuaestorError('not_found', 'There is no dataset with this id.');
  if (!dataset.version) throw new QuaestorError('dataset_not_ready', 'The dataset has no version yet.');
  const state = await findProfileOfVersion(tx, dataset.version.id);
  if (!state) throw notProfiled('No profile was started yet.');
  const summary = await getProfileSummary(tx, state.id);
  const columns = await listProfileColumns(tx, state.id, from, limit);
  const findings = [...(summary?.findings ?? []), ...(await listColumnFindings(tx, state.id))];
  const profile = { ...summary, columns: columns.map(({ profile: column }) => column), findings };
  return { state, profile, name: dataset.name };
}
